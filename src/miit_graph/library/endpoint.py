"""Another server's SPARQL endpoint behind the seam of `miit_graph.engine.api`, and what can be known of its dataset."""

from __future__ import annotations

import http.client
import json
import re
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import urlencode, urlsplit

from miit_graph import __version__
from miit_graph.engine.api import Answer, Form, Gone, Limits, Query
from miit_graph.engine.errors import QueryError, ResultTooLarge, TimeLimitExceeded
from miit_graph.engine.formats import Format
from miit_graph.engine.gate import Allow, Refuse, examine
from miit_graph.publish.ask import Asker
from miit_graph.vocabulary import DCT, RDFS, SH, STANDARD_PREFIXES, VOID, M

_TITLE = DCT["title"]
_PIECE = 64 * 1024
_ERROR_BYTES = 64 * 1024


class EndpointError(QueryError):
    """The endpoint refuses the query or cannot be reached."""

    status = 502
    slug = "endpoint"
    title = "The endpoint gave no answer"


class RemoteAnswer:
    """The bytes that an endpoint answers with, as they come."""

    length: int | None = None

    def __init__(
        self, response: http.client.HTTPResponse, form: Form, format: Format, limits: Limits, version: str
    ) -> None:
        self.form, self.format, self.version = form, format, version
        self._response, self._limits, self._taken = response, limits, 0

    def __iter__(self) -> Iterator[bytes]:
        return self

    def __next__(self) -> bytes:
        try:
            piece = self._response.read(_PIECE)
        except TimeoutError:
            raise TimeLimitExceeded(self._limits.seconds) from None
        except (OSError, http.client.HTTPException) as error:
            raise EndpointError(f"The endpoint broke off its answer ({type(error).__name__}). Try again.") from None
        if not piece:
            self.close()
            raise StopIteration
        self._taken += len(piece)
        if self._taken > self._limits.result_bytes:
            self.close()
            raise ResultTooLarge(self._limits.result_bytes)
        return piece

    def close(self) -> None:
        """Close the connection."""
        self._response.close()


class RemoteEngine:
    """Asks the endpoint at ``address`` (SPARQL 1.1 Protocol, section 2.1.2: POST with parameters).

    The address of a server of this program without a path stands for its ``/sparql``. ``prefixes`` are declared for
    queries that use them without doing so, for other servers know none.
    """

    def __init__(self, address: str, timeout: float) -> None:
        parts = urlsplit(address)
        self.address = parts._replace(path="/sparql").geturl() if parts.path in ("", "/") else address
        self.prefixes: Mapping[str, str] = STANDARD_PREFIXES
        self._timeout = timeout

    @property
    def version(self) -> str:
        """Endpoints do not tell the version of their data; the address stands for it."""
        return self.address

    def examine(self, text: str, limits: Limits) -> Allow | Refuse:
        """Whether a query may be sent: reading only, within the limits."""
        return examine(text, limits)

    def run(self, query: Query, format: Format, limits: Limits, gone: Gone | None = None) -> Answer:
        """Send a query and wait for the first bytes of its answer. Raises a `QueryError`."""
        decision = examine(query.text, limits)
        if isinstance(decision, Refuse):
            raise decision.error.with_traceback(None)
        fields = [("query", self._declared(query.text))]
        fields += [("default-graph-uri", graph) for graph in query.default_graphs]
        fields += [("named-graph-uri", graph) for graph in query.named_graphs]
        request = urllib.request.Request(
            self.address,
            urlencode(fields).encode(),
            {
                "Accept": format.media_type,
                "Content-Type": "application/x-www-form-urlencoded",
                "User-Agent": f"miit-graph/{__version__}",
            },
        )
        try:
            response = urllib.request.urlopen(request, timeout=limits.seconds)
        except urllib.error.HTTPError as error:
            raise _refusal(error) from None
        except TimeoutError:
            raise TimeLimitExceeded(limits.seconds) from None
        except (OSError, http.client.HTTPException) as error:
            reason = getattr(error, "reason", error)
            raise EndpointError(f"{self.address} cannot be reached: {reason}. Check the address.") from None
        return RemoteAnswer(response, decision.form, format, limits, self.version)

    def _declared(self, text: str) -> str:
        """The query with the prefixes that it uses and does not declare; lines keep their numbers."""
        lines = [
            f"PREFIX {prefix}: <{namespace}>"
            for prefix, namespace in self.prefixes.items()
            if re.search(rf"(?<![\w:-]){prefix}:", text)
            and not re.search(rf"prefix\s+{prefix}\s*:", text, re.IGNORECASE)
        ]
        return " ".join([*lines, text])


def _refusal(error: urllib.error.HTTPError) -> QueryError:
    content = error.read(_ERROR_BYTES).decode("utf-8", "replace")
    try:
        told = json.loads(content)
        detail = str(told.get("detail") or told.get("title") or "")
    except (ValueError, AttributeError):
        detail = " ".join(content.split())[:300] if "<html" not in content.lower() else ""
    return EndpointError(detail or f"The endpoint answered with status {error.code}.")


def about_endpoint(engine: RemoteEngine, limits: Limits) -> dict[str, Any]:
    """What a dataset says of itself through its endpoint: prefixes and examples (SHACL), title (VoID), base."""
    ask = Asker(engine, limits)
    prefixes = dict(STANDARD_PREFIXES)
    anywhere = "{{ {0} }} UNION {{ GRAPH ?g {{ {0} }} }}"
    told = anywhere.format(f"?d <{SH.prefix}> ?prefix ; <{SH.namespace}> ?namespace")
    for row in ask.rows(f"SELECT DISTINCT ?prefix ?namespace {{ {told} }} LIMIT 500"):
        prefixes[_text(row["prefix"])] = _text(row["namespace"])
    examples: dict[str, dict[str, Any]] = {}
    told = anywhere.format(
        f"?e <{SH.select}>|<{SH.ask}>|<{SH.construct}> ?query ; <{RDFS.label}> ?title ; <{SH.prefixes}> ?declared"
    )
    for row in ask.rows(f"SELECT DISTINCT ?e ?query ?title {{ {told} }} ORDER BY ?e LIMIT 1000"):
        slug = _text(row["e"]).partition("#example-")[2] or _text(row["e"])
        example = examples.setdefault(slug, {"slug": slug, "title": {}, "query": _text(row["query"])})
        example["title"][getattr(row["title"], "language", None) or "en"] = _text(row["title"])
    title: dict[str, str] = {}
    told = anywhere.format(f"?dataset a <{VOID.Dataset}> ; <{_TITLE}> ?title")
    for row in ask.rows(f"SELECT DISTINCT ?title {{ {told} }} LIMIT 20"):
        title.setdefault(getattr(row["title"], "language", None) or "en", _text(row["title"]))
    records = ask.rows(f"SELECT DISTINCT ?g {{ GRAPH ?g {{ ?r a <{M.Derivation}> }} }} LIMIT 10")
    named = (_text(row["g"]) for row in records)
    base = next((name.removesuffix("graph/derivations") for name in named if name.endswith("graph/derivations")), "")
    about: dict[str, Any] = {
        "title": title or {"en": engine.address},
        "prefixes": prefixes,
        "examples": list(examples.values()),
    }
    return about | ({"base": base, "union": True} if base else {})


def _text(term: object) -> str:
    return str(getattr(term, "value", term))
