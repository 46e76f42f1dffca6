"""The layouts that are saved with bank accounts: listed, taken in, forgotten. Importing saves them by itself."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlmodel import Session, col

from core.access.audit import record
from core.access.roles import Action, Caller
from core.errors import NotFound
from core.ingestion.layout import Layout
from core.ingestion.layout_checks import check_layout
from models import BankAccount, User
from models import Layout as SavedRow


@dataclass(frozen=True, slots=True)
class SavedLayout:
    """One saved layout. The newest of a bank account reads its files; older ones settle what a file leaves open."""

    id: UUID
    bank_account_id: UUID
    bank_account: str
    layout: Layout
    saved_by: str  # "" for scripts and jobs
    saved_at: datetime
    is_newest: bool


def list_layouts(session: Session, caller: Caller, company_id: UUID) -> list[SavedLayout]:
    """The layouts of the company's active bank accounts, by account, the newest first.

    Raises:
        NotFound, AccessDenied.
    """
    caller.require(company_id, Action.READ)
    query: Any = (
        select(
            col(SavedRow.id), col(SavedRow.bank_account_id), col(BankAccount.name), col(SavedRow.definition),
            col(User.display_name), col(SavedRow.saved_at),
        )
        .join(BankAccount, col(BankAccount.id) == col(SavedRow.bank_account_id))
        .outerjoin(User, col(User.id) == col(SavedRow.saved_by))
        .where(col(SavedRow.company_id) == company_id, col(BankAccount.is_active))
        .order_by(col(BankAccount.code), col(SavedRow.saved_at).desc(), col(SavedRow.id))
    )  # fmt: skip
    found: list[SavedLayout] = []
    for key, account, name, definition, by, at in session.execute(query):
        newest = not found or found[-1].bank_account_id != account
        found.append(SavedLayout(key, account, name, Layout.from_dict(definition), by or "", at, newest))
    return found


def save_layout(
    session: Session, caller: Caller, company_id: UUID, bank_account_id: UUID, layout: Layout, *, now: datetime
) -> None:
    """Make a layout the one that reads the bank account's next files.

    Raises:
        LayoutRefused: it cannot read anything. NotFound, AccessDenied.
    """
    caller.require(company_id, Action.CONFIGURE)
    check_layout(layout)
    wanted = select(col(BankAccount.id)).where(
        col(BankAccount.company_id) == company_id, col(BankAccount.id) == bank_account_id, col(BankAccount.is_active)
    )
    if session.execute(wanted).first() is None:
        raise NotFound("active bank account", str(bank_account_id))
    definition = layout.to_dict()
    session.add(
        SavedRow(
            company_id=company_id,
            bank_account_id=bank_account_id,
            definition=definition,
            saved_by=caller.user_id,
            saved_at=now,
        )
    )
    record(
        session, caller, company_id=company_id, action="layout saved", subject="bank_account",
        subject_id=bank_account_id, after=definition, now=now,
    )  # fmt: skip


def forget_layout(session: Session, caller: Caller, company_id: UUID, layout_id: UUID, *, now: datetime) -> None:
    """Take a saved layout away; files read by it stay as they are, the next one is read by an older one or afresh.

    Raises:
        NotFound, AccessDenied.
    """
    caller.require(company_id, Action.CONFIGURE)
    row = session.get(SavedRow, layout_id)
    if row is None or row.company_id != company_id:
        raise NotFound("saved layout", str(layout_id))
    record(
        session, caller, company_id=company_id, action="layout forgotten", subject="bank_account",
        subject_id=row.bank_account_id, before=row.definition, now=now,
    )  # fmt: skip
    session.delete(row)
    session.flush()
