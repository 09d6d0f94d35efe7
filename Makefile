# Everything runs in an environment of its own, made here and nowhere else.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/ready

.PHONY: demo test lint bench clean

demo: $(READY)  ## Build the demo library and search it in several languages.
	$(BIN)/dragoman --index build/demo demo
	$(BIN)/dragoman --index build/demo search "Hezbollah Baghdad parade" --limit 5
	$(BIN)/dragoman --index build/demo search "الكوثراني" --limit 5
	$(BIN)/dragoman --index build/demo search "بوومەلەرزە" --limit 5

test: $(READY)  ## Run the tests.
	$(BIN)/python -m pytest

lint: $(READY)  ## Check style and types.
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

bench: $(READY)  ## Run every benchmark; needs the evaluation data.
	for benchmark in langid retrieval crosslingual names related copies variants hostile speed kill \
		guard sentences kill_translate; do \
		$(BIN)/python benchmarks/$$benchmark.py || exit 1; \
	done

$(READY): pyproject.toml
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -e '.[dev,readers,argos]'
	touch $@

clean:
	rm -rf $(VENV) build dist
