"""The books most of these tests work on, on both databases, and who works on them."""

import pytest

from core.access.roles import Caller
from db.engine import unit_of_work
from models import Role
from tests import builders


@pytest.fixture
def books(database: str) -> builders.Books:
    with unit_of_work() as session:
        return builders.books(session)


@pytest.fixture
def caller(books: builders.Books) -> Caller:
    return builders.caller(books.company_id)


@pytest.fixture
def reviewer(books: builders.Books) -> Caller:
    """A reviewer whom the database knows, so that decisions carry a name."""
    with unit_of_work() as session:
        person = builders.user(session)
    return builders.caller(books.company_id, role=Role.REVIEWER, user_id=person.id)
