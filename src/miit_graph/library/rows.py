"""The rows of a SELECT as Python has them: integers, dates, texts; or as RDF terms, or as a data frame."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterator, Sequence
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, Any, overload

import pyoxigraph as ox

from miit_graph.publish.ask import Row, Term
from miit_graph.vocabulary import XSD

if TYPE_CHECKING:
    import pandas
    import pyarrow

_INTEGERS = [
    "integer",
    "int",
    "long",
    "short",
    "byte",
    "nonNegativeInteger",
    "positiveInteger",
    "unsignedInt",
    "unsignedLong",
]
_READERS: dict[str, Callable[[str], Any]] = {
    **{XSD[name]: int for name in _INTEGERS},
    XSD.decimal: Decimal,
    XSD.double: float,
    XSD.float: float,
    XSD.boolean: lambda text: text in ("true", "1"),
    XSD.date: datetime.date.fromisoformat,
    XSD.dateTime: datetime.datetime.fromisoformat,
}


def to_python(term: Term | None) -> Any:
    """A term as a Python value: numbers, truth values, days and moments; IRIs, texts and all else as `str`.

    What its datatype does not allow (a date of 31 February) stays the text that it is.
    """
    if term is None:
        return None
    if isinstance(term, ox.Literal):
        read = _READERS.get(term.datatype.value)
        if read is None:
            return term.value
        try:
            return read(term.value)
        except (ValueError, InvalidOperation):
            return term.value
    return term.value if isinstance(term, ox.NamedNode) else str(term)


class Rows(Sequence[dict[str, Any]]):
    """All rows: each a dict from variable to value, None where unbound. ``columns`` are the variables in order."""

    def __init__(self, columns: Sequence[str], terms: Sequence[Row]) -> None:
        self.columns = tuple(columns)
        self.terms = terms
        """The rows as Oxigraph's terms, with language tags and datatypes; what is unbound is missing."""

    def __len__(self) -> int:
        return len(self.terms)

    def __iter__(self) -> Iterator[dict[str, Any]]:
        return (self[number] for number in range(len(self)))

    @overload
    def __getitem__(self, index: int) -> dict[str, Any]: ...
    @overload
    def __getitem__(self, index: slice) -> Rows: ...
    def __getitem__(self, index: int | slice) -> dict[str, Any] | Rows:
        if isinstance(index, slice):
            return Rows(self.columns, self.terms[index])
        row = self.terms[index]
        return {name: to_python(row.get(name)) for name in self.columns}

    def __repr__(self) -> str:
        return f"<{len(self)} rows of {', '.join(self.columns)}>"

    def column(self, name: str) -> list[Any]:
        """The values of one variable."""
        if name not in self.columns:
            raise KeyError(f"{name} is no variable of this result; it has {', '.join(self.columns)}")
        return [to_python(row.get(name)) for row in self.terms]

    def pandas(self) -> pandas.DataFrame:
        """A pandas data frame. Raises ModuleNotFoundError without pandas."""
        import pandas

        return pandas.DataFrame({name: self.column(name) for name in self.columns}, columns=list(self.columns))

    def arrow(self) -> pyarrow.Table:
        """An Arrow table; a column whose values are of several types becomes text. Needs pyarrow."""
        import pyarrow

        arrays = {}
        for name in self.columns:
            values = self.column(name)
            if len({type(value) for value in values if value is not None}) > 1:
                values = [None if value is None else str(value) for value in values]
            arrays[name] = pyarrow.array(values)
        return pyarrow.table(arrays)
