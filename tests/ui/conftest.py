"""A company, and signing in without a browser: the session is real, only its cookie is handed over."""

from collections.abc import Callable
from datetime import UTC, datetime
from uuid import UUID

import pytest

from core.access.sessions import open_session
from db.engine import unit_of_work
from models import Role
from tests import builders
from ui import identity

SignIn = Callable[..., str]


@pytest.fixture
def books(sqlite_database: str) -> builders.Books:
    with unit_of_work() as session:
        return builders.books(session, name="Hamilton Coffee Co.")


@pytest.fixture
def sign_in_as(sqlite_database: str, monkeypatch: pytest.MonkeyPatch) -> SignIn:
    """sign_in_as(role, company_id, …): pages that run after it see this person; returns the session's secret."""

    def signed_in(role: Role | None = None, *company_ids: UUID) -> str:
        with unit_of_work() as session:
            person = builders.user(session, display_name="Dana Whitfield", created_at=datetime.now(UTC))
            for company_id in company_ids:
                builders.access(session, person.id, company_id, role or Role.BOOKKEEPER)
            secret = open_session(session, person, datetime.now(UTC))
        monkeypatch.setattr(identity, "session_secret", lambda: secret)
        return secret

    return signed_in
