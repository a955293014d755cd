"""Everything else that is read: queries, documents, files, search, pictures, what is told to machines."""

from __future__ import annotations

from typing import Any, get_args

from miit_graph.export.graph import ENDINGS as GRAPH_ENDINGS
from miit_graph.export.graph import HELP
from miit_graph.export.graph.options import Dialect, Facts, Table
from miit_graph.export.picture import HELP as PICTURE_OPTIONS
from miit_graph.publish.dumps import ENDINGS
from miit_graph.web.openapi.explorer import explorer
from miit_graph.web.openapi.parts import (
    AS_OF,
    DOCUMENT,
    FORMAT,
    GRAPH_FILE_TYPES,
    GRAPH_TYPES,
    LANG,
    NAME,
    PAGE,
    SEE_OTHER,
    STRING,
    TABLE_TYPES,
    VERSION,
    get,
    parameter,
    path,
    query,
)
from miit_graph.web.openapi.versions import versions

_FILE = ["application/octet-stream"]
_HASH = path("version", "Hash of the snapshot.")
_RANGES = {"_206": "The part of it that the header Range asks for.", "_404": "", "_416": ""}


def _sparql() -> dict[str, Any]:
    parameters = [
        query("query", "A SPARQL 1.1 query; without one the service is described."),
        query("default-graph-uri", "Graphs of the default graph.", {"type": "array", "items": STRING}),
        query("named-graph-uri", "Named graphs.", {"type": "array", "items": STRING}),
        query("format", "Overrides the Accept header."),
        query("timeout", "Seconds the query may take.", {"type": "number", "exclusiveMinimum": 0}),
        VERSION,
    ]
    asked = get(
        "SPARQL 1.1 query", [*TABLE_TYPES, *GRAPH_TYPES, "text/html"], *parameters, _400="", _403="", _406="", _503=""
    )
    form = {"type": "object", "properties": {"query": STRING}, "required": ["query"]}
    body = {
        "required": True,
        "content": {
            "application/x-www-form-urlencoded": {"schema": form},
            "application/sparql-query": {"schema": STRING},
        },
    }
    return {"get": asked, "post": {**asked, "requestBody": body, "parameters": parameters[1:]}}


_OPTION_SCHEMAS: dict[str, Any] = {
    "depth": {"type": "integer", "minimum": 0, "maximum": 999},
    "as-of": {"type": "string", "format": "date"},
    "facts": {"type": "string", "enum": get_args(Facts)},
    "claims": {"type": "string", "enum": ["yes", "no"]},
    "properties": {"type": "string", "enum": ["yes", "no"]},
    "dialect": {"type": "string", "enum": get_args(Dialect)},
    "table": {"type": "string", "enum": get_args(Table)},
}


def _graph_files() -> dict[str, Any]:
    """The graph as files for visualisation tools, with all options of the library."""
    types = GRAPH_FILE_TYPES
    options = [query(name, text, _OPTION_SCHEMAS.get(name)) for name, text in HELP.items()]
    ending = {"type": "string", "enum": list(GRAPH_ENDINGS)}
    statuses = {"_304": "Not changed.", "_400": "", "_404": "", "_422": "", "_503": ""}
    format = query("format", "Overrides the Accept header.", ending)
    return {
        "/export/graph.{ending}": get(
            "The graph, or a part of it, as a file for visualisation tools",
            types,
            path("ending", "The format.", ending),
            *options,
            VERSION,
            **statuses,
        ),
        "/export/graph": get(
            "The same, negotiated", [*types, "text/html"], format, *options, VERSION, **statuses, _406=""
        ),
    }


def _search() -> dict[str, Any]:
    question = query("q", "What to look for: a name or part of one, in any language, pinyin, an abbreviation.")
    number = {"type": "integer", "minimum": 1}
    found = get(
        "Search by name",
        ["text/html"],
        question,
        query("kind", "Only things of these kinds: IRIs or local names.", {"type": "array", "items": STRING}),
        query("as-of", "Not what certainly was not there on this day.", AS_OF["schema"]),
        VERSION,
        query("page", "Page of the result, from 1.", number),
        query("limit", "Hits of a page.", {**number, "maximum": 100, "default": 20}),
        query("format", "Overrides the Accept header.", {"type": "string", "enum": ["json", "html"]}),
        LANG,
        _304="Unchanged.",
        _400="",
        _404="",
        _406="",
        _503="",
    )
    content = found["responses"]["200"]["content"]
    content["application/json"] = {"schema": {"$ref": "#/components/schemas/SearchAnswer"}}
    limit = query("limit", "Suggestions at most.", {**number, "maximum": 20, "default": 8})
    kind = "application/x-suggestions+json"
    suggested = get(
        "Names that somebody may be typing (OpenSearch)", [kind], question, limit, VERSION, LANG, _400="", _503=""
    )
    suggested["responses"]["200"]["content"][kind] = {"schema": {"type": "array", "minItems": 4, "maxItems": 4}}
    described = get("The search for browsers (OpenSearch)", ["application/opensearchdescription+xml"], LANG)
    return {"/search": found, "/search/suggest": suggested, "/opensearch.xml": described}


