"""The opening balances that are in force."""

from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from sqlalchemy import func, select
from sqlmodel import Session, col

from core.access.roles import Action, Caller
from core.errors import NotFound
from core.ingestion.raw_file import RawFile
from models import Company, EntryStatus, JournalEntry, OpeningBalances, Transaction


@dataclass(frozen=True, slots=True)
class StandingOpening:
    """The one posted entry of opening balances; `id` is the entry's."""

    id: UUID
    booked_on: date
    currency: str
    file_name: str


def standing_opening(session: Session, caller: Caller, company_id: UUID) -> StandingOpening | None:
    """The opening balances in force, None before there are any. Raises NotFound, AccessDenied."""
    caller.require(company_id, Action.READ)
    return load_standing(session, company_id)


def load_standing(session: Session, company_id: UUID) -> StandingOpening | None:
    """As `standing_opening`; the caller's access is checked already."""
    row = session.execute(
        select(col(JournalEntry.id), col(JournalEntry.booked_on), col(Company.base_currency), col(OpeningBalances.name))
        .join(OpeningBalances, col(OpeningBalances.entry_id) == col(JournalEntry.id))
        .join(Company, col(Company.id) == col(JournalEntry.company_id))
        .where(col(JournalEntry.company_id) == company_id, col(JournalEntry.status) == EntryStatus.POSTED)
    ).one_or_none()
    return StandingOpening(*row) if row else None


def day_before_lines(session: Session, caller: Caller, company_id: UUID) -> date | None:
    """The day before the first bank line: the day whose balances such lines go on from. None before there is any."""
    caller.require(company_id, Action.READ)
    first_on: date | None = session.execute(
        select(func.min(col(Transaction.booked_on))).where(
            col(Transaction.company_id) == company_id, col(Transaction.reverted_at).is_(None)
        )
    ).scalar_one()
    return first_on - timedelta(days=1) if first_on else None


def opening_file(session: Session, caller: Caller, company_id: UUID, entry_id: UUID) -> RawFile:
    """The trial balance that an entry of opening balances was read from, as it was uploaded. Raises NotFound."""
    caller.require(company_id, Action.READ)
    row = session.execute(
        select(col(OpeningBalances.name), col(OpeningBalances.content)).where(
            col(OpeningBalances.company_id) == company_id, col(OpeningBalances.entry_id) == entry_id
        )
    ).one_or_none()
    if row is None:
        raise NotFound("opening balance", str(entry_id))
    return RawFile(*row)
