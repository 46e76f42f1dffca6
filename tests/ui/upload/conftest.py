"""A company and somebody who works on it."""

from pathlib import Path

import pytest

from db.engine import unit_of_work
from tests import builders


@pytest.fixture(autouse=True)
def _own_folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("VAR_FOLDER", str(tmp_path / "var"))


@pytest.fixture
def books(sqlite_database: str) -> builders.Books:
    with unit_of_work() as session:
        return builders.books(session, name="Hamilton Coffee Co.")