def _pictures() -> dict[str, Any]:
    def parameters(*names: str) -> list[Any]:
        return [query(name, PICTURE_OPTIONS[name]) for name in names]

    chart = [*parameters("root", "as-of", "kind", "depth"), VERSION]
    time = [*parameters("root", "from", "to", "kind", "as-of"), VERSION]
    drawn = [query("lang", "en, zh or both."), query("theme", "light or dark."), *parameters("width")]
    told = {"_304": "Unchanged.", "_400": "", "_404": ""}
    return {
        "/chart": get("The organisation as a tree", ["text/html"], *chart, LANG, **told),
        "/chart.svg": get("The organisation as a picture", ["image/svg+xml"], *chart, *drawn, **told),
        "/timeline": get("Everything with a date", ["text/html"], *time, LANG, **told),
        "/timeline.svg": get("The timeline as a picture", ["image/svg+xml"], *time, *drawn, **told),
    }


def paths() -> dict[str, Any]:
    """All addresses with what can be read there."""
    thing = {kind: get(f"A {kind}", [], NAME, **SEE_OTHER) for kind in ("thing", "code", "shape")}
    section = parameter("query", "section", "For pages: one section at length (`links`: what links here).")
    then = parameter("header", "Accept-Datetime", "The document as it stood then (Memento, RFC 7089).")
    described = get(
        "Description of an entity",
        DOCUMENT,
        NAME,
        FORMAT,
        AS_OF,
        section,
        PAGE,
        LANG,
        then,
        _302="The memento that is asked for.",
        _404="",
        _406="",
        _410="",
    )
    void = get("The dataset in VoID and DCAT, prefixes, example queries", GRAPH_TYPES, FORMAT)
    graph = get("A graph by its own IRI", GRAPH_TYPES, NAME, FORMAT, VERSION, _303="A browser sees its page.", _404="")
    module = get("The ontology or a module", [], FORMAT, LANG, _303="Its documentation or its RDF.", _404="")
    store = get(
        "A graph, whole (Graph Store HTTP Protocol)",
        GRAPH_TYPES,
        {**query("default", "The default graph."), "allowEmptyValue": True},
        query("graph", "IRI of a named graph."),
        FORMAT,
        VERSION,
        _400="",
        _404="",
        _406="",
    )
    state = ["application/json"]
    gets: dict[str, Any] = {
        "/": get("Home page", ["text/html"], LANG),
        "/llms.txt": get("What is here for programs that read text", ["text/plain"]),
        "/colours.css": get("The project's own colours, for the pages", ["text/css"]),
        "/problems": get("What the types of problems mean", ["text/html"], LANG),
        "/id/{name}": thing["thing"],
        "/code/{name}": thing["code"],
        "/shape/{name}": thing["shape"],
        "/doc/{name}": described,
        "/describe": get(
            "Description of any IRI",
            DOCUMENT,
            parameter("query", "iri", "An IRI of the dataset.", required=True),
            FORMAT,
            AS_OF,
            PAGE,
            LANG,
            _404="",
        ),
        "/sources": get("The sources, and how much of each is used", ["text/html"], LANG),
        "/sources/{name}": get(
            "A source line by line, with what rests on it",
            ["text/html"],
            NAME,
            parameter("query", "kind", "Only facts of this class, by its local name."),
            LANG,
            _404="",
        ),
        "/disputes": get(
            "What is disputed, with all sides",
            ["text/html"],
            parameter(
                "query", "kind", "Only conflicts of this kind, by the local name of its code without `conflict-`."
            ),
            VERSION,
            PAGE,
            LANG,
            _400="",
            _404="",
        ),
        "/ont": module,
        "/ont/{name}": {**module, "parameters": [NAME, *module["parameters"]]},
        "/ontology/{name}": get("Documentation of the ontology", ["text/html"], NAME, _404=""),
        "/graph/{name}": graph,
        "/graph-store": store,
        "/dump/": get("The dumps, with sizes and checksums", ["application/json", "text/html"], VERSION),
        "/dump/{name}": get(
            "The whole dataset as one file",
            _FILE,
            path("name", f"{{dataset}}.{{ending}}; endings: {', '.join(ENDINGS)}; or SHA256SUMS."),
            VERSION,
            **_RANGES,
        ),
        "/snapshots/current": get("The files of the served snapshot, to copy it", state, _304="Unchanged.", _404=""),
        "/snapshots/{version}": get("The files of a snapshot that is kept", state, _HASH, _304="Unchanged.", _404=""),
        "/snapshots/{version}/{name}": get("One of these files", _FILE, _HASH, NAME, **_RANGES),
        **_graph_files(),
        **_search(),
        **_pictures(),
        **versions(),
        "/query": get(
            "The query editor",
            ["text/html"],
            query("query", "The query to begin with."),
            query("run", "1 to run it at once.", {"type": "string", "enum": ["1"]}),
            LANG,
        ),
        "/query/terms.json": get("Classes and properties with counts, names, comments and uses", state),
        "/.well-known/void": void,
        "/void": void,
        "/openapi.json": get("This description", state),
        "/robots.txt": get("For crawlers", ["text/plain"]),
        "/sitemap.xml": get("All documents", ["application/xml"]),
        "/health/live": get("Is the process alive?", state),
        "/health/ready": get("Can it answer?", state, _503=""),
        "/metrics": get("Figures for Prometheus", ["text/plain"]),
    }
    return {"/sparql": _sparql(), **explorer(), **{place: {"get": operation} for place, operation in gets.items()}}
