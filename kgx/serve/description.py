"""What the endpoint says of itself: SPARQL 1.1 Service Description."""

from __future__ import annotations

from kgx.ontology.terms import vocabulary
from kgx.query.worker import rewritten
from kgx.serve.negotiation import GRAPHS, SOLUTIONS

__all__ = ["description"]

_PREFIXES = {"sd": "http://www.w3.org/ns/sparql-service-description#", "void": "http://rdfs.org/ns/void#"}


def description(endpoint: str, form: str) -> bytes:
    """The description of the endpoint.

    Args:
        endpoint: its IRI.
        form: the format to write, a key of `GRAPHS`.
    """
    formats = ", ".join(f"<{known.standard}>" for known in (*SOLUTIONS.values(), *GRAPHS.values()))
    turtle = f"""
        @prefix sd: <{_PREFIXES["sd"]}> .
        @prefix void: <{_PREFIXES["void"]}> .
        <#service> a sd:Service ;
            sd:endpoint <> ;
            sd:supportedLanguage sd:SPARQL11Query ;
            sd:resultFormat {formats} ;
            sd:defaultDataset <#dataset> .
        <#dataset> a sd:Dataset ;
            sd:defaultGraph <#graph> .
        <#graph> a sd:Graph, void:Dataset ;
            void:vocabulary <{vocabulary().prefixes["kgx"]}> .
    """
    return rewritten(turtle, form, base=endpoint, prefixes=_PREFIXES)
