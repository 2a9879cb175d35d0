"""Stage 7: the graph as RDF, its schemas, and the named queries."""
