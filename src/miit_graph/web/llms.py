"""The text of ``/llms.txt`` (llmstxt.org): what the graph is, how to ask it, and where everything for machines is."""

from __future__ import annotations

from miit_graph.publish.published import Published
from miit_graph.vocabulary import STANDARD_PREFIXES
from miit_graph.web.about import pick

_EXAMPLES = 8
_PLACES = (
    (
        "Ask",
        (
            (
                "sparql",
                "SPARQL",
                "SPARQL 1.1 Protocol, GET or POST with `query=`; JSON, CSV, Turtle and more",
            ),
            (
                "search?q=NAME&format=json",
                "Search",
                "things by any of their names: Chinese, English, pinyin, initials",
            ),
            ("explore/neighbours?node=IRI", "Neighbours", "what is tied to a thing, as JSON"),
            ("explore/path?from=IRI&to=IRI", "Path", "a shortest path between two things, as JSON"),
            ("describe?iri=IRI&format=ttl", "Describe", "all that is said of an IRI, in every RDF format"),
        ),
    ),
    (
        "Read",
        (
            ("void", "Description of the dataset", "VoID, DCAT, prefixes and example queries in Turtle"),
            ("openapi.json", "OpenAPI", "all addresses with their parameters"),
            ("sources", "Sources", "the documents that facts cite, line by line"),
            ("disputes", "Disputes", "what sources or people do not agree on"),
            ("sitemap.xml", "Sitemap", "the pages of all things"),
        ),
    ),
)


def text(root: str, published: Published) -> str:
    """The text for a server at ``root`` (with a slash at the end)."""
    lines = [f"# {pick(published.title, 'en')}", ""]
    if told := published.description:
        lines += [f"> {pick(told, 'en')}", ""]
    if published.title.get("zh"):
        lines += [f"{published.title['zh']}。{published.description.get('zh', '')}", ""]
    lines += [
        'Names are in English and Chinese where it has both (`FILTER(LANG(?name) = "zh")`). A fact with evidence',
        "leads by `prov:wasDerivedFrom` to a citation: `dct:source` (document), `m:lineStart`, `m:lineEnd`, `m:quote`.",
        "Give these with an answer. Queries need not declare these prefixes:",
        "",
        *(f"- `{prefix}:` {name}" for prefix, name in published.prefixes.items() if prefix not in _KNOWN),
        f"- {', '.join(f'`{prefix}:`' for prefix in published.prefixes if prefix in _KNOWN)}: as everywhere",
    ]
    for title, places in _PLACES:
        lines += ["", f"## {title}", *(f"- [{name}]({root}{path}): {what}" for path, name, what in places)]
    lines += [f"- [Whole dataset]({root}dump/{published.name}.nq.gz): N-Quads; the description lists other formats"]
    if published.examples:
        lines += ["", "## Questions with queries that answer them"]
        for example in published.examples[:_EXAMPLES]:
            lines += [f"### {pick(example.question or example.title, 'en')}", "```sparql", example.query.strip(), "```"]
        lines += [f"All {len(published.examples)} are in [the description]({root}void)."]
    lines += ["", "## Agents", f"`miit-graph mcp --endpoint {root}` offers this graph by the Model Context Protocol."]
    if published.license:
        lines += ["", f"Licence: {published.license}"]
    return "\n".join(lines) + "\n"


_KNOWN = frozenset(STANDARD_PREFIXES) - {"m"}
