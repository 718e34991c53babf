"""The direction of imports, and the few places where the outside world may be touched."""

import ast
import sys

import pytest

from tests.conftest import ROOT

PACKAGE = ROOT / "estimator"
# A module imports only from its left.
ORDER = (
    "record model money dates ics read link cost units eob tax coverage settle explain compare"
    " caveats engine relevance messages scanner load facts guide diagnosis deadlines papers next_steps"
    " markup picture view packet keep tools check browser cli __main__"
).split()
# A folder has one place in the order: its modules import from its left, and from each other.
TOOLS = [f"tools/{path.stem}" for path in sorted((PACKAGE / "tools").glob("*.py"))]
MODULES = [path.stem for path in sorted(PACKAGE.glob("*.py")) if path.stem != "__init__"] + TOOLS
EVERYWHERE = [*MODULES, *(f"publish/{path.stem}" for path in (PACKAGE / "publish").glob("*.py"))]
CLOCKS = {"cli", "browser", "publish/__main__"}


def tree(name):
    return ast.parse((PACKAGE / f"{name}.py").read_text("utf-8"))


def imports(name):
    """The dotted names a module imports, wherever in it."""
    for node in ast.walk(tree(name)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def test_every_module_has_its_place_in_the_order():
    assert sorted({name.partition("/")[0] for name in MODULES}) == sorted(ORDER)


@pytest.mark.parametrize("name", MODULES)
def test_a_module_imports_only_from_its_left(name):
    ours = {item.split(".")[1] for item in imports(name) if item.startswith("estimator.")}
    place, _, inside = name.partition("/")
    left = {*ORDER[: ORDER.index(place)], *([place] if inside else [])}
    assert ours & set(ORDER) <= left
    assert "publish" not in ours


def test_yaml_is_imported_where_it_is_read_only():
    assert [name for name in MODULES if "yaml" in imports(name)] == ["load", "scanner"]


def test_mkdocs_is_imported_nowhere():
    assert [name for name in EVERYWHERE if "mkdocs" in " ".join(imports(name))] == []


@pytest.mark.parametrize("module", ["polyscript", "pyodide", "js"])
def test_the_browser_is_known_to_the_worker_alone(module):
    users = {n for n in EVERYWHERE if any(i.split(".")[0] == module for i in imports(n))}
    assert users <= {"publish/worker"}


@pytest.mark.parametrize("name", sorted(set(EVERYWHERE) - CLOCKS))
def test_the_clock_is_read_at_the_edges_only(name):
    read = [
        node.attr
        for node in ast.walk(tree(name))
        if isinstance(node, ast.Attribute) and node.attr in ("today", "now", "utcnow")
    ]
    assert read == []


@pytest.mark.parametrize("name", MODULES)
def test_there_is_no_float_in_the_package(name):
    found = [
        ast.unparse(node)
        for node in ast.walk(tree(name))
        if (isinstance(node, ast.Constant) and isinstance(node.value, float))
        or (isinstance(node, ast.Name) and node.id == "float")
        or (isinstance(node, ast.BinOp) and isinstance(node.op, ast.Div) and is_whole(node))
    ]
    assert found == []


def is_whole(node):
    """Whether both sides of a division are whole numbers: their quotient would be a float."""
    return all(isinstance(side, ast.Constant) for side in (node.left, node.right))


def test_the_wheel_needs_the_standard_library_and_yaml_only():
    standard = sys.stdlib_module_names
    roots = {item.split(".")[0] for name in MODULES for item in imports(name)}
    assert roots - set(standard) == {"estimator", "yaml"}


def test_no_sentence_stands_in_the_engine():
    """Text longer than a few words, outside docstrings and errors, belongs in messages."""
    held = "engine cost coverage explain units eob tax compare caveats diagnosis deadlines papers"
    for name in [*held.split(), *TOOLS]:
        module = tree(name)
        raised = [node for node in ast.walk(module) if isinstance(node, ast.Raise)]
        inside = {id(part) for node in raised for part in ast.walk(node)}
        docs = {
            id(node.body[0].value)
            for node in ast.walk(module)
            if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef) and node.body
            and isinstance(node.body[0], ast.Expr)
        }  # fmt: skip
        long = [
            node.value
            for node in ast.walk(module)
            if isinstance(node, ast.Constant) and isinstance(node.value, str)
            and id(node) not in inside | docs and node.value.count(" ") > 2
        ]  # fmt: skip
        assert long == [], name
