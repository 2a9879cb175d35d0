"""The graph in the browser and for programs: SPARQL endpoint, explorer and views, on this machine, read-only."""

from kgx.serve.app import create_app
from kgx.serve.limits import Limits

__all__ = ["Limits", "create_app"]
