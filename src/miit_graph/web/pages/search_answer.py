"""What was found, as it is told: the JSON of ``/search``, from which the page is made as well."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any

from miit_graph.search.finder import Finder, Hit, Result
from miit_graph.search.highlight import spans
from miit_graph.search.index import Index
from miit_graph.search.names import local_name, spelled_out
from miit_graph.web.about import pick
from miit_graph.web.linked_data.names import link_to

Labels = dict[str, str]


def labels_of(labels: dict[str, str]) -> Labels:
    """Labels by language tag; those without a language as ``und`` (BCP 47)."""
    return {language or "und": text for language, text in sorted(labels.items())}


def kind_value(index: Index, iri: str) -> str:
    """How a kind is named in an address: by its local name, if no other class has that; else by its IRI."""
    name = local_name(iri)
    return name if index.local_names[name] == 1 else iri


def classes_named(index: Index, names: list[str]) -> frozenset[int]:
    """The numbers of the sets of classes that have a class which ``names`` (IRIs or local names) stand for."""
    wanted = set(names)
    return frozenset(
        number
        for number, classes in enumerate(index.class_sets)
        if not wanted.isdisjoint(classes) or not wanted.isdisjoint(map(local_name, classes))
    )


def told(finder: Finder, question: str, result: Result, chosen: frozenset[int] | None, page: int, limit: int) -> Any:
    """The answer as a JSON value; see docs/search.md. ``chosen`` are the sets of classes asked for, None for all."""
    index = finder.index
    hits = [hit for hit in result.hits if chosen is None or index.thing_classes[hit.thing] in chosen]
    first = (page - 1) * limit
    answer: dict[str, Any] = {
        "query": question,
        "version": index.version,
        "total": len(hits),
        "complete": result.complete,
        "page": page,
        "pages": max(1, -(-len(hits) // limit)),
        "limit": limit,
    }
    if result.corrected:
        answer["corrected"] = result.corrected
    answer["hits"] = [_hit(index, hit) for hit in hits[first : first + limit]]
    answer["facets"] = {"kind": list(_facets(index, result))}
    answer["near"] = list(result.near)
    return answer


def _kind(index: Index, number: int) -> Any:
    kind = index.kinds[number]
    if not kind["iri"]:
        return None
    return {"iri": kind["iri"], "label": labels_of(kind["label"])}


def _facets(index: Index, result: Result) -> Iterator[Any]:
    """Kinds with what counts for more first (bodies, then codes, then facts), of equals the larger."""
    worth: dict[int, float] = {}
    sets = Counter[int]()
    for hit in result.hits:
        number = index.thing_kinds[hit.thing]
        worth[number] = max(worth.get(number, 0.0), index.worths[hit.thing])
        sets[index.thing_classes[hit.thing]] += 1
    counts = {
        number: sum(count for found, count in sets.items() if index.kinds[number]["iri"] in index.class_sets[found])
        for number in worth
    }
    for number, count in sorted(counts.items(), key=lambda item: (-round(worth[item[0]], 1), -item[1], item[0])):
        kind = _kind(index, number)
        if kind is not None:
            yield {"kind": kind, "value": kind_value(index, kind["iri"]), "count": count}


def _hit(index: Index, hit: Hit) -> Any:
    iri = index.iri(hit.thing)
    return {
        "iri": iri,
        "page": link_to(iri),
        "label": labels_of(index.labels(hit.thing)),
        "kind": _kind(index, index.thing_kinds[hit.thing]),
        "match": _match(index, hit),
        "score": hit.score,
    }


def _match(index: Index, hit: Hit) -> Any:
    if hit.match is None:
        return None
    name = index.name_as_written(hit.name)
    match: dict[str, Any] = {
        "name": name.text,
        "language": name.language or "und",
        "basis": name.basis,
        "how": hit.match.how,
        "spans": [list(span) for span in spans(name.text, hit.match)],
    }
    if name.use:
        sort = index.sorts[name.sort]
        match["use"] = {"iri": name.use, "page": link_to(name.use)}
        if sort["iri"]:
            match["use"]["basis"] = {"iri": sort["iri"], "label": labels_of(sort["label"])}
    return match


def title(hit: Any, language: str) -> tuple[str, str]:
    """The name of a hit for a page in ``language``, and the language of that name if it is another."""
    labels: Labels = hit["label"]
    for wanted in (language, "und", "en", "zh", *labels):
        if wanted in labels:
            return labels[wanted], "" if wanted in (language, "und") else wanted
    return spelled_out(hit["iri"]) or hit["iri"], ""


def kind_text(kind: Any, language: str) -> str:
    """The name of a kind for a page in ``language``."""
    if kind is None:
        return ""
    return pick(kind["label"], language) if kind["label"] else spelled_out(kind["iri"])


def parts(text: str, marked: list[list[int]]) -> list[tuple[str, bool]]:
    """A text in pieces, each with whether it is to be marked."""
    pieces: list[tuple[str, bool]] = []
    place = 0
    for first, last in marked:
        pieces += [(text[place:first], False), (text[first:last], True)]
        place = last
    pieces.append((text[place:], False))
    return [(piece, mark) for piece, mark in pieces if piece]


def suggestions(finder: Finder, question: str, result: Result, language: str, most: int) -> list[Any]:
    """OpenSearch suggestions 1.1: the question, names, what they name, and where that is."""
    names: list[str] = []
    descriptions: list[str] = []
    pages: list[str] = []
    for hit in result.hits[:most]:
        found = _hit(finder.index, hit)
        name = found["match"]["name"]
        if found["match"]["basis"] == "identifier":
            name = title(found, language)[0]
        called = title(found, language)[0]
        kind = kind_text(found["kind"], language)
        names.append(name)
        descriptions.append(" · ".join(part for part in (called if called != name else "", kind) if part))
        pages.append(found["page"])
    return [question, names, descriptions, pages]
