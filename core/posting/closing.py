"""Closing a period: what has to be true first, and locking the books through a day."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from uuid import UUID

from sqlalchemy import ColumnElement, exists, func, select, update
from sqlmodel import Session, col

from core.access.audit import record
from core.access.roles import Action, Caller
from core.errors import InvalidInput, PeriodNotReady
from core.money import decimal_text
from core.period import Period
from core.posting.open_entries import OpenCompany, open_company
from models import (
    Account,
    AccountRole,
    BankAccount,
    Company,
    EntryStatus,
    JournalEntry,
    JournalLine,
    Match,
    MatchKind,
    MatchMember,
    MatchStatus,
    Outcome,
    Reconciliation,
    ReconciliationStatus,
    Review,
    Transaction,
)

IN_LEDGER = (EntryStatus.POSTED, EntryStatus.REVERSED)


class CheckState(StrEnum):
    DONE = "done"
    LOOK = "look"  # worth a look, does not stop the close
    BLOCKS = "blocks"


@dataclass(frozen=True, slots=True)
class ChecklistItem:
    """One condition of closing. `detail` says in a sentence what is open and what to do; "" when nothing is."""

    key: str
    title: str
    state: CheckState
    detail: str
    count: int = 0


def closing_checklist(session: Session, caller: Caller, company_id: UUID, through_on: date) -> list[ChecklistItem]:
    """Everything that has to hold before the books are closed through this day, in the order to work on it."""
    company = open_company(session, caller, company_id, Action.READ, lock=False)
    return [
        _all_booked(session, company, through_on),
        _all_reviewed(session, company, through_on),
        _no_suspense(session, company, through_on),
        _statements_there(session, company, through_on),
        _statements_proved(session, company, through_on),
        _transfers_explained(session, company, through_on),
        _books_balance(session, company, through_on),
        _left_out(session, company, through_on),
    ]


def next_close(session: Session, caller: Caller, company_id: UUID) -> date | None:
    """The end of the month to close next: the first one after what is closed, else the first with bank lines.

    None where nothing is closed and there are no bank lines.
    """
    company = open_company(session, caller, company_id, Action.READ, lock=False)
    if company.closed_through_on:
        day = company.closed_through_on + timedelta(days=1)
        return Period.month(day.year, day.month).last_on
    first_on = session.execute(
        select(func.min(Transaction.booked_on)).where(
            col(Transaction.company_id) == company.id, col(Transaction.reverted_at).is_(None)
        )
    ).scalar_one()
    return Period.month(first_on.year, first_on.month).last_on if first_on else None


def close_period(session: Session, caller: Caller, company_id: UUID, through_on: date, *, now: datetime) -> None:
    """Lock the books through this day, included. From then on nothing is imported, booked or reversed there.

    Raises:
        PeriodNotReady: the checklist has blockers; they are listed.
        InvalidInput: the day is not over yet, or the books are closed through it already.
        NotFound, AccessDenied.
    """
    company = open_company(session, caller, company_id, Action.CLOSE)
    if through_on >= now.date():
        raise InvalidInput(f"{through_on} is not over yet; close through an earlier day.")
    if company.closed_through_on and through_on <= company.closed_through_on:
        raise InvalidInput(f"The books are closed through {company.closed_through_on} already; choose a later day.")
    checklist = closing_checklist(session, caller, company_id, through_on)
    if blockers := [item.detail for item in checklist if item.state is CheckState.BLOCKS]:
        raise PeriodNotReady(blockers)
    looked = {item.key: item.detail for item in checklist if item.state is CheckState.LOOK}
    _set_closed(session, caller, company, through_on, now, "period closed", {"left_open": looked})


def reopen_period(
    session: Session, caller: Caller, company_id: UUID, *, closed_through_on: date | None, reason: str, now: datetime
) -> None:
    """Unlock what lies after `closed_through_on`; None unlocks everything.

    Raises:
        InvalidInput: no reason is given, or the books are not closed beyond that day.
        NotFound, AccessDenied.
    """
    company = open_company(session, caller, company_id, Action.CLOSE)
    if not reason.strip():
        raise InvalidInput("Say why the period is reopened; the reason is kept in the audit log.")
    if company.closed_through_on is None:
        raise InvalidInput("No period of this company is closed.")
    if closed_through_on is not None and closed_through_on >= company.closed_through_on:
        raise InvalidInput(f"The books are closed through {company.closed_through_on}; choose an earlier day.")
    _set_closed(session, caller, company, closed_through_on, now, "period reopened", {"reason": reason.strip()})


def _set_closed(
    session: Session,
    caller: Caller,
    company: OpenCompany,
    through_on: date | None,
    now: datetime,
    action: str,
    facts: dict[str, object],
) -> None:
    session.execute(update(Company).where(col(Company.id) == company.id).values(closed_through_on=through_on))
    record(
        session, caller, company_id=company.id, action=action, subject="company", subject_id=company.id, now=now,
        before={"closed_through_on": str(company.closed_through_on or "")},
        after={"closed_through_on": str(through_on or ""), **facts},
    )  # fmt: skip


def _item(key: str, title: str, count: int, detail: str, state: CheckState = CheckState.BLOCKS) -> ChecklistItem:
    """Done when nothing is counted, else in the given state with the detail."""
    return ChecklistItem(key, title, state if count else CheckState.DONE, detail if count else "", count)


def _lines_of(count: int) -> str:
    return f"{count:,} bank line{'' if count == 1 else 's'}"


def _all_booked(session: Session, company: OpenCompany, through_on: date) -> ChecklistItem:
    live = exists().where(
        col(JournalEntry.transaction_id) == col(Transaction.id),
        col(JournalEntry.status).in_([EntryStatus.NEEDS_REVIEW, EntryStatus.POSTED]),
    )
    count = session.execute(
        select(func.count()).select_from(Transaction).where(*_open_lines(company, through_on), ~live, ~_rejected())
    ).scalar_one()
    return _item(
        "booked", "Every bank line has an entry", count, f"{_lines_of(count)} not booked yet: process the files"
    )


def _all_reviewed(session: Session, company: OpenCompany, through_on: date) -> ChecklistItem:
    count = session.execute(
        select(func.count())
        .select_from(JournalEntry)
        .where(
            col(JournalEntry.company_id) == company.id,
            col(JournalEntry.status) == EntryStatus.NEEDS_REVIEW,
            col(JournalEntry.booked_on) <= through_on,
        )
    ).scalar_one()
    return _item("reviewed", "Nothing waits for review", count, f"{_lines_of(count)} waiting in Review")


def _no_suspense(session: Session, company: OpenCompany, through_on: date) -> ChecklistItem:
    rows = _balances(session, company, through_on, col(Account.role) == AccountRole.SUSPENSE)
    open_balances = [f"{decimal_text(minor, currency)} {currency}" for currency, minor in rows if minor]
    detail = f"the suspense account holds {', '.join(open_balances)}: book it to the accounts it belongs to"
    return _item("suspense", "Suspense is zero", len(open_balances), detail)


def _books_balance(session: Session, company: OpenCompany, through_on: date) -> ChecklistItem:
    rows = _balances(session, company, through_on)
    off = [f"{decimal_text(minor, currency)} {currency}" for currency, minor in rows if minor]
    detail = f"debits and credits differ by {', '.join(off)}: run the check of the books and tell your administrator"
    return _item("balance", "The trial balance is zero", len(off), detail)


def _statements_there(session: Session, company: OpenCompany, through_on: date) -> ChecklistItem:
    """Every month since the last close, or since a bank account's first statement, is touched by a statement."""
    missing: list[str] = []
    accounts = session.execute(
        select(col(BankAccount.id), col(BankAccount.name))
        .where(col(BankAccount.company_id) == company.id, col(BankAccount.is_active))
        .order_by(col(BankAccount.code))
    ).all()
    spans = _statement_spans(session, company, through_on)
    for bank_account_id, name in accounts:
        have = spans.get(bank_account_id, [])
        if not have:
            missing.append(f"{name} (no statement)")
            continue
        first = min(span.first_on for span in have)
        if company.closed_through_on:
            first = max(first, company.closed_through_on + timedelta(days=1))
        gaps = [
            month
            for month in Period(min(first, through_on), through_on).months()
            if not any(span.first_on <= month.last_on and span.last_on >= month.first_on for span in have)
        ]
        if gaps:
            missing.append(f"{name} {', '.join(_runs(gaps))}")
    detail = f"statements are missing: {'; '.join(missing)}. Upload them, or switch the bank account off"
    return _item("statements", "All statements are there", len(missing), detail)


