"""The health probe says what the database says."""

from datetime import datetime
from pathlib import Path

import settings
from db.engine import use_database
from tests.api.cases import client


def test_a_database_that_answers_is_healthy(database: str) -> None:
    answer = client().get("/healthz")
    assert answer.status_code == 200
    told = answer.json()
    assert set(told) == {"status", "version", "git_sha", "database", "timestamp"}
    assert (told["status"], told["database"], told["version"]) == ("ok", "healthy", settings.VERSION)
    assert datetime.fromisoformat(told["timestamp"]).utcoffset() is not None


def test_a_database_that_does_not_answer_is_told_with_503(tmp_path: Path) -> None:
    path = tmp_path / "torn.db"
    path.write_bytes(b"this is no database" * 100)
    with use_database(f"sqlite:///{path}"):
        answer = client().get("/healthz")
    assert answer.status_code == 503
    assert (answer.json()["status"], answer.json()["database"]) == ("degraded", "unreachable")


def test_a_server_that_is_gone_is_told_with_503() -> None:
    with use_database("postgresql+psycopg2://nobody@127.0.0.1:1/none"):
        assert client().get("/healthz").status_code == 503
