# make demo   build, verify and show a small mix (core install, no torch)
# make smoke  the demo's mix, and small models trained on it (all extras)
# make test   the whole suite (all extras)
# make check  ruff, mypy, import contracts
PYTHON ?= python3
CORE := build/env-core
ALL := build/env-all
PIP := -m pip --disable-pip-version-check install --quiet --constraint constraints.txt

.PHONY: demo smoke test test-all check clean

$(CORE)/ready: pyproject.toml constraints.txt
	$(PYTHON) -c 'import sys; sys.exit("longmix needs Python 3.11 or newer") if sys.version_info < (3, 11) else None'
	$(PYTHON) -m venv --clear $(CORE)
	$(CORE)/bin/python $(PIP) --editable .
	touch $@

$(ALL)/ready: pyproject.toml constraints.txt
	$(PYTHON) -m venv --clear $(ALL)
	$(ALL)/bin/python $(PIP) --editable '.[all,dev]'
	touch $@

demo: $(CORE)/ready
	$(CORE)/bin/python recipes/demo_inputs.py build/demo/inputs
	$(CORE)/bin/longmix build recipes/demo.yaml --out build/demo/mix --overwrite > build/demo/summary.txt
	$(CORE)/bin/longmix verify build/demo/mix > build/demo/verdict.txt || (cat build/demo/verdict.txt; exit 6)
	@tail -n 1 build/demo/verdict.txt
	@cat build/demo/summary.txt

smoke: demo $(ALL)/ready
	$(ALL)/bin/longmix verify build/demo/mix --smoke

test: $(ALL)/ready
	$(ALL)/bin/python -m pytest -m "not slow"

test-all: $(ALL)/ready
	$(ALL)/bin/python -m pytest

check: $(ALL)/ready
	$(ALL)/bin/ruff format --check .
	$(ALL)/bin/ruff check .
	$(ALL)/bin/mypy
	$(ALL)/bin/lint-imports

clean:
	rm -rf build
