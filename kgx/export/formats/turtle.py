"""Turtle, to be read by people too."""

from __future__ import annotations

from kgx.export.formats import Format
from kgx.export.turtle import to_turtle, turtle_pieces

FORMAT = Format("turtle", "Turtle", (".ttl", ".turtle"), encode=to_turtle, pieces=turtle_pieces, graph=True)
