"""``kgx.load``: a written graph for users of rdflib and pandas, on Oxigraph."""

from __future__ import annotations

import io
import re
from collections.abc import Iterable, Sequence
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

from oxrdflib import OxigraphStore
from rdflib import BNode
from rdflib import Graph as RdfGraph
from rdflib.graph import DATASET_DEFAULT_GRAPH_ID
from rdflib.plugin import PluginException
from rdflib.plugins.stores.sparqlstore import SPARQLStore
from rdflib.query import Result

from kgx import query as queries
from kgx.errors import UsageError, to_install
from kgx.export.tables import TABLES
from kgx.export.triples import of_lines
from kgx.export.view import View
from kgx.texts import Texts

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["Graph", "load"]

_SPARQL = re.compile(r"[{}]")


class _Remote(SPARQLStore):
    """An endpoint as rdflib asks it; what goes wrong is told as everywhere in kgx."""

    def __init__(self, endpoint: queries.Endpoint) -> None:
        super().__init__(endpoint.address, returnFormat="json")
        self._endpoint = endpoint

    def _query(self, query: str, default_graph: str | None = None, named_graph: str | None = None) -> Result:
        given = default_graph is not None and not isinstance(default_graph, BNode)
        graphs = [("default-graph-uri", str(default_graph))] if given else []
        try:
            kind, content = self._endpoint.post(query, graphs, accept=self.response_mime_types())
            return Result.parse(io.BytesIO(content), content_type=kind.partition(";")[0].strip())
        except (SyntaxError, ValueError, PluginException) as error:
            raise UsageError(f"{self._endpoint.address}: {error}") from error


class Graph(RdfGraph):
    """An rdflib Graph whose triples lie in Oxigraph, which answers its SPARQL, too.

    Attributes:
        source: what `kgx.query` asks.
        texts: of the documents, by SHA-256, where the graph has them in it or beside it.
    """

    def __init__(self, source: queries.Store, path: str | Path | None = None) -> None:
        store = _Remote(source) if isinstance(source, queries.Endpoint) else OxigraphStore(store=source)
        super().__init__(store=store, identifier=DATASET_DEFAULT_GRAPH_ID, bind_namespaces="none")
        self.source = source
        self.texts = Texts(source, path)
        if not isinstance(source, queries.Endpoint):
            for prefix, namespace in queries.prefixes(source).items():
                self.bind(prefix, namespace)

    def text_of(self, document: str) -> str | None:
        """The text of a document, in which the offsets of its quotes count; None where it is not at hand.

        Plain files lie where they were read; the texts that were made from other formats are kept beside the graph.

        Args:
            document: its IRI, id, name or the name of its file.

        Raises:
            UsageError: if there is no such document.
        """
        known = {node.value for node in queries.named_nodes(self.source, document)}
        rows = queries.select(self.source, "SELECT ?d ?digest { ?d a kgx:Document ; kgx:sha256 ?digest } ").rows
        found = [str(digest) for node, digest in rows if str(node) in known]
        if not found:
            raise UsageError(f"{document!r} is no document of this graph")
        return self.texts[found[0]]

    def to_frame(self, name: str, /, **params: str) -> pd.DataFrame:
        """The answer of a query as a pandas DataFrame.

        Args:
            name: a named query (``visits``, see ``kgx query --list``), a table (``event_data``, ``leader_travel``,
                ``persons``, see `kgx.export.tables`), or a query in SPARQL.
            params: of a named query: an IRI, an id or a name in any script.

        Returns:
            Numbers as numbers, all else as strings: dates are of different precision (``2025``, ``2025-05-05``). Things
            and facts go by their ids (``visit/0123456789``) in all frames, so that frames can be merged.
            ``pandas.to_datetime(frame["date"], errors="coerce")`` makes time stamps of whole days.

        Raises:
            UsageError: if there is no such query, table or parameter, or pandas is not installed.
        """
        pandas = _pandas()
        if not isinstance(name, str):
            raise UsageError(f"{name!r} is no name of a query or table, and no SPARQL")
        if name in queries.named_queries():
            return self._answered(pandas, queries.run_named(self.source, name, **params))
        if params:
            raise UsageError(f"{name!r} has no parameters: it is no named query")
        if name in TABLES:
            return self.table(name)
        if _SPARQL.search(name):
            return self._answered(pandas, queries.select(self.source, name))
        known = ", ".join(sorted({*queries.named_queries(), *TABLES}))
        raise UsageError(f"no query or table is called {name!r}; there are: {known}")

    def table(self, name: str, /) -> pd.DataFrame:
        """A table as `to_frame` gives it, whose name a query may have, too (``offices``, ``agreements``).

        Raises:
            UsageError: if there is no such table, or pandas is not installed.
        """
        pandas = _pandas()
        if not isinstance(name, str) or name not in TABLES:
            raise UsageError(f"no table is called {name!r}; there are: {', '.join(TABLES)}")
        table = TABLES[name]
        view = View(of_lines(queries.dump(self.source), queries.base_of(self.source)))
        return _frame(pandas, list(table.columns), table.rows(view), kinds=list(table.columns.values()))

    def _answered(self, pandas: Any, result: queries.Result) -> Any:
        rows = result.below(queries.base_of(self.source))
        kinds = [_kind_of(row[i] for row in rows) for i in range(len(result.columns))]
        return _frame(pandas, list(result.columns), rows, kinds=kinds)


def load(path: str | Path) -> Graph:
    """Open a graph that ``kgx build`` wrote: a file, a store, or the address of a SPARQL endpoint.

    Raises:
        UsageError: if there is nothing of the kind, or it can't be read.
    """
    return Graph(queries.load(path), path)


def _pandas() -> Any:
    try:
        import pandas
    except ImportError as error:
        raise UsageError(f"frames need more packages: {to_install('tables')}") from error
    return pandas


def _kind_of(cells: Iterable[Any]) -> type:
    kinds = {type(cell) for cell in cells if cell is not None}
    return float if kinds == {int, Decimal} else kinds.pop() if len(kinds) == 1 else str


def _frame(pandas: Any, columns: list[str], rows: Iterable[Sequence[Any]], *, kinds: list[type]) -> Any:
    types = {int: "Int64", bool: "boolean", float: "float64", Decimal: "float64"}
    cells = list(rows)
    data = {}
    for i, (column, kind) in enumerate(zip(columns, kinds, strict=True)):
        values: list[Any] = [row[i] for row in cells]
        if kind in (float, Decimal):
            values = [None if value is None else float(value) for value in values]
        elif kind is str:
            values = [None if value is None else str(value) for value in values]
        data[column] = pandas.Series(values, dtype=types.get(kind, object))
    return pandas.DataFrame(data, columns=columns)
