"""The routes of the server in OpenAPI 3.1."""

from __future__ import annotations

from typing import Any, get_args

from miit_graph.engine import formats
from miit_graph.export.graph import ENDINGS as GRAPH_ENDINGS
from miit_graph.export.graph import FORMATS, HELP
from miit_graph.export.graph.options import Dialect, Facts, Table
from miit_graph.export.picture import HELP as PICTURE_OPTIONS
from miit_graph.publish.dumps import ENDINGS
from miit_graph.publish.published import Published
from miit_graph.web.discovery_schemas import SEARCH_ANSWER

_PROBLEM = {"$ref": "#/components/responses/Problem"}
_STRING = {"type": "string"}
_GRAPH_TYPES = [format.media_type for format in formats.GRAPHS]
_TABLE_TYPES = [format.media_type for format in formats.TABLES]


def _in(place: str, name: str, text: str, schema: Any = None, *, required: bool = False) -> dict[str, Any]:
    return {"name": name, "in": place, "description": text, "required": required, "schema": schema or _STRING}


def _query(name: str, text: str, schema: Any = None) -> dict[str, Any]:
    return _in("query", name, text, schema)


def _path(name: str, text: str, schema: Any = None) -> dict[str, Any]:
    return _in("path", name, text, schema, required=True)


def _content(types: list[str]) -> dict[str, Any]:
    return {kind: {"schema": _STRING} for kind in types}


def _get(summary: str, types: list[str], *parameters: Any, **answers: str) -> dict[str, Any]:
    """A GET operation; ``answers`` are further statuses (``_303="…"``) and what they mean."""
    responses: dict[str, Any] = {} if not types else {"200": {"description": "OK", "content": _content(types)}}
    for status, text in answers.items():
        responses[status.strip("_")] = _PROBLEM if status >= "_4" else {"description": text}
    responses.setdefault("default", _PROBLEM)
    return {"summary": summary, "parameters": list(parameters), "responses": responses}


_FORMAT = _query("format", "Overrides the Accept header.", {"type": "string", "enum": [f.name for f in formats.GRAPHS]})
_PAGE = _query("page", "Page of a long description, from 1.", {"type": "integer", "minimum": 1})
_LANG = _query("lang", "Language of pages.", {"type": "string", "enum": ["en", "zh"]})
_DOCUMENT = [*_GRAPH_TYPES, "text/html"]
_NAME = _path("name", "Local name; may hold slashes.")
_FILE = ["application/octet-stream"]
_HASH = _path("version", "Hash of the snapshot.")
_RANGES = {"_206": "The part of it that the header Range asks for.", "_404": "", "_416": ""}
_SEE_OTHER = {"_303": "See the document about it.", "_301": "Replaced by another.", "_404": "", "_410": ""}


