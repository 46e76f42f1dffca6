"""A company and somebody who works on it."""

import pytest

from core.access.roles import Caller, Via
from db.engine import unit_of_work
from models import (
    Role,
)
from tests import builders
from tests.integration.reconciling_builders import Company, founded
from ui import identity


@pytest.fixture
def company(sqlite_database: str) -> Company:
    with unit_of_work() as session:
        return founded(session)


@pytest.fixture
def sign_in(company: Company, monkeypatch: pytest.MonkeyPatch):
    def signed_in(role: Role = Role.MANAGER) -> Caller:
        with unit_of_work() as session:
            person = builders.user(session, display_name="Dana Whitfield")
        caller = Caller(person.id, person.display_name, Via.PAGE, {company.id: role}, page="reconcile")
        monkeypatch.setattr(identity, "here", lambda page: identity.Here(caller, company.books.company))
        return caller

    return signed_in


@pytest.fixture
def caller(sign_in) -> Caller:
    return sign_in()