def _runs(months: Sequence[Period]) -> list[str]:
    """Months in order as "January 2024" or, where they follow each other, "January 2024 to March 2024"."""
    runs: list[list[Period]] = []
    for month in months:
        if runs and month.first_on == runs[-1][-1].last_on + timedelta(days=1):
            runs[-1].append(month)
        else:
            runs.append([month])
    return [" to ".join(f"{month.first_on:%B %Y}" for month in dict.fromkeys((run[0], run[-1]))) for run in runs]


def _statement_spans(session: Session, company: OpenCompany, through_on: date) -> dict[UUID, list[Period]]:
    """Per bank account the spans that its statements cover: by their proofs, and by the lines of each file."""
    proofs = select(
        col(Reconciliation.bank_account_id), col(Reconciliation.first_on), col(Reconciliation.last_on)
    ).where(col(Reconciliation.company_id) == company.id, col(Reconciliation.first_on) <= through_on)
    first_on, last_on = func.min(Transaction.booked_on), func.max(Transaction.booked_on)
    files = (
        select(col(Transaction.bank_account_id), first_on, last_on)
        .where(*_open_lines(company, through_on))
        .group_by(col(Transaction.bank_account_id), col(Transaction.statement_file_id))
    )
    spans: dict[UUID, list[Period]] = {}
    for query in (proofs, files):
        for bank_account_id, first, last in session.execute(query):
            spans.setdefault(bank_account_id, []).append(Period(first, last))
    return spans


