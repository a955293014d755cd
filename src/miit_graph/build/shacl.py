"""Two SHACL processors behind one function: a store and shapes go in, a validation report as RDF comes out.

`rudof` (Rust) is fast and is what a build uses; `pyshacl` is the reference, and the tests hold the two against each
other on the shipped data and on every fixture. See docs/decisions/0004.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from typing import Final

import pyoxigraph as ox
from rdflib import Graph, Literal, URIRef
from rdflib.graph import DATASET_DEFAULT_GRAPH_ID

from miit_graph.build.errors import ProjectError
from miit_graph.build.narrow import narrow
from miit_graph.vocabulary import RDF, SH

PROCESSORS: Final = ("rudof", "pyshacl")
"""The names of the processors, the default first."""
_REFERENCE: Final = "pyshacl"

_RESULT = URIRef(SH.ValidationResult)
_MESSAGE = URIRef(SH.message)
_RESULT_MESSAGE = URIRef(SH.resultMessage)
_SOURCE_SHAPE = URIRef(SH.sourceShape)
_TYPE = URIRef(RDF.type)


def load_shapes(sources: Iterable[tuple[str, bytes]]) -> Graph:
    """Shapes graph out of Turtle texts given as (name, content).

    Raises ProjectError if one does not parse, or if there is nothing in them.
    """
    graph = Graph()
    for name, content in sources:
        try:
            graph.parse(data=content, format="turtle")
        except Exception as error:  # rdflib's parser raises several unrelated kinds
            raise ProjectError(f"{name}: not valid Turtle: {error}") from error
    if not len(graph):
        raise ProjectError("There are no shapes, so nothing would be checked. Put SHACL files into shapes/.")
    return graph


def run(data: ox.Store, shapes: Graph, processor: str = "rudof") -> Graph:
    """Validate the default graph of `data` and return the SHACL validation report (SHACL section 3).

    Messages of shapes stand in the report in every language that the shape has. rudof gives up on SPARQL constraints
    over blank nodes, so what it cannot do is done by pySHACL. Raises ProjectError if the shapes make no sense to the
    processor.
    """
    try:
        report = _RUNNERS[processor](data, shapes)
    except ProjectError:
        raise
    except Exception as error:  # both processors raise many kinds for shapes that make no sense
        if processor != _REFERENCE:
            return run(data, shapes, _REFERENCE)
        raise ProjectError(f"The shapes cannot be used: {error}") from error
    _give_messages(report, shapes)
    return report


def _rudof(data: ox.Store, shapes: Graph) -> Graph:
    import pyrudof

    session = pyrudof.Rudof(pyrudof.RudofConfig())
    triples = data.dump(format=ox.RdfFormat.N_TRIPLES, from_graph=ox.DefaultGraph()) or b""
    with ThreadPoolExecutor(1) as beside:  # reading and asking both leave Python's lock to others
        reading = beside.submit(session.read_data, triples.decode("utf-8"), format=pyrudof.RDFFormat.NTriples)
        narrowed = narrow(data, shapes)
        reading.result()
    session.read_shacl(narrowed, format=pyrudof.ShaclFormat.NTriples)
    session.validate_shacl()
    text = session.serialize_shacl_validation_results(format=pyrudof.ResultShaclValidationFormat.NTriples)
    return Graph().parse(data=text, format="nt")


def _pyshacl(data: ox.Store, shapes: Graph) -> Graph:
    from pyshacl import validate

    from miit_graph.build.sized_store import SizedStore

    graph = Graph(store=SizedStore(store=data), identifier=DATASET_DEFAULT_GRAPH_ID)
    _, report, text = validate(
        graph, shacl_graph=shapes, inference="none", advanced=False, inplace=True, meta_shacl=False
    )
    if not isinstance(report, Graph):
        raise ProjectError(f"The shapes cannot be used: {text}")
    return report


_RUNNERS: Final[dict[str, Callable[[ox.Store, Graph], Graph]]] = {"rudof": _rudof, "pyshacl": _pyshacl}


def _give_messages(report: Graph, shapes: Graph) -> None:
    """Let each result carry the messages of its shape, where the shape has some (SHACL section 3.6.2.5).

    rudof writes texts of its own for some core constraints. Messages of SPARQL constraints are left as they are: the
    processor has put values into them.
    """
    for result in list(report.subjects(_TYPE, _RESULT)):
        shape = report.value(result, _SOURCE_SHAPE)
        messages = list(shapes.objects(shape, _MESSAGE)) if shape is not None else []
        if messages:
            report.remove((result, _RESULT_MESSAGE, None))
            for message in messages:
                report.add((result, _RESULT_MESSAGE, message))
            continue
        for message in list(report.objects(result, _RESULT_MESSAGE)):
            if isinstance(message, Literal) and not message.language:
                # pySHACL drops the language of a message when it puts values into it.
                chinese = any("\u4e00" <= character <= "\u9fff" for character in message)
                report.remove((result, _RESULT_MESSAGE, message))
                report.add((result, _RESULT_MESSAGE, Literal(str(message), lang="zh" if chinese else "en")))
