"""Pages stay thin: who may open them is asked first, and what they show comes from core and ui."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

import models
from ui.navigation import LINKS

ROOT = Path(__file__).parents[2]
PAGES = sorted((ROOT / "pages").glob("*.py"))
LINES = 80
TABLES = {name for name, thing in vars(models).items() if hasattr(thing, "__table__")}
SOURCES = [
    path
    for folder in ("api", "benchmarks", "core", "db", "models", "scripts")
    for path in (ROOT / folder).rglob("*.py")
] + [ROOT / "settings.py"]

each_page = pytest.mark.parametrize("path", PAGES, ids=lambda path: path.stem)


def calls_in_order(tree: ast.Module) -> Iterator[ast.Call]:
    """The calls that running the file makes, without those inside its functions; an outer call before its arguments."""

    def below(node: ast.AST) -> Iterator[ast.Call]:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda | ast.ClassDef):
            return
        if isinstance(node, ast.Call):
            yield node
        for child in ast.iter_child_nodes(node):
            yield from below(child)

    for statement in tree.body:
        yield from below(statement)


def imported(tree: ast.Module) -> Iterator[tuple[str, str]]:
    """Module and name of every import, also of those inside functions."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from ((alias.name, "") for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield from ((node.module or "", alias.name) for alias in node.names)


def parsed(path: Path) -> ast.Module:
    return ast.parse(path.read_text(), path.name)


@each_page
def test_the_first_thing_a_page_does_is_to_ask_who_may_see_it(path: Path) -> None:
    first = next(calls_in_order(parsed(path)))
    assert isinstance(first.func, ast.Name)
    assert first.func.id == "open_page"
    title, _, key = first.args
    assert isinstance(key, ast.Constant)
    assert key.value == path.stem, "the key says which rule applies, so it is the page's own name"
    assert isinstance(title, ast.Constant)
    assert title.value == LINKS[path.stem].title


@each_page
def test_a_page_knows_neither_sql_nor_tables(path: Path) -> None:
    for module, name in imported(parsed(path)):
        assert module.split(".")[0] not in {"sqlalchemy", "sqlmodel", "sqlite3", "psycopg2"}, module
        assert not (module.startswith("models") and name in TABLES), f"{name} is a table"


@each_page
def test_a_page_is_read_in_one_look(path: Path) -> None:
    assert len(path.read_text().splitlines()) <= LINES


def test_every_page_has_its_rule() -> None:
    assert {path.stem for path in PAGES} <= set(LINKS)


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(ROOT)))
def test_streamlit_is_known_to_the_user_interface_alone(path: Path) -> None:
    assert "streamlit" not in {module.split(".")[0] for module, _ in imported(parsed(path))}
