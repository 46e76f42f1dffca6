"""What the environment may say, and what is refused."""

import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

import settings
from core.errors import SettingRefused

POSTGRES = "postgresql+psycopg2://app:pw-of-the-database@db/books"


@pytest.fixture(autouse=True)
def clean(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in ("DATABASE_URL", "SESSION_SECRET", "GIT_SHA"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("VAR_FOLDER", str(tmp_path / "var"))
    settings.git_sha.cache_clear()


def test_the_database_is_an_sqlite_file_under_var_unless_said_otherwise(tmp_path: Path) -> None:
    assert settings.database_url() == f"sqlite:///{tmp_path}/var/bookkeeper.db"
    assert settings.is_embedded()


def test_the_folder_of_an_sqlite_file_is_made(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("DATABASE_URL", f"sqlite:///{tmp_path}/deep/er/books.db")
    settings.database_url()
    assert (tmp_path / "deep" / "er").is_dir()


@pytest.mark.parametrize("prefix", ["postgresql", "postgresql+psycopg2"])
def test_postgresql_is_opened_with_the_installed_driver(monkeypatch: pytest.MonkeyPatch, prefix: str) -> None:
    monkeypatch.setenv("DATABASE_URL", POSTGRES.replace("postgresql+psycopg2", prefix))
    assert settings.database_url() == POSTGRES
    assert not settings.is_embedded()


@pytest.mark.parametrize("url", ["mysql://root:hunter2@db/x", "sqlite://", "sqlite:///:memory:", "books.db"])
def test_other_databases_are_refused_without_repeating_the_address(monkeypatch: pytest.MonkeyPatch, url: str) -> None:
    monkeypatch.setenv("DATABASE_URL", url)
    with pytest.raises(SettingRefused, match="DATABASE_URL") as refusal:
        settings.database_url()
    assert "hunter2" not in str(refusal.value)


def test_next_to_an_sqlite_file_a_secret_is_made_once_and_kept_private(tmp_path: Path) -> None:
    with ThreadPoolExecutor(8) as pool:
        made = {done.result() for done in [pool.submit(settings.session_secret) for _ in range(16)]}
    assert len(made) == 1
    assert len(made.pop()) == 64
    assert stat.S_IMODE((tmp_path / "var" / "secret").stat().st_mode) == 0o600
    assert [path.name for path in (tmp_path / "var").iterdir()] == ["secret"]


def test_with_a_database_server_a_missing_secret_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", POSTGRES)
    with pytest.raises(SettingRefused, match="SESSION_SECRET cannot be used: it is missing"):
        settings.session_secret()


@pytest.mark.parametrize(
    "weak", ["short", "a" * 64, "change-me-change-me-change-me-change-me", "my-Secret-0123456789-0123456789-ab"]
)
def test_a_short_or_placeholder_secret_is_refused_everywhere(monkeypatch: pytest.MonkeyPatch, weak: str) -> None:
    monkeypatch.setenv("SESSION_SECRET", weak)
    for url in ("", POSTGRES):
        monkeypatch.setenv("DATABASE_URL", url)
        with pytest.raises(SettingRefused) as refusal:
            settings.session_secret()
        assert weak not in str(refusal.value)


def test_a_random_secret_is_taken_as_given(monkeypatch: pytest.MonkeyPatch) -> None:
    given = "5f0c2f5f8d1e4a7b9c3d6e8f0a1b2c3d"
    monkeypatch.setenv("SESSION_SECRET", given)
    monkeypatch.setenv("DATABASE_URL", POSTGRES)
    assert settings.session_secret() == given


def test_the_commit_comes_from_the_build_or_from_the_working_copy(monkeypatch: pytest.MonkeyPatch) -> None:
    found = settings.git_sha()
    assert found == "unknown" or len(found) == 40
    settings.git_sha.cache_clear()
    monkeypatch.setenv("GIT_SHA", "abc123")
    assert settings.git_sha() == "abc123"