def _statements_proved(session: Session, company: OpenCompany, through_on: date) -> ChecklistItem:
    proved = exists().where(
        col(Reconciliation.bank_account_id) == col(Transaction.bank_account_id),
        col(Reconciliation.status) == ReconciliationStatus.CLOSED,
        col(Reconciliation.first_on) <= col(Transaction.booked_on),
        col(Reconciliation.last_on) >= col(Transaction.booked_on),
    )
    rows = session.execute(
        select(col(BankAccount.name), func.count())
        .select_from(Transaction)
        .join(BankAccount, col(BankAccount.id) == col(Transaction.bank_account_id))
        .where(*_open_lines(company, through_on), ~proved)
        .group_by(col(BankAccount.name))
        .order_by(col(BankAccount.name))
    ).all()
    named = ", ".join(f"{name} ({_lines_of(count)})" for name, count in rows)
    return _item("proved", "Every statement is proved", len(rows), f"not proved yet: {named}. Close them in Reconcile")


def _transfers_explained(session: Session, company: OpenCompany, through_on: date) -> ChecklistItem:
    """Posted lines on the clearing account belong to a confirmed transfer, which may still be under way."""
    explained = exists().where(
        col(MatchMember.transaction_id) == col(JournalEntry.transaction_id),
        col(MatchMember.match_id) == col(Match.id),
        col(Match.kind) == MatchKind.TRANSFER,
        col(Match.status) == MatchStatus.CONFIRMED,
    )
    count = session.execute(
        select(func.count())
        .select_from(JournalLine)
        .join(JournalEntry, col(JournalEntry.id) == col(JournalLine.entry_id))
        .join(Account, col(Account.id) == col(JournalLine.account_id))
        .where(
            col(JournalLine.company_id) == company.id,
            col(Account.role) == AccountRole.TRANSFER_CLEARING,
            col(JournalEntry.status) == EntryStatus.POSTED,
            col(JournalEntry.reverses_id).is_(None),
            col(JournalEntry.booked_on) <= through_on,
            ~explained,
        )
    ).scalar_one()
    detail = (
        f"{_lines_of(count)} in transfer clearing without the other side: upload that statement, or book them elsewhere"
    )
    return _item("transfers", "Own transfers are explained", count, detail)


def _left_out(session: Session, company: OpenCompany, through_on: date) -> ChecklistItem:
    count = session.execute(
        select(func.count()).select_from(Transaction).where(*_open_lines(company, through_on), _rejected())
    ).scalar_one()
    detail = f"{_lines_of(count)} left out of the books by a reviewer: the bank balance differs by them"
    return _item("left_out", "No bank line is left out", count, detail, CheckState.LOOK)


def _balances(
    session: Session, company: OpenCompany, through_on: date, *conditions: ColumnElement[bool]
) -> Sequence[tuple[str, int]]:
    """Ledger balance by currency of the lines that meet the conditions on their accounts."""
    rows = session.execute(
        select(col(JournalLine.currency), func.sum(JournalLine.amount_minor))
        .join(JournalEntry, col(JournalEntry.id) == col(JournalLine.entry_id))
        .join(Account, col(Account.id) == col(JournalLine.account_id))
        .where(
            col(JournalLine.company_id) == company.id,
            col(JournalEntry.status).in_(IN_LEDGER),
            col(JournalEntry.booked_on) <= through_on,
            *conditions,
        )
        .group_by(col(JournalLine.currency))
        .order_by(col(JournalLine.currency))
    ).all()
    return [(currency, int(total)) for currency, total in rows]


def _open_lines(company: OpenCompany, through_on: date) -> list[ColumnElement[bool]]:
    """Live bank lines through the day that lie after what is closed already."""
    conditions = [
        col(Transaction.company_id) == company.id,
        col(Transaction.reverted_at).is_(None),
        col(Transaction.booked_on) <= through_on,
    ]
    if company.closed_through_on:
        conditions.append(col(Transaction.booked_on) > company.closed_through_on)
    return conditions


def _rejected() -> ColumnElement[bool]:
    return exists().where(
        col(Review.transaction_id) == col(Transaction.id),
        col(Review.outcome) == Outcome.REJECTED,
        col(Review.undone_at).is_(None),
    )
