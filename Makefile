# `make graph` and `make test` are all a newcomer types; both make .venv on a fresh machine.
PYTHON ?= $(shell for v in 3.13 3.12 3.11 3; do command -v python$$v >/dev/null 2>&1 && python$$v -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo python$$v && break; done)
VENV := .venv
BIN := $(VENV)/bin
GOLD := ../shared/gold
SCORE := ../shared/score/score.py

.PHONY: graph test thorough check format lint types data score schemas readme docs assets browser bench bench-quantities bench-resolve bench-ner bench-product bench-engines bench-kill fuzz clean

$(VENV)/.installed: pyproject.toml
	@test -n "$(PYTHON)" || { echo "kgx needs Python 3.11 or newer"; exit 1; }
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -e .
	@touch $@

$(VENV)/.installed-dev: $(VENV)/.installed
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -e '.[dev]'
	@touch $@

graph: $(VENV)/.installed  ## build the graph of the seeds
	$(BIN)/kgx build seeds/ -o graph.ttl

test: $(VENV)/.installed-dev  ## run all tests
	$(BIN)/python -m pytest

thorough: $(VENV)/.installed-dev  ## the tests that try examples, with 2,000 of each: rare faults, no gate
	HYPOTHESIS_PROFILE=thorough $(BIN)/python -m pytest -m examples

check: format lint types data docs  ## everything but the tests

format: $(VENV)/.installed-dev
	$(BIN)/ruff format --check .

lint: $(VENV)/.installed-dev
	$(BIN)/ruff check .

types: $(VENV)/.installed-dev
	$(BIN)/mypy

data: $(VENV)/.installed-dev  ## the corpus parses
	$(BIN)/python training/corpus.py training/corpus/*

schemas: $(VENV)/.installed-dev  ## regenerate schemas/
	$(BIN)/python -m kgx.export.schemas schemas

score: $(VENV)/.installed  ## measure against gold records: our own, and those that lie beside the checkout
	$(BIN)/kgx evaluate tests/corpus --only 'held-*'
	@test -f $(SCORE) || { echo "no gold records at $(GOLD)"; exit 1; }
	$(BIN)/kgx build seeds/ -o $(VENV)/seeds.ttl --quiet
	$(BIN)/kgx build $(GOLD)/dev/*.txt -o $(VENV)/dev.ttl --quiet
	$(BIN)/python $(SCORE) $(VENV)/seeds.ttl $(GOLD)/seeds
	$(BIN)/python $(SCORE) $(VENV)/dev.ttl $(GOLD)/dev

assets: tools/assets/package.json  ## rebuild kgx/serve/static/vendor from pinned npm packages; needs Node, which nothing else does
	cd tools/assets && npm install --no-package-lock --no-audit --no-fund && npm run --silent build

browser:  ## Chromium and fonts for the end-to-end tests, where they are missing and may be installed
	@if [ ! -x /usr/bin/chromium ] && [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
	  apt-get update -qq && apt-get install -y -qq --no-install-recommends chromium fonts-noto-core fonts-noto-cjk; fi

docs: $(VENV)/.installed-dev  ## the site of the guides and docstrings, in build/site; needs no network
	NO_MKDOCS_2_WARNING=1 $(BIN)/python -m mkdocs build --strict --quiet

readme: $(VENV)/.installed-dev  ## bring the figures of the README up to date
	$(BIN)/python tools/readme.py

bench: $(VENV)/.installed-dev  ## speed, memory and growth, beside others, into benchmarks/results and docs/benchmarks.md; QUICK=--quick, TEXTS=folders
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -e '.[bench]'
	$(BIN)/python -m benchmarks.bench $(QUICK) $(TEXTS)
	$(BIN)/python -m benchmarks.page

bench-quantities: $(VENV)/.installed-dev  ## dates and amounts beside others, on the suites beside the checkout
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -e '.[bench]'
	$(BIN)/python benchmarks/quantities_dates.py --suite ../shared/data/dates --gold $(GOLD) --seeds seeds
	$(BIN)/python benchmarks/quantities_amounts.py ../shared/data/money --gold $(GOLD)

bench-resolve: $(VENV)/.installed-dev  ## names beside others; a corpus of near-misses; scale
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -e '.[bench]'
	$(BIN)/python benchmarks/resolve.py ../shared/data/names
	$(BIN)/python benchmarks/resolve_corpus.py
	$(BIN)/python benchmarks/resolve_scale.py

bench-ner: $(VENV)/.installed  ## names against the bars, on the public sets beside the checkout
	$(BIN)/python benchmarks/ner.py --data ../shared/data/ner

bench-product: $(VENV)/.installed-dev  ## writing, storing and asking big graphs, beside rdflib
	$(BIN)/python benchmarks/product.py

bench-engines: $(VENV)/.installed-dev  ## 1,000 documents by every engine: the same bytes, and what a document weighs
	$(BIN)/python benchmarks/engines.py

bench-kill: $(VENV)/.installed  ## a build killed at 50 moments goes on to the same bytes, and one that has all in its cache
	$(BIN)/python benchmarks/kill.py
	$(BIN)/python benchmarks/kill.py --warm --documents 180

fuzz: $(VENV)/.installed-dev  ## readers, dates and amounts, rule engines: minutes each of inputs that nobody would write
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -e '.[fuzz]'
	for what in readers quantities rules; do $(BIN)/python benchmarks/fuzz.py $$what -max_total_time=$${SECONDS_EACH:-300} || exit 1; done

clean:
	rm -rf $(VENV) graph.ttl build dist *.egg-info
