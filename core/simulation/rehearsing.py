"""A year of work on a simulated company: files month by month, each month reviewed by somebody who knows the truth.

This makes the demo: books with a history to look at, and last months that still wait for a person.
"""

from collections import defaultdict
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

from sqlalchemy import select
from sqlmodel import Session, col

from core.access.roles import Caller
from core.founding import bank_accounts_of
from core.period import Period
from core.posting.reviewing import approve, change_account
from core.reconciliation.closing import close_reconciliation, state_balances
from core.reconciliation.opening import post_opening_balance
from core.reconciliation.proofs import statement_proofs
from core.simulation.drawing import FIRST_ON, LAST_ON
from core.simulation.ingesting import files_by_month, ingest_simulated
from core.simulation.living import re_review_drawn
from core.simulation.reviewer import AwaitingReview, review_month
from core.simulation.values import SimulatedCompany
from core.storage import WriteColumns
from models import Account, EntryStatus, JournalEntry, Proposal, StatementFile, Transaction

MONTHS = Period(FIRST_ON, LAST_ON).months()
WAITING_MONTHS = 1  # at the end of the year, uploaded but not reviewed


def rehearse_month(
    session: Session,
    caller: Caller,
    company_id: UUID,
    simulated: SimulatedCompany,
    month: Period,
    *,
    write: WriteColumns,
) -> None:
    """Upload the month's files; review it the day after unless it is a waiting one."""
    uploaded_at = upload_month(session, caller, company_id, simulated, month, write=write)
    if month not in MONTHS[len(MONTHS) - WAITING_MONTHS :]:
        reviewed_at = uploaded_at + timedelta(days=1)
        review_until(session, caller, company_id, simulated, month, write=write, now=reviewed_at)
        re_review_drawn(session, caller, company_id, simulated, write=write, now=reviewed_at + timedelta(hours=1))


def upload_month(
    session: Session,
    caller: Caller,
    company_id: UUID,
    simulated: SimulatedCompany,
    month: Period,
    *,
    write: WriteColumns,
) -> datetime:
    """Upload the files that end in the month, on the third day after it; that moment."""
    uploaded_at = datetime.combine(month.last_on, datetime.min.time(), UTC) + timedelta(days=3, hours=9)
    files = files_by_month(simulated, [f"{m.first_on:%Y-%m}" for m in MONTHS])[f"{month.first_on:%Y-%m}"]
    ingest_simulated(session, caller, company_id, files, write=write, now=uploaded_at)
    return uploaded_at


def settle_year(
    session: Session, caller: Caller, company_id: UUID, simulated: SimulatedCompany, *, write: WriteColumns
) -> None:
    """Balances typed in where the files state none, opening balances booked, every statement closed that proves."""
    now = datetime.combine(LAST_ON, datetime.min.time(), UTC) + timedelta(days=5)
    opening = {bank.code: bank.opening_minor for bank in simulated.bank_accounts}
    for account in bank_accounts_of(session, caller, company_id):
        _type_balances(session, caller, company_id, account.id, opening[account.code], now)
        post_opening_balance(session, caller, company_id, account.id, write=write, now=now)
    for stated in statement_proofs(session, caller, company_id):
        if not stated.blockers:
            close_reconciliation(session, caller, company_id, stated.reconciliation_id, now=now)


def _type_balances(
    session: Session, caller: Caller, company_id: UUID, bank_account_id: UUID, opening_minor: int, now: datetime
) -> None:
    for found in statement_proofs(session, caller, company_id, bank_account_id):
        stated = found.proof.stated
        closing_minor = opening_minor + stated.lines_minor
        if stated.opening_minor is None or stated.closing_minor is None:
            state_balances(session, caller, company_id, found.reconciliation_id, opening_minor, closing_minor, now=now)
        opening_minor = closing_minor


def review_until(
    session: Session,
    caller: Caller,
    company_id: UUID,
    simulated: SimulatedCompany,
    month: Period,
    *,
    write: WriteColumns,
    now: datetime,
) -> None:
    """Decide by the truth on everything that waits and lies in the month or before it."""
    truth = {place: row.account_code for place, row in simulated.truth_by_line().items()}
    waiting = _waiting(session, company_id)
    codes = select(col(Account.code), col(Account.id)).where(col(Account.company_id) == company_id)
    accounts = {row.code: row.id for row in session.execute(codes)}
    decided: dict[str, list[tuple[str, int]]] = defaultdict(list)
    queue = [AwaitingReview(place, on, code) for place, (_, on, code) in waiting.items()]
    for decision in review_month(queue, truth, Period(FIRST_ON, month.last_on)):
        key = "" if decision.outcome == "approved" else decision.account_code
        decided[key].append(decision.key)
    if approved := decided.pop("", []):
        approve(session, caller, company_id, [waiting[place][0] for place in approved], write=write, now=now)
    for code, places in decided.items():
        waiting = _waiting(session, company_id)  # a correction proposes anew for the lines that are like it
        entry_ids = [waiting[place][0] for place in places]
        change_account(session, caller, company_id, entry_ids, accounts[code], write=write, now=now)


def _waiting(session: Session, company_id: UUID) -> dict[tuple[str, int], tuple[UUID, date, str]]:
    """Entry, day and proposed account code of each waiting line, by its file and row."""
    rows = session.execute(
        select(
            col(StatementFile.name),
            col(Transaction.row),
            col(JournalEntry.id),
            col(Transaction.booked_on),
            col(Account.code),
        )
        .join(Transaction, col(Transaction.statement_file_id) == col(StatementFile.id))
        .join(JournalEntry, col(JournalEntry.transaction_id) == col(Transaction.id))
        .join(Proposal, col(Proposal.id) == col(JournalEntry.proposal_id))
        .join(Account, col(Account.id) == col(Proposal.account_id))
        .where(col(JournalEntry.company_id) == company_id, col(JournalEntry.status) == EntryStatus.NEEDS_REVIEW)
    )
    return {(file, row): (entry_id, on, code) for file, row, entry_id, on, code in rows}
