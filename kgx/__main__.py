"""``python -m kgx`` is ``kgx``."""

import sys


def main() -> None:
    """Run the command line, which takes a moment to load; Ctrl-C meanwhile leaves clean, too."""
    try:
        from kgx.cli import main as run
    except KeyboardInterrupt:
        print("kgx: interrupted", file=sys.stderr)  # noqa: T201
        sys.exit(130)
    run()


if __name__ == "__main__":
    main()
