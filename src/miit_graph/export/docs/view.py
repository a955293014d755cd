"""What the templates of one language can say and show."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from markupsafe import Markup, escape
from pyoxigraph import NamedNode

from miit_graph.export.docs.documents import Documents
from miit_graph.export.docs.examples import Line
from miit_graph.export.docs.graph import LANGUAGES, Texts
from miit_graph.export.docs.layout import Planner
from miit_graph.export.docs.links import Links
from miit_graph.export.docs.model import Check, Correspondence, Count, Expression, Ref, Rule, Term, Word
from miit_graph.export.docs.prose import Prose
from miit_graph.export.docs.svg import Drawing
from miit_graph.export.docs.texts import text

_MOST: Final = 12
"""Classes that are listed of those that a property is used with."""
_HTTP: Final = ("http://", "https://")


class View:
    """The content in one language, as seen from one page."""

    def __init__(self, documents: Documents, links: Links, language: str, page: str) -> None:
        self.documents = documents
        self.language = language
        self.other_language = next(name for name in LANGUAGES if name != language)
        self.page = page
        self._links = links
        self._prose = Prose(language, documents.parts.prefixes, lambda iri: links.to(iri, page))
        self._anchored: set[str] = set()
        self._refs: dict[tuple[str, bool], Markup] = {}

    def t(self, key: str, *values: object, **named: object) -> str:
        """A text of the documentation itself."""
        found = text(key, self.language)
        return found.format(*values, **named) if values or named else found

    def say(self, texts: Texts, fallback: str = "") -> Markup:
        """A text of the graph."""
        return self._prose.say(texts, fallback)

    def plain(self, words: str) -> Markup:
        """A text as it is, other scripts marked."""
        return self._prose.plain(words)

    def anchor(self, name: str) -> Markup:
        """An id attribute, once on a page for each name."""
        if name in self._anchored:
            return Markup("")
        self._anchored.add(name)
        return Markup(' id="{}"').format(name)

    def short(self, iri: str) -> str:
        """The prefixed name of an IRI."""
        return self.documents.parts.short(iri)

    def names(self, iri: str) -> Texts:
        """The names of a term, code or thing in all languages."""
        return self.documents.labels.get(iri) or self.documents.parts.label(NamedNode(iri))

    def name(self, iri: str) -> str:
        """One name as plain text."""
        names = self.names(iri)
        return names.get(self.language) or next(iter(names.values()), "") or self.short(iri)

    def ref(self, iri: str, code: bool = False) -> Markup:
        """A name (or, with `code`, the prefixed name) with a link to what tells about it."""
        if (iri, code) not in self._refs:
            self._refs[iri, code] = self._ref(iri, code)
        return self._refs[iri, code]

    def _ref(self, iri: str, code: bool) -> Markup:
        short = self.short(iri)
        address = self._links.to(iri, self.page)
        names = {} if code else self.names(iri)
        label = self.say(names) if names and address else Markup("<code>{}</code>").format(short)
        if address is None:
            if not iri.startswith(_HTTP):
                return label
            return Markup('<a href="{}" rel="noreferrer">{}</a>').format(iri, label)
        return Markup('<a href="{}" title="{}">{}</a>').format(address, short.strip("<>"), label)

    def refs(self, iris: Iterable[str]) -> Markup:
        """Several names."""
        return Markup(escape(self.t("comma"))).join(self.ref(iri) for iri in iris)

    def expression(self, pieces: Expression) -> Markup:
        """A class or property expression."""
        if len(pieces) > 1 and all(isinstance(piece, Ref) for piece in pieces):
            return self.refs(piece.iri for piece in pieces if isinstance(piece, Ref))
        found = Markup("")
        for piece in pieces:
            if isinstance(piece, Ref):
                found += self.ref(piece.iri)
            elif isinstance(piece, Word):
                found += Markup("<em>{}</em>").format(self.t(piece.key))
            else:
                found += self.plain(piece)
        return found

    def expressions(self, several: Iterable[Expression]) -> Markup:
        """Several expressions."""
        return Markup(escape(self.t("comma"))).join(self.expression(e) for e in several)

    def counts(self, counts: Iterable[Count]) -> Markup:
        """Names with numbers, the first few of them."""
        counts = list(counts)
        found = [self._counted(iri, number) for iri, number in counts[:_MOST]]
        joined = Markup(escape(self.t("comma"))).join(found)
        if len(counts) > _MOST:
            joined += escape(self.t("and-more", len(counts) - _MOST))
        return joined

    def _counted(self, iri: str, number: int) -> Markup:
        name, _, language = iri.partition("@")
        label = self.ref(name)
        if language:
            label += Markup(" <small>@{}</small>").format(language)
        return label + Markup(' <span class="n">{}</span>').format(f"{number:,}")

    def use(self, term: Term) -> str:
        """How often a term is used, in words."""
        usage = self.documents.usage
        if term.is_class:
            everything, direct = usage.all_instances.get(term.iri, 0), usage.instances.get(term.iri, 0)
            key = "use-class" if direct == everything else "use-class-narrow" if direct else "use-class-none"
        else:
            everything, direct = usage.triples.get(term.iri, 0), usage.derived.get(term.iri, 0)
            key = "use-derived" if direct else "use-property"
            key = "use-all-derived" if direct and direct >= everything else key
        return self.t(key, all=f"{everything:,}", n=f"{direct:,}") if everything else self.t("unused")

    def example(self, term: Term) -> tuple[Line, ...]:
        """Lines of Turtle from the data."""
        return self.documents.examples.of(term, self.language)

    def address(self, iri: str) -> str | None:
        """Where a page tells about `iri`."""
        return self._links.to(iri, self.page)

    def checks(self, term: Term) -> list[tuple[Rule, Check]]:
        """What the rules check about a term."""
        return self.documents.checks.get(term.iri, [])

    def checked_above(self, term: Term) -> list[str]:
        """Superclasses that rules look at."""
        above = self.documents.above.get(term.iri, set()) if term.is_class else set()
        return sorted(iri for iri in above if iri in self.documents.checks and iri in self.documents.terms)

    def correspondences(self, term: Term) -> list[Correspondence]:
        """What a term means in other vocabularies."""
        return self.documents.correspondences.get(term.iri, [])

    def targets(self, rule: Rule) -> Markup:
        """What a rule looks at."""
        kinds: dict[str, list[str]] = {}
        for kind, value in rule.targets:
            kinds.setdefault(kind, []).append(value)
        found = [
            Markup(escape(self.t(f"target-{kind}"))).format(self.refs(values if kind != "query" else ()))
            for kind, values in kinds.items()
        ]
        return Markup(escape(self.t("semicolon"))).join(found)

    def diagram(self, standalone: bool = False) -> Markup:
        """The class diagram; nothing for an ontology without classes."""
        documents = self.documents
        if not documents.picture.tree and not documents.picture.cards:
            return Markup("")
        words = {key: self.t(key) for key in ("anything", "also", "comma")}
        plan = Planner(documents.picture, self.name, documents.usage.all_instances, words).plan()
        page = "" if standalone else self.page
        drawing = Drawing(plan, lambda iri: self._links.to(iri, page) or iri, documents.own, self.language)
        return Markup(drawing.svg(self.t("picture"), self.caption(), standalone))

    def caption(self) -> str:
        """What the class diagram shows, in words."""
        root = self.documents.picture.root
        return self.t("picture-caption", root=self.name(root.iri)) if root else self.t("picture-caption-plain")
