"""Where a graph is asked: a file read into memory, a store on disk, or a SPARQL endpoint elsewhere, all asked alike."""

from __future__ import annotations

import http.client
import re
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, TypeAlias

import pyoxigraph as ox

from kgx.errors import UsageError

__all__ = ["Endpoint", "Store", "Term", "dump", "is_iri", "is_store", "load", "read", "write_store"]

Term: TypeAlias = ox.NamedNode | ox.BlankNode | ox.Literal | ox.Triple
Answer: TypeAlias = ox.QuerySolutions | ox.QueryBoolean | ox.QueryTriples

_ADDRESS = re.compile(r"([a-z][a-z0-9+.-]+)://", re.IGNORECASE)
_PARTS = "part-*-of-*.nq"  # as kgx build --format nquads --shards names them
_WRITTEN = (".ttl", ".nt", ".trig", ".nq", ".jsonld")  # endings of what kgx build writes in RDF
_MARK = "CURRENT"  # every RocksDB has a file of this name
_ACCEPT = "application/sparql-results+json, application/n-triples;q=0.9"
_SECONDS = 60
_LEAST = 1000  # of an answer to an error that is told


class Endpoint:
    """A SPARQL 1.1 endpoint, asked in the same words as a store; it is only ever read from.

    Attributes:
        address: of the endpoint, http or https.
    """

    def __init__(self, address: str) -> None:
        self.address = address

    def __repr__(self) -> str:
        return f"Endpoint({self.address!r})"

    def query(
        self,
        query: str,
        *,
        prefixes: Mapping[str, str] | None = None,
        base_iri: str | None = None,
        default_graph: Sequence[ox.NamedNode] | None = None,
        named_graphs: Sequence[ox.NamedNode] | None = None,
    ) -> Any:
        """What the endpoint answers, as pyoxigraph's types.

        Args:
            query: in SPARQL 1.1.
            prefixes: those that the query need not declare.
            base_iri: of relative IRIs.
            default_graph: graphs to ask together as the default graph.
            named_graphs: graphs that the query may name.

        Raises:
            SyntaxError: if the endpoint finds the query faulty, or answers what can't be read.
            UsageError: if it can't be reached or fails.
        """
        head = "".join(f"PREFIX {name}: <{iri}> " for name, iri in (prefixes or {}).items())  # one line: so lines count
        base = f"BASE <{base_iri}> " if base_iri else ""
        graphs = [("default-graph-uri", graph.value) for graph in default_graph or ()]
        graphs += [("named-graph-uri", graph.value) for graph in named_graphs or ()]
        kind, content = self.post(base + head + query, graphs)
        if "n-triples" in kind:
            return (quad.triple for quad in ox.parse(content, format=ox.RdfFormat.N_TRIPLES))
        found = ox.QueryResultsFormat.from_media_type(kind.partition(";")[0].strip())
        if found is None:
            raise UsageError(f"{self.address} answers with {kind or 'nothing known'}, and not as SPARQL does")
        return ox.parse_query_results(content, format=found)

    def quads_for_pattern(
        self, subject: Term | None, predicate: ox.NamedNode | None, object: Term | None, graph_name: Any = None
    ) -> Iterator[ox.Quad]:
        """All that the endpoint says of a pattern, as the method of a store does; the default graph only."""
        names = ("s", "p", "o")
        given = (subject, predicate, object)
        terms = [str(term) if term is not None else f"?{name}" for name, term in zip(names, given, strict=True)]
        for row in self.query(f"SELECT * WHERE {{ {' '.join(terms)} }}"):
            found: list[Any] = [row[n] if term is None else term for n, term in zip(names, given, strict=True)]
            yield ox.Quad(found[0], found[1], found[2])

    def dump(self) -> bytes:
        """All that the endpoint says, as N-Triples."""
        kind, content = self.post("CONSTRUCT WHERE { ?s ?p ?o }", accept="application/n-triples")
        if "n-triples" not in kind:
            raise UsageError(f"{self.address} answers with {kind or 'nothing known'}, and not with N-Triples")
        return content

    def post(self, query: str, graphs: Sequence[tuple[str, str]] = (), *, accept: str = _ACCEPT) -> tuple[str, bytes]:
        """What the endpoint sends: its media type and its bytes.

        Args:
            query: as it is sent.
            graphs: parameters of the protocol that name graphs, each with an IRI.
            accept: media types that will do.

        Raises:
            SyntaxError: if the endpoint finds the query faulty.
            UsageError: if it can't be reached or fails.
        """
        request = urllib.request.Request(
            self.address,
            data=urllib.parse.urlencode([("query", query), *graphs]).encode("utf8", "replace"),
            headers={"Accept": accept, "Content-Type": "application/x-www-form-urlencoded", "User-Agent": "kgx"},
        )
        try:
            with urllib.request.urlopen(request, timeout=_SECONDS) as answer:  # noqa: S310 - http and https only
                return answer.headers.get("Content-Type", ""), answer.read()
        except urllib.error.HTTPError as error:
            told = error.read(_LEAST).decode("utf8", "replace").strip()
            if error.code == 400:
                raise SyntaxError(told or "the endpoint refuses the query") from error
            raise UsageError(f"{self.address}: {error.code} {error.reason}: {told}") from error
        except TimeoutError as error:
            raise UsageError(f"{self.address} gave no answer within {_SECONDS} seconds") from error
        except (OSError, http.client.HTTPException, ValueError) as error:  # ValueError: an address that is none
            raise UsageError(f"{self.address} can't be reached: {getattr(error, 'reason', None) or error}") from error


