"""A company and somebody who works on it."""

from collections.abc import Iterator

import pytest

from core.access.roles import Caller, Via
from db.engine import unit_of_work
from models import Role
from tests import builders
from ui import identity


@pytest.fixture
def sign_in(books: builders.Books, monkeypatch: pytest.MonkeyPatch):
    def signed_in(role: Role = Role.MANAGER) -> Caller:
        with unit_of_work() as session:
            person = builders.user(session, display_name="Dana Whitfield")
        caller = Caller(person.id, person.display_name, Via.PAGE, {books.company_id: role}, page="review")
        monkeypatch.setattr(identity, "here", lambda page: identity.Here(caller, books.company))
        return caller

    return signed_in


@pytest.fixture
def caller(sign_in) -> Iterator[Caller]:
    return sign_in()
