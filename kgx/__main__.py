"""``python -m kgx`` is ``kgx``."""

from kgx.cli import main

main()
