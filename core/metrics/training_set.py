"""The training set: a row a bank line with what was proposed, what the books hold, and what a person said to it."""

import csv
import io
from collections.abc import Iterable, Sequence
from dataclasses import astuple, dataclass, fields
from typing import Any
from uuid import UUID

from sqlalchemy import and_, func, select
from sqlalchemy.orm import aliased
from sqlmodel import Session, col

from core.access.roles import Action, Caller
from core.ingestion.shown_names import shown_name
from core.money import decimal_text
from core.outside_ids import Prefix, write_id
from models import (
    Account,
    BankAccount,
    Company,
    EntryStatus,
    JournalEntry,
    JournalLine,
    Method,
    Outcome,
    Proposal,
    Review,
    Transaction,
)

AUTO_APPROVED, PENDING = "auto_approved", "pending"
SPLIT_ACCOUNTS = "split"


@dataclass(frozen=True, slots=True)
class TrainingRow:
    """One bank line, as the file has it.

    `company_id` is the company's slug, `txn_id` the outside id. Accounts read "6300 Software Subscriptions":
    `predicted_account` is "" where the machine abstained, `approved_account` "" while nothing is posted and "split"
    where it went to several. `confidence` has four decimals, "" without a proposal. `review_outcome`: approved (also
    by confirming a match), corrected, split or rejected by a person; "auto_approved" by the policy alone (no label of
    a person: do not train on it); "pending" while it waits.
    """

    company_id: str
    txn_id: str
    date: str
    amount: str
    description: str
    counterparty: str
    predicted_account: str
    approved_account: str
    confidence: str
    review_outcome: str


COLUMNS = tuple(field.name for field in fields(TrainingRow))


def training_rows(session: Session, caller: Caller, company_ids: Sequence[UUID]) -> list[TrainingRow]:
    """One row for each live bank line of these companies, by company, day and id.

    Raises:
        NotFound: the caller cannot see one of the companies.
    """
    for company_id in company_ids:
        caller.require(company_id, Action.READ)
    booked = _booked_accounts(session, company_ids)
    return [_row(row, booked) for row in session.execute(_lines(company_ids))]


def training_csv(rows: Iterable[TrainingRow]) -> bytes:
    """The rows as a CSV in UTF-8 with a header."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(COLUMNS)
    writer.writerows(astuple(row) for row in rows)
    return text.getvalue().encode()


def _lines(company_ids: Sequence[UUID]) -> Any:
    """Live lines with their latest decision in force, their entry in the books or in review, and its proposal."""
    latest = (
        select(
            col(Review.transaction_id).label("transaction_id"),
            col(Review.outcome).label("outcome"),
            col(Review.proposal_id).label("proposal_id"),
            func.row_number()
            .over(partition_by=col(Review.transaction_id), order_by=(col(Review.decided_at).desc(), col(Review.id)))
            .label("place"),
        )
        .where(col(Review.company_id).in_(company_ids), col(Review.undone_at).is_(None))
        .subquery()
    )
    decision = select(latest).where(latest.c.place == 1).subquery()
    proposed = aliased(Account)
    return (
        select(
            col(Company.slug), col(Transaction.id), col(Transaction.booked_on), col(Transaction.amount_minor),
            col(Transaction.currency), col(Transaction.description), shown_name(),
            col(proposed.code), col(proposed.name), col(Proposal.method), col(Proposal.confidence),
            col(JournalEntry.id), col(JournalEntry.status), col(JournalEntry.auto_approved), decision.c.outcome,
        )
        .select_from(Transaction)
        .join(Company, col(Company.id) == col(Transaction.company_id))
        .outerjoin(
            JournalEntry,
            and_(
                col(JournalEntry.transaction_id) == col(Transaction.id),
                col(JournalEntry.status).in_([EntryStatus.POSTED, EntryStatus.NEEDS_REVIEW]),
            ),
        )
        .outerjoin(decision, decision.c.transaction_id == col(Transaction.id))
        .outerjoin(
            Proposal, col(Proposal.id) == func.coalesce(decision.c.proposal_id, col(JournalEntry.proposal_id))
        )
        .outerjoin(proposed, col(proposed.id) == col(Proposal.account_id))
        .where(col(Transaction.company_id).in_(company_ids), col(Transaction.reverted_at).is_(None))
        .order_by(col(Company.slug), col(Transaction.booked_on), col(Transaction.id))
    )  # fmt: skip


def _booked_accounts(session: Session, company_ids: Sequence[UUID]) -> dict[UUID, str]:
    """Per posted entry of a bank line the account beside the bank's own, or "split"."""
    rows = session.execute(
        select(col(JournalEntry.id), col(Account.code), col(Account.name))
        .join(Transaction, col(Transaction.id) == col(JournalEntry.transaction_id))
        .join(BankAccount, col(BankAccount.id) == col(Transaction.bank_account_id))
        .join(JournalLine, col(JournalLine.entry_id) == col(JournalEntry.id))
        .join(Account, col(Account.id) == col(JournalLine.account_id))
        .where(
            col(JournalEntry.company_id).in_(company_ids),
            col(JournalEntry.status) == EntryStatus.POSTED,
            col(JournalLine.account_id) != col(BankAccount.account_id),
        )
        .distinct()
    )
    booked: dict[UUID, str] = {}
    for entry_id, code, name in rows:
        booked[entry_id] = SPLIT_ACCOUNTS if entry_id in booked else f"{code} {name}"
    return booked


def _row(row: Any, booked: dict[UUID, str]) -> TrainingRow:
    (
        slug, key, booked_on, amount_minor, currency, description, counterparty, code, name, method, confidence,
        entry_id, status, automatic, outcome,
    ) = row  # fmt: skip
    abstained = method is None or method == Method.NONE
    undecided = PENDING
    if status == EntryStatus.POSTED:
        undecided = AUTO_APPROVED if automatic else str(Outcome.APPROVED)
    return TrainingRow(
        company_id=slug,
        txn_id=write_id(Prefix.TRANSACTION, slug, key),
        date=booked_on.isoformat(),
        amount=decimal_text(amount_minor, currency),
        description=description,
        counterparty=counterparty,
        predicted_account="" if abstained else f"{code} {name}",
        approved_account=booked.get(entry_id, "") if status == EntryStatus.POSTED else "",
        confidence="" if confidence is None else f"{confidence:.4f}",
        review_outcome=undecided if outcome is None else str(outcome),
    )