def _sparql() -> dict[str, Any]:
    parameters = [
        _query("query", "A SPARQL 1.1 query; without one the service is described."),
        _query("default-graph-uri", "Graphs of the default graph.", {"type": "array", "items": _STRING}),
        _query("named-graph-uri", "Named graphs.", {"type": "array", "items": _STRING}),
        _query("format", "Overrides the Accept header."),
        _query("timeout", "Seconds the query may take.", {"type": "number", "exclusiveMinimum": 0}),
    ]
    asked = _get(
        "SPARQL 1.1 query", [*_TABLE_TYPES, *_GRAPH_TYPES, "text/html"], *parameters, _400="", _403="", _406="", _503=""
    )
    form = {"type": "object", "properties": {"query": _STRING}, "required": ["query"]}
    body = {
        "required": True,
        "content": {
            "application/x-www-form-urlencoded": {"schema": form},
            "application/sparql-query": {"schema": _STRING},
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
    types = sorted({FORMATS[name].media_type.partition(";")[0] for name in GRAPH_ENDINGS.values()} | {"text/csv"})
    options = [_query(name, text, _OPTION_SCHEMAS.get(name)) for name, text in HELP.items()]
    ending = {"type": "string", "enum": list(GRAPH_ENDINGS)}
    statuses = {"_304": "Not changed.", "_400": "", "_404": "", "_422": "", "_503": ""}
    format = _query("format", "Overrides the Accept header.", ending)
    return {
        "/export/graph.{ending}": _get(
            "The graph, or a part of it, as a file for visualisation tools",
            types,
            _path("ending", "The format.", ending),
            *options,
            **statuses,
        ),
        "/export/graph": _get("The same, negotiated", [*types, "text/html"], format, *options, **statuses, _406=""),
    }


def _search() -> dict[str, Any]:
    question = _query("q", "What to look for: a name or part of one, in any language, pinyin, an abbreviation.")
    number = {"type": "integer", "minimum": 1}
    found = _get(
        "Search by name",
        ["text/html"],
        question,
        _query("kind", "Only things of these kinds: IRIs or local names.", {"type": "array", "items": _STRING}),
        _query("as-of", "Not what certainly was not there on this day.", {"type": "string", "format": "date"}),
        _query("page", "Page of the result, from 1.", number),
        _query("limit", "Hits of a page.", {**number, "maximum": 100, "default": 20}),
        _query("format", "Overrides the Accept header.", {"type": "string", "enum": ["json", "html"]}),
        _LANG,
        _304="Unchanged.",
        _400="",
        _404="",
        _406="",
        _503="",
    )
    content = found["responses"]["200"]["content"]
    content["application/json"] = {"schema": {"$ref": "#/components/schemas/SearchAnswer"}}
    limit = _query("limit", "Suggestions at most.", {**number, "maximum": 20, "default": 8})
    kind = "application/x-suggestions+json"
    suggested = _get("Names that somebody may be typing (OpenSearch)", [kind], question, limit, _LANG, _400="", _503="")
    suggested["responses"]["200"]["content"][kind] = {"schema": {"type": "array", "minItems": 4, "maxItems": 4}}
    described = _get("The search for browsers (OpenSearch)", ["application/opensearchdescription+xml"], _LANG)
    return {"/search": found, "/search/suggest": suggested, "/opensearch.xml": described}


def _explorer() -> dict[str, Any]:
    """The network explorer: nodes and edges as in graph files, as Cytoscape.js reads them."""
    thing = "An IRI, a prefixed name, or a path such as id/x."
    state = ["application/json"]
    groups = _query("groups", "Groups of things that count as neighbours, as in graph files; default: entities.")
    edges = _query("edges", "Only ties by these properties: IRIs or prefixed names.")
    files = ["gexf", "graphml", "dot", "cyjs", "json", "csv"]
    listed = {"type": "array", "items": _STRING}
    shown = _get(
        "Some things and all edges between them, as JSON or as a graph file",
        [*state, "application/octet-stream"],
        _in("query", "nodes", thing, listed, required=True),
        _query("beside", "Things that are known already: only their edges to the others are told.", listed),
        _query("format", "A graph file instead of JSON.", {"type": "string", "enum": files}),
        _query("dialect", "For graphml: plain or yed.", {"type": "string", "enum": ["plain", "yed"]}),
        _LANG,
        _400="",
    )
    body = {"type": "object", "properties": {"nodes": listed, "beside": listed}, "required": ["nodes"]}
    content = {"application/json": {"schema": body}, "application/x-www-form-urlencoded": {"schema": body}}
    posted = {
        **shown,
        "parameters": shown["parameters"][2:],
        "requestBody": {"required": True, "content": content},
    }
    gets = {
        "/explore": _get(
            "The network explorer",
            ["text/html"],
            _query("root", f"Where to begin. {thing}"),
            _query("q", "A part of a name, to find where to begin."),
            _query("offset", "The first neighbour in the table, from 0.", {"type": "integer", "minimum": 0}),
            groups,
            _LANG,
            _400="",
            _404="",
        ),
        "/explore/neighbours": _get(
            "What is tied to a thing, page by page, and the edges among it",
            state,
            _in("query", "node", thing, required=True),
            groups,
            _query("kinds", "Only neighbours whose kind is one of these classes."),
            edges,
            _query("offset", "The first neighbour, from 0.", {"type": "integer", "minimum": 0}),
            _query("limit", "How many; default 50.", {"type": "integer", "minimum": 0, "maximum": 200}),
            _query("elements", "no: only the IRIs of the neighbours.", {"type": "string", "enum": ["yes", "no"]}),
            _LANG,
            _400="",
            _404="",
        ),
        "/explore/path": _get(
            "A shortest path between two things, ties taken in either direction",
            state,
            _in("query", "from", thing, required=True),
            _in("query", "to", thing, required=True),
            groups,
            edges,
            _query("claims", "no: not over ties that are only claimed.", {"type": "string", "enum": ["yes", "no"]}),
            _LANG,
            _400="",
            _404="",
        ),
    }
    return {
        "/explore/graph": {"get": shown, "post": posted},
        **{path: {"get": operation} for path, operation in gets.items()},
    }


def _pictures() -> dict[str, Any]:
    def parameters(*names: str) -> list[Any]:
        return [_query(name, PICTURE_OPTIONS[name]) for name in names]

    chart, time = parameters("root", "as-of", "kind", "depth"), parameters("root", "from", "to", "kind", "as-of")
    drawn = [_query("lang", "en, zh or both."), _query("theme", "light or dark.")]
    told = {"_304": "Unchanged.", "_400": "", "_404": ""}
    return {
        "/chart": _get("The organisation as a tree", ["text/html"], *chart, _LANG, **told),
        "/chart.svg": _get("The organisation as a picture", ["image/svg+xml"], *chart, *drawn, **told),
        "/timeline": _get("Everything with a date", ["text/html"], *time, _LANG, **told),
        "/timeline.svg": _get("The time line as a picture", ["image/svg+xml"], *time, *drawn, **told),
    }


def _versions() -> dict[str, Any]:
    """Versions, what they changed, and who said what."""
    number = "A version: its number, its hash, or the beginning of that."
    part = _query("part", "For RDF: what was added, or what was removed.", {"enum": ["added", "removed"]})
    change = ["application/json", "text/x-rdf-patch", *_GRAPH_TYPES, "text/html"]
    told = {"_304": "Unchanged.", "_400": "", "_404": "", "_406": ""}
    return {
        "/versions": _get("All versions, newest first", ["application/json", "text/html"], _PAGE, _LANG, **told),
        "/versions.atom": _get("The newest versions as a feed", ["application/atom+xml"], _LANG),
        "/versions/{name}": _get(
            "What a version changed", change, _path("name", number), _FORMAT, part, _PAGE, _LANG, **told
        ),
        "/versions/{number}/doc/{name}": _get(
            "A document as it stood in a version (Memento, RFC 7089)",
            _DOCUMENT,
            _path("number", number),
            _NAME,
            _FORMAT,
            _LANG,
            _404="",
            _406="",
            _410="",
        ),
        "/timemap/doc/{name}": _get(
            "All earlier states of a document (TimeMap, RFC 7089)",
            ["application/link-format", "application/json"],
            _NAME,
            _FORMAT,
            _404="",
        ),
        "/changes": _get(
            "What happened between two versions",
            change,
            _query("from", f"{number} By default the one before."),
            _query("to", f"{number} By default the newest."),
            _FORMAT,
            part,
            _PAGE,
            _LANG,
            **told,
        ),
        "/blame": _get(
            "Which version said what of a thing, who, and why",
            ["application/json", "text/html"],
            _query("iri", "A thing; the facts about it are told too."),
            _query("triple", "One triple in N-Triples or Turtle."),
            _LANG,
            **told,
        ),
    }


def _paths() -> dict[str, Any]:
    thing = {kind: _get(f"A {kind}", [], _NAME, **_SEE_OTHER) for kind in ("thing", "code", "shape")}
    section = _in("query", "section", "For pages: one section at length (`links`: what links here).")
    described = _get(
        "Description of an entity", _DOCUMENT, _NAME, _FORMAT, section, _PAGE, _LANG, _404="", _406="", _410=""
    )
    void = _get("The dataset in VoID and DCAT, prefixes, example queries", _GRAPH_TYPES, _FORMAT)
    graph = _get("A graph by its own IRI", _GRAPH_TYPES, _NAME, _FORMAT, _303="A browser sees its page.", _404="")
    module = _get("The ontology or a module", [], _FORMAT, _LANG, _303="Its documentation or its RDF.", _404="")
    store = _get(
        "A graph, whole (Graph Store HTTP Protocol)",
        _GRAPH_TYPES,
        {**_query("default", "The default graph."), "allowEmptyValue": True},
        _query("graph", "IRI of a named graph."),
        _FORMAT,
        _400="",
        _404="",
        _406="",
    )
    state = ["application/json"]
    gets: dict[str, Any] = {
        "/": _get("Home page", ["text/html"], _LANG),
        "/llms.txt": _get("What is here for programs that read text", ["text/plain"]),
        "/problems": _get("What the types of problems mean", ["text/html"], _LANG),
        "/id/{name}": thing["thing"],
        "/code/{name}": thing["code"],
        "/shape/{name}": thing["shape"],
        "/doc/{name}": described,
        "/describe": _get(
            "Description of any IRI",
            _DOCUMENT,
            _in("query", "iri", "An IRI of the dataset.", required=True),
            _FORMAT,
            _PAGE,
            _LANG,
            _404="",
        ),
        "/sources": _get("The sources, and how much of each is used", ["text/html"], _LANG),
        "/sources/{name}": _get(
            "A source line by line, with what rests on it",
            ["text/html"],
            _NAME,
            _in("query", "kind", "Only facts of this class, by its local name."),
            _LANG,
            _404="",
        ),
        "/disputes": _get(
            "What is disputed, with all sides",
            ["text/html"],
            _in("query", "kind", "Only conflicts of this kind, by the local name of its code without `conflict-`."),
            _PAGE,
            _LANG,
            _400="",
            _404="",
        ),
        "/ont": module,
        "/ont/{name}": {**module, "parameters": [_NAME, *module["parameters"]]},
        "/ontology/{name}": _get("Documentation of the ontology", ["text/html"], _NAME, _404=""),
        "/graph/{name}": graph,
        "/graph-store": store,
        "/dump/": _get("The dumps, with sizes and checksums", ["application/json", "text/html"]),
        "/dump/{name}": _get(
            "The whole dataset as one file",
            _FILE,
            _path("name", f"{{dataset}}.{{ending}}; endings: {', '.join(ENDINGS)}; or SHA256SUMS."),
            **_RANGES,
        ),
        "/snapshots/current": _get("The files of the served snapshot, to copy it", state, _304="Unchanged.", _404=""),
        "/snapshots/{version}": _get("The files of a snapshot that is kept", state, _HASH, _304="Unchanged.", _404=""),
        "/snapshots/{version}/{name}": _get("One of these files", _FILE, _HASH, _NAME, **_RANGES),
        **_graph_files(),
        **_search(),
        **_pictures(),
        **_versions(),
        "/query": _get(
            "The query editor",
            ["text/html"],
            _query("query", "The query to begin with."),
            _query("run", "1 to run it at once.", {"type": "string", "enum": ["1"]}),
            _LANG,
        ),
        "/query/terms.json": _get("Classes and properties with counts, names, comments and uses", state),
        "/.well-known/void": void,
        "/void": void,
        "/openapi.json": _get("This description", state),
        "/robots.txt": _get("For crawlers", ["text/plain"]),
        "/sitemap.xml": _get("All documents", ["application/xml"]),
        "/health/live": _get("Is the process alive?", state),
        "/health/ready": _get("Can it answer?", state, _503=""),
        "/metrics": _get("Figures for Prometheus", ["text/plain"]),
    }
    return {"/sparql": _sparql()} | _explorer() | {path: {"get": operation} for path, operation in gets.items()}


def document(root: str, published: Published) -> dict[str, Any]:
    """The whole document for the server at the address ``root``."""
    members = {name: {"type": kind} for name, kind in (("type", "string"), ("title", "string"), ("status", "integer"))}
    problem = {"type": "object", "properties": {**members, "detail": _STRING}, "required": ["type", "title", "status"]}
    info: dict[str, Any] = {
        "title": published.title.get("en") or next(iter(published.title.values())),
        "version": published.version,
    }
    if published.description.get("en"):
        info["description"] = published.description["en"]
    if published.license:
        info["license"] = {"name": published.license, "url": published.license}
    return {
        "openapi": "3.1.0",
        "info": info,
        "servers": [{"url": root.rstrip("/") or "/"}],
        "paths": _paths(),
        "components": {
            "schemas": {"Problem": problem, "SearchAnswer": SEARCH_ANSWER},
            "responses": {
                "Problem": {
                    "description": "A problem (RFC 9457)",
                    "content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}},
                }
            },
        },
    }
