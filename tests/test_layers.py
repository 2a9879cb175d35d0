"""The two rules of placement: stages never import stages, and each big library has one importer."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent / "kgx"
MODULES = {
    ".".join(p.relative_to(ROOT.parent).with_suffix("").parts).removesuffix(".__init__"): p for p in ROOT.rglob("*.py")
}
# Stage -> other parts of kgx that it may import; everything may import what is shared.
SHARED = {
    "kgx.collection",
    "kgx.ids",
    "kgx.merge",
    "kgx.models",
    "kgx.errors",
    "kgx.ontology",
    "kgx.lang",
    "kgx.gazetteer",
    "kgx.quantities",
}
STAGES: dict[str, set[str]] = {
    "kgx.ingest": set(),
    "kgx.lang": set(),
    "kgx.quantities": set(),
    "kgx.gazetteer": set(),
    "kgx.ner": set(),
    "kgx.candidates": set(),
    "kgx.annotate": {"kgx.candidates", "kgx.datelines", "kgx.edges", "kgx.mentions", "kgx.ner"},
    # What decides which candidates stand, from the bottom up: each imports only what is above it.
    "kgx.datelines": {"kgx.candidates"},
    "kgx.named": {"kgx.candidates"},
    "kgx.edges": set(),
    "kgx.powers": {"kgx.candidates", "kgx.edges"},
    "kgx.titles": {"kgx.candidates", "kgx.powers"},
    "kgx.located": {"kgx.candidates", "kgx.titles"},
    "kgx.bodies": {"kgx.candidates", "kgx.powers", "kgx.titles"},
    "kgx.places": {"kgx.bodies", "kgx.candidates", "kgx.located", "kgx.powers"},
    "kgx.misread": {"kgx.bodies", "kgx.candidates"},
    "kgx.trimmed": {"kgx.candidates", "kgx.edges", "kgx.places", "kgx.titles"},
    "kgx.sure": {"kgx.bodies", "kgx.candidates", "kgx.places", "kgx.titles"},
    "kgx.lexical": {"kgx.bodies", "kgx.candidates", "kgx.edges", "kgx.located", "kgx.titles"},
    "kgx.mentions": {
        "kgx.bodies",
        "kgx.candidates",
        "kgx.datelines",
        "kgx.lexical",
        "kgx.located",
        "kgx.misread",
        "kgx.named",
        "kgx.places",
        "kgx.powers",
        "kgx.sure",
        "kgx.titles",
        "kgx.trimmed",
    },
    "kgx.extract": set(),
    "kgx.resolve": set(),
    "kgx.graph": set(),
    "kgx.claims": {"kgx.ingest", "kgx.revive"},
    "kgx.revive": set(),
    "kgx.copies": set(),
    "kgx.workers": set(),
    # What reads documents and where claims are kept; the documents themselves it does not look into.
    "kgx.engines": {"kgx.claims", "kgx.export", "kgx.ingest", "kgx.revive", "kgx.workers"},
    "kgx.report": {"kgx.claims", "kgx.ingest", "kgx.revive"},
    "kgx.query": set(),
    "kgx.texts": {"kgx.query", "kgx.export", "kgx.ingest"},
    "kgx.show": {"kgx.query", "kgx.export", "kgx.texts"},
    "kgx.comparisons": {"kgx.query", "kgx.export", "kgx.resolve"},  # the features' own words explain them
    "kgx.explain": {"kgx.query", "kgx.show", "kgx.export", "kgx.comparisons", "kgx.texts"},
    "kgx.review": {"kgx.query", "kgx.show", "kgx.export", "kgx.comparisons", "kgx.resolve"},
    "kgx.validate": {"kgx.query", "kgx.export"},
    "kgx.previous": {"kgx.query", "kgx.export", "kgx.resolve"},
    "kgx.evaluate": {"kgx.query", "kgx.export"},
    "kgx.export": {"kgx.graph", "kgx.query", "kgx.texts"},
    "kgx.mcp": {"kgx.query", "kgx.show", "kgx.serve", "kgx.texts"},
    "kgx.serve": {"kgx.query", "kgx.show", "kgx.export", "kgx.resolve", "kgx.comparisons", "kgx.explain", "kgx.texts"},
}
IMPORTERS: dict[str, str | tuple[str, ...]] = {
    "spacy": "kgx.annotate",
    "onnxruntime": "kgx.ner",
    "networkx": "kgx.graph",
    "rdflib": "kgx.export",
    "oxrdflib": "kgx.export",
    "pandas": "kgx.export",
    "pyarrow": ("kgx.export", "kgx.engines"),  # tables of facts, and tables of claims
    "pyshacl": "kgx.validate",
    "pyoxigraph": "kgx.query",
    "py3langid": "kgx.lang",
    "pebble": "kgx.workers",
    "daft": "kgx.engines",
    "ray": "kgx.engines",
    "rensa": "kgx.copies",
    "typer": "kgx.cli",
    "mcp": "kgx.mcp",
    "starlette": "kgx.serve",
    "uvicorn": "kgx.serve",
}


def imported(path: Path) -> set[str]:
    """Names of all modules that a file imports, wherever in it, except for typing only."""
    found: set[str] = set()
    tree = ast.parse(path.read_text(encoding="utf8"))
    typing_only = {
        id(inner)
        for node in ast.walk(tree)
        if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.dump(node.test)
        for inner in ast.walk(node)
    }
    for node in ast.walk(tree):
        if id(node) in typing_only:
            continue
        if isinstance(node, ast.Import):
            found.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            found.add(node.module)
    return found


def within(module: str, part: str) -> bool:
    return module == part or module.startswith(f"{part}.")


@pytest.mark.parametrize("stage", STAGES)
def test_stages_do_not_import_stages(stage: str) -> None:
    allowed = SHARED | STAGES[stage] | {stage}
    wrong = {
        f"{module} imports {name}"
        for module, path in MODULES.items()
        if within(module, stage)
        for name in imported(path)
        if within(name, "kgx") and name != "kgx" and not any(within(name, part) for part in allowed)
    }
    assert not wrong


@pytest.mark.parametrize("library", IMPORTERS)
def test_each_library_has_one_importer(library: str) -> None:
    users = {m for m, p in MODULES.items() if any(within(name, library) for name in imported(p))}
    assert users, f"nobody imports {library}"
    several = IMPORTERS[library]
    parts = (several,) if isinstance(several, str) else several
    assert all(any(within(user, part) for part in parts) for user in users), users


def test_no_language_code_in_conditions() -> None:
    codes = {p.parent.name for p in (ROOT / "lang").glob("*/language.yaml")}
    wrong = []
    for module, path in MODULES.items():
        for node in ast.walk(ast.parse(path.read_text(encoding="utf8"))):
            if isinstance(node, ast.Compare):
                constants = {c.value for c in ast.walk(node) if isinstance(c, ast.Constant)}
                if codes & {c for c in constants if isinstance(c, str)}:
                    wrong.append(f"{module}:{node.lineno}")
    assert not wrong


def test_cached_claims_are_of_all_code_that_reads() -> None:
    """What reading imports must be in the fingerprint, or a cache would outlive a change of it."""
    from kgx.claims import _STAGES

    told = {f"kgx.{name.removesuffix('.py')}" for name in _STAGES}
    reached, left = set(), {"kgx.annotate", "kgx.extract", "kgx.ingest"}
    while left:
        module = left.pop()
        reached.add(module)
        parts = [path for name, path in MODULES.items() if within(name, module)]
        names = {name for path in parts for name in imported(path) if within(name, "kgx") and name != "kgx"}
        left |= {name for name in names if name not in reached}
    assert {name for name in reached if not any(within(name, part) for part in told)} == set()