Store: TypeAlias = ox.Store | Endpoint


def load(path: str | Path) -> Store:
    """Open a graph to ask it.

    Args:
        path: a file of Turtle, or of another RDF format that its suffix tells, which is read into memory; a folder
            that ``kgx build -o store/`` wrote, which is opened for reading, or one of N-Quads in parts; or the
            address of a SPARQL endpoint.

    Raises:
        UsageError: if there is nothing of the kind, or it can't be read.
    """
    if isinstance(path, str) and (found := _ADDRESS.match(path)):
        if found[1].lower() not in ("http", "https") or not _has_host(path):
            raise UsageError(f"{path!r} is no address of an endpoint: one begins as https://example.org/ does")
        return Endpoint(path)
    if not isinstance(path, str | Path) or not str(path):
        raise UsageError(f"{path!r} names no graph: give a file, a store or the address of an endpoint")
    file = Path(path)
    return _opened(file) if file.is_dir() else _read(file)


def _has_host(address: str) -> bool:
    try:
        parts = urllib.parse.urlsplit(address)
        return bool(parts.hostname) and parts.port != 0  # a port that is none can't be asked for
    except ValueError:
        return False


def is_iri(text: str) -> bool:
    """Whether a text is an absolute IRI that every reader of RDF takes."""
    try:
        ox.NamedNode(text)
    except ValueError:
        return False
    return True


def is_store(path: Path) -> bool:
    """Whether a folder holds a database of Oxigraph."""
    return (path / _MARK).is_file()


def _opened(folder: Path) -> ox.Store:
    if parts := sorted(folder.glob(_PARTS)):
        return _read(*parts)
    if not is_store(folder):
        raise UsageError(f"{folder}: is a folder and no store (kgx build -o {folder}/ writes one)")
    try:
        return ox.Store.read_only(str(folder))
    except (OSError, ValueError) as error:
        raise UsageError(f"{folder}: cannot be opened: {error}") from error


def _read(*files: Path) -> ox.Store:
    """A graph of one file, or of several that it is parted into."""
    content = []
    for file in files:
        try:
            content.append(file.read_bytes())
        except (OSError, ValueError) as error:  # ValueError: a name that no file can have
            raise UsageError(f"{file}: cannot be read: {getattr(error, 'strerror', None) or error}") from error
    name = files[0] if len(files) == 1 else files[0].parent
    try:
        return read(b"".join(content), files[0].suffix)
    except (SyntaxError, ValueError, OSError) as error:
        told = "kgx build writes one: graph.ttl or store/"
        if files[0].suffix.lower() in _WRITTEN:
            told = f"or is damaged: {error}"
        raise UsageError(f"{name}: is no graph of kgx ({told})") from error


def read(content: bytes, ending: str) -> ox.Store:
    """Read a graph into memory, in the RDF format that an ending means (``.nt``), else in Turtle.

    Raises:
        SyntaxError: if it is no such graph.
    """
    store = ox.Store()
    form = ox.RdfFormat.from_extension(ending.lstrip(".").lower()) or ox.RdfFormat.TURTLE
    store.bulk_load(content, format=form)
    if form.supports_datasets:
        # What the documents say each in a graph of its own is what the graph says.
        store.bulk_extend([ox.Quad(*q.triple) for q in store if q.graph_name != ox.DefaultGraph()])
    return store


def copied(store: ox.Store, folder: Path) -> None:
    """Copy a graph into an empty folder, as a database."""
    dump = folder / "dump.nq"
    store.dump(str(dump), format=ox.RdfFormat.N_QUADS)
    copy = ox.Store(str(folder))
    copy.bulk_load(path=str(dump), format=ox.RdfFormat.N_QUADS, lenient=True)
    copy.flush()
    dump.unlink()


def dump(store: Store) -> bytes:
    """All that a graph says as N-Triples, in no order."""
    if isinstance(store, Endpoint):
        return store.dump()
    return store.dump(format=ox.RdfFormat.N_TRIPLES, from_graph=ox.DefaultGraph()) or b""


def write_store(lines: bytes, folder: Path) -> None:
    """Make a database of N-Triples in an empty folder."""
    store = ox.Store(str(folder))
    store.bulk_load(lines, format=ox.RdfFormat.N_TRIPLES, lenient=True)
    store.optimize()
    store.flush()
