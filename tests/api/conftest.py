"""A user to sign in with."""

import pytest

from core.access.passwords import hash_password
from db.engine import unit_of_work
from models import User
from tests import builders
from tests.api.cases import PASSWORD

KEPT = hash_password("nobody", PASSWORD)


@pytest.fixture
def dana(sqlite_database: str) -> User:
    with unit_of_work() as session:
        return builders.user(session, username="dana", password_hash=KEPT)
