"""The few fixtures there are: databases. Rows come from tests.builders, sessions from db.engine.unit_of_work."""

from collections.abc import Iterator
from pathlib import Path

import hypothesis
import pytest

from tests import databases

# An example that opens a database takes long now and then, above all the first one.
hypothesis.settings.register_profile("default", deadline=None)
hypothesis.settings.register_profile("long", deadline=None, max_examples=2000)
hypothesis.settings.load_profile("default")


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return databases.migrated_sqlite(tmp_path_factory.mktemp("template"))


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[str]:
    with databases.postgres_server() as server:
        yield server


@pytest.fixture(scope="session")
def postgres_template(postgres_server: str) -> str:
    return databases.migrated_postgres(postgres_server)


@pytest.fixture
def sqlite_database(sqlite_template: Path, tmp_path: Path) -> Iterator[str]:
    """The address of a migrated SQLite file that unit_of_work and snapshot work on."""
    with databases.sqlite_copy(sqlite_template, tmp_path) as url:
        yield url


@pytest.fixture
def postgres_database(postgres_server: str, postgres_template: str) -> Iterator[str]:
    """The same for a PostgreSQL database."""
    with databases.postgres_copy(postgres_server, postgres_template) as url:
        yield url


@pytest.fixture(params=["sqlite", "postgres"])
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The same on both kinds of database: a test that uses it runs twice."""
    if request.param == "sqlite":
        with databases.sqlite_copy(request.getfixturevalue("sqlite_template"), tmp_path) as url:
            yield url
        return
    server, template = request.getfixturevalue("postgres_server"), request.getfixturevalue("postgres_template")
    with databases.postgres_copy(server, template) as url:
        yield url


@pytest.fixture(params=["sqlite", "postgres"])
def empty_database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """Both kinds of database without any table."""
    if request.param == "sqlite":
        with databases.use_database(f"sqlite:///{tmp_path / 'empty.db'}"):
            yield f"sqlite:///{tmp_path / 'empty.db'}"
        return
    with databases.postgres_copy(request.getfixturevalue("postgres_server"), None) as url:
        yield url
