"""Looks at the books of a company with four eyes: what stands for a line, and whether every law holds."""

from decimal import Decimal
from uuid import UUID

from core.access.audit import verify_chain
from core.posting.lines import Part
from core.verifying import verify_books
from db.engine import snapshot, unit_of_work
from models import JournalEntry, Role
from tests import builders
from tests.unit.posting.cases import lines_of, live_entry

LIMIT = 1_000  # minor units; the lines of these tests are -1,250 unless said otherwise


def reviewer(books, name: str, role: Role = Role.MANAGER):
    with unit_of_work() as session:
        person = builders.user(session, display_name=name)
    return builders.caller(books.company_id, role=role, user_id=person.id)


def live(entry: UUID) -> JournalEntry:
    """What stands for the line of this entry by now."""
    with snapshot() as session:
        found = live_entry(session, session.get_one(JournalEntry, entry).transaction_id)
        assert found is not None
        return found


def shown(entry: UUID) -> list[tuple[UUID, int]]:
    with snapshot() as session:
        return lines_of(session, entry)[1:]


def all_laws_hold(books, caller) -> None:
    with snapshot() as session:
        assert verify_chain(session, books.company_id.hex) == []
        assert verify_books(session, caller, [books.company_id]).violations == ()


def halves(books) -> list[Part]:
    return [Part(account.id, percent=Decimal(50)) for account in (books.expense, books.revenue)]
