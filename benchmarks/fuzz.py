"""Fuzzing, guided by coverage (atheris): ``python benchmarks/fuzz.py readers|quantities|rules -max_total_time=300``.

Feeds inputs that nobody would write to

- ``readers``: every reader of `kgx.ingest`, and every container: bytes become documents or issues, and nothing else;
- ``quantities``: dates and amounts of every language: spans are exact, values can be written;
- ``rules``: all stages up to the claims, of every language, on pieces of its own rules and on anything: each quote is
  what stands at its offsets.

What follows the name is for libFuzzer (``-help=1`` lists it). A finding ends the run, and its input is left in a file.
"""

from __future__ import annotations

import io
import sys
from collections.abc import Callable
from functools import cache
from pathlib import Path

import atheris

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "tests"), str(ROOT / "tests" / "faults")]

with atheris.instrument_imports(include=["kgx", "yaml", "email", "warcio", "docx", "tarfile", "zipfile"]):
    from kgx.annotate import annotate
    from kgx.extract import extract
    from kgx.ingest import document_of
    from kgx.ingest.containers import CONTAINERS, Budget, sources_in
    from kgx.ingest.formats import READERS
    from kgx.ingest.source import InputError, InputLimits, Source
    from kgx.lang import languages, pack
    from kgx.models import Document
    from kgx.quantities import find_amounts, find_dates

LIMITS = InputLimits(document=2**20, container=2**22)
PACKED = (".gz", ".bz2", ".xz", ".zst")


def readers(data: bytes) -> None:
    """One input for each reader, and one for each container that is named by its first byte."""
    if not data:
        return
    kinds, endings = sorted(READERS), sorted(CONTAINERS)
    choice, content = data[0] % (len(kinds) + len(endings) + len(PACKED)), data[1:]
    if choice < len(kinds):
        read(Source("x", "x", "x", kinds[choice], content))
        return
    names = [*(f"x{ending}" for ending in endings), *(f"x.jsonl{ending}" for ending in PACKED)]
    budget = Budget(len(content), LIMITS)
    for found in sources_in(names[choice - len(kinds)], "x", io.BytesIO(content), limits=LIMITS, budget=budget):
        if isinstance(found, Source):
            read(found)


def read(source: Source) -> None:
    try:
        document = document_of(source)
    except InputError as error:
        # A reader that falls over is caught at the door; where no library of others is in it, that is a finding.
        if "cannot be read as" in str(error) and source.kind in ("plain", "text"):
            raise
        return
    assert document.text.strip()
    document.model_dump_json()


def text_of(data: bytes) -> tuple[str, str]:
    """A language, and a text: of pieces of its rules and of anything."""
    provider = atheris.FuzzedDataProvider(data)
    lang = languages()[provider.ConsumeIntInRange(0, len(languages()) - 1)]
    words, out = pieces(lang), []
    while provider.remaining_bytes() and len(out) < 40:
        if provider.ConsumeIntInRange(0, 3):
            out.append(words[provider.ConsumeIntInRange(0, len(words) - 1)])
        else:
            out.append(provider.ConsumeUnicodeNoSurrogates(provider.ConsumeIntInRange(0, 12)))
    return lang, provider.PickValueInList(["", " ", " ", "\n", "-"]).join(out)


@cache
def pieces(lang: str) -> list[str]:
    """Words of the examples of a language's rules, numbers, signs, and letters of other scripts."""
    rules = [rule for several in pack(lang).rules.events.values() for rule in several]
    examples = " ".join(text for rule in rules for text in (*rule.examples, *rule.counterexamples))
    signs = [".", ",", "(", ")", "«", "»", '"', "'", "-", "–", ":", "\u200f", "\u202b", "\n", "%", "$", "€", "٫"]
    others = [
        "대통령",
        "الرئيس",
        "président",
        "президент",
        "chủ tịch",
        "president",
        "主席",
        "👩🏽‍🚀",
        "e\u0301",
        "İ",
        "ß",
        "ﷺ",
    ]
    numbers = ["0", "1", "5", "12", "31", "2024", "٢٠٢٤", "1.000", "3,5", "10-12", "万", "만", "млн", "triệu"]
    return [*dict.fromkeys(examples.replace("<", " ").replace(">", " ").split())][:4000] + signs + others + numbers


def quantities(data: bytes) -> None:
    """Dates and amounts: spans within the text, in order, with values."""
    lang, text = text_of(data)
    for found in (*find_dates(text, lang), *find_amounts(text, lang)):
        assert 0 <= found.start < found.end <= len(text), (lang, text, found)
        assert found.text == text[found.start : found.end], (lang, text, found)


def rules(data: bytes) -> None:
    """All stages up to the claims."""
    lang, text = text_of(data)
    if not text.strip():
        return
    document = Document(id="x", file_name="x.txt", text=text, sha256="0" * 64)
    annotated = annotate(document, lang)
    for mention in annotated.mentions:
        assert mention.text == text[mention.start : mention.end], (lang, text, mention)
    claims = extract(annotated)
    for item in (*claims.things, *claims.facts):
        for piece in item.evidence:
            assert piece.quote == text[piece.start : piece.end], (lang, text, piece)
    claims.model_dump_json()


def seeds(name: str, folder: Path) -> Path:
    """Inputs to begin with: of each format a good one, a broken and a hostile one."""
    folder.mkdir(parents=True, exist_ok=True)
    if name == "readers":
        from faulty import CUT, HOSTILE
        from test_inputs import FILES

        for file, content in {**FILES, **CUT, **{n: c for n, (c, _, _) in HOSTILE.items()}}.items():
            for choice in range(len(READERS) + len(CONTAINERS) + len(PACKED)):
                if len(content) < 20_000 and choice % 3 == len(file) % 3:
                    (folder / f"{file}-{choice}").write_bytes(bytes([choice]) + content)
    return folder


TARGETS: dict[str, Callable[[bytes], None]] = {"readers": readers, "quantities": quantities, "rules": rules}


def main() -> None:
    """Run one target until its time is over."""
    if len(sys.argv) < 2 or sys.argv[1] not in TARGETS:
        sys.exit(f"give one of {', '.join(TARGETS)}, then options of libFuzzer")
    name = sys.argv[1]
    corpus = seeds(name, ROOT / "build" / "fuzz" / name)
    options = [f"-artifact_prefix={ROOT / 'build'}/", "-timeout=120", "-rss_limit_mb=4096", "-max_len=20000"]
    TARGETS[name](b"\0 what is loaded at first takes longer than an input may")
    atheris.Setup([sys.argv[0], str(corpus), *options, *sys.argv[2:]], TARGETS[name])
    atheris.Fuzz()


if __name__ == "__main__":
    main()
