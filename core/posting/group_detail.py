"""One group of the queue opened: its lines, the accounts to choose from, and what people decided on such lines."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, func, select
from sqlmodel import Session, col

from core.access.roles import Action, Caller
from core.ingestion.shown_names import shown_name
from core.posting.line_search import same_payee
from core.posting.queue import GroupKey, QueueGroup, get_group, waiting_lines
from core.posting.queue_filter import QueueFilter
from models import (
    Account,
    AccountRole,
    BankAccount,
    JournalEntry,
    Outcome,
    Proposal,
    Review,
    StatementFile,
    Transaction,
    User,
    WaitingGroup,
    WaitingLine,
)

OPTIONS = 3
PAST_LINES = 5


@dataclass(frozen=True, slots=True)
class GroupLine:
    """A bank line that waits, as the bank wrote it, with where it came from."""

    entry_id: UUID
    transaction_id: UUID
    booked_on: date
    description: str
    counterparty: str
    reference: str
    amount_minor: int
    currency: str
    bank_account: str  # its name
    file_name: str
    row: int
    confidence: float | None
    reason: str
    hold_reason: str


@dataclass(frozen=True, slots=True)
class Option:
    """An account to choose. `probability` is the mean over the group's lines, None where the machine gave none."""

    account_id: UUID
    account: str  # code and name
    probability: float | None


@dataclass(frozen=True, slots=True)
class PastLine:
    """A line that a person decided."""

    booked_on: date
    description: str
    amount_minor: int
    currency: str
    account: str  # code and name; "" for a split
    outcome: Outcome
    decided_by: str  # display name; "" where no person signed in
    decided_at: datetime


@dataclass(frozen=True, slots=True)
class GroupDetail:
    """The open group. `entry_ids` are those of all its lines, `lines` the largest of them up to the limit.

    `decided` counts such lines that a person decided (same counterparty, same direction), `to_first` how many of
    them went to the first option.
    """

    group: QueueGroup
    entry_ids: tuple[UUID, ...]
    lines: tuple[GroupLine, ...]
    reason: str  # of the line with the largest amount
    options: tuple[Option, ...]  # at most three, the proposed account first
    past: tuple[PastLine, ...]  # the latest of the same counterparty, then of the same vendor
    decided: int
    to_first: int


def group_detail(
    session: Session,
    caller: Caller,
    company_id: UUID,
    key: GroupKey,
    *,
    filters: QueueFilter | None = None,
    limit: int = 50,
) -> GroupDetail:
    """Open a group, with the filter the queue was read with, so that what is seen is what gets approved.

    Raises:
        NotFound: all of its lines are decided by now, or the company is not the caller's.
        AccessDenied.
    """
    caller.require(company_id, Action.READ)
    chosen = filters or QueueFilter()
    group = get_group(session, caller, company_id, key, filters=chosen)
    conditions = waiting_lines(session, company_id, chosen, key)
    entry_ids = session.execute(_of_group(select(col(WaitingLine.entry_id)), conditions)).scalars().all()
    rows = session.execute(_line_columns([col(WaitingLine.entry_id).in_(entry_ids[:limit])])).all()
    lines = [GroupLine(*row[:-1]) for row in rows]
    options = _options(session, company_id, group, [row[-1] for row in rows])
    decided, to_first = _decisions(session, company_id, key, options[0].account_id if options else None)
    return GroupDetail(
        group, tuple(entry_ids), tuple(lines), lines[0].reason, tuple(options),
        tuple(_past(session, company_id, lines[0].counterparty, key)), decided, to_first,
    )  # fmt: skip


def vendor_of(counterparty: str) -> str:
    """The first two words, which name the business without branch or city."""
    return " ".join(counterparty.split()[:2])


def _of_group(query: Select[*tuple[Any, ...]], conditions: Sequence[ColumnElement[bool]]) -> Select[*tuple[Any, ...]]:
    line = WaitingLine
    return (
        query.select_from(line)
        .join(WaitingGroup, col(WaitingGroup.id) == col(line.group_id))
        .where(*conditions)
        .order_by(func.abs(line.amount_minor).desc(), col(line.booked_on), col(line.entry_id))
    )


def _line_columns(conditions: Sequence[ColumnElement[bool]]) -> Select[*tuple[Any, ...]]:
    query: Select[*tuple[Any, ...]] = select(
        col(WaitingLine.entry_id), col(Transaction.id), col(Transaction.booked_on), col(Transaction.description),
        shown_name(), col(Transaction.reference), col(Transaction.amount_minor),
        col(Transaction.currency), col(BankAccount.name), col(StatementFile.name), col(Transaction.row),
        col(Proposal.confidence), col(Proposal.reason), col(Proposal.hold_reason), col(Proposal.alternatives),
    )  # fmt: skip
    return (
        _of_group(query, conditions)
        .join(Transaction, col(Transaction.id) == col(WaitingLine.transaction_id))
        .join(JournalEntry, col(JournalEntry.id) == col(WaitingLine.entry_id))
        .join(Proposal, col(Proposal.id) == col(JournalEntry.proposal_id))
        .join(BankAccount, col(Transaction.bank_account_id) == col(BankAccount.id))
        .join(StatementFile, col(Transaction.statement_file_id) == col(StatementFile.id))
    )


def _options(
    session: Session, company_id: UUID, group: QueueGroup, alternatives: Sequence[list[dict[str, Any]]]
) -> list[Option]:
    """The proposed account first, then the others by their mean probability over the lines."""
    total: dict[UUID, float] = {}
    for listed in alternatives:
        for choice in listed:
            account_id = UUID(str(choice["account_id"]))
            total[account_id] = total.get(account_id, 0.0) + float(choice["probability"])
    mean = {account_id: share / len(alternatives) for account_id, share in total.items()}
    proposed = group.key.account_id
    ranked = [proposed, *sorted(mean.keys() - {proposed}, key=lambda key: (-mean[key], key))]
    names = _names(session, company_id, ranked)
    probability = {**mean, proposed: group.mean_confidence if group.account else None}
    return [Option(key, names[key], probability[key]) for key in ranked if key in names][:OPTIONS]


def _names(session: Session, company_id: UUID, account_ids: Sequence[UUID]) -> dict[UUID, str]:
    """Code and name of those that can be chosen: active and not suspense."""
    rows = session.execute(
        select(col(Account.id), col(Account.code), col(Account.name)).where(
            col(Account.company_id) == company_id,
            col(Account.id).in_(account_ids),
            col(Account.is_active),
            col(Account.role).is_distinct_from(AccountRole.SUSPENSE),
        )
    )
    return {key: f"{code} {name}" for key, code, name in rows}


def _decisions(session: Session, company_id: UUID, key: GroupKey, first: UUID | None) -> tuple[int, int]:
    rows = session.execute(
        select(col(Review.account_id), func.count())
        .join(Transaction, col(Review.transaction_id) == col(Transaction.id))
        .where(*_in_force(company_id, key), same_payee(company_id, key.payee))
        .group_by(col(Review.account_id))
    ).all()
    return sum(count for _, count in rows), sum(count for account_id, count in rows if first and account_id == first)


def _past(session: Session, company_id: UUID, counterparty: str, key: GroupKey) -> list[PastLine]:
    same = _past_rows(session, company_id, key, same_payee(company_id, key.payee), PAST_LINES)
    vendor = vendor_of(counterparty)
    if len(same) == PAST_LINES or not vendor:
        return same
    alike = shown_name(company_id).startswith(vendor, autoescape=True) & ~same_payee(company_id, key.payee)
    return same + _past_rows(session, company_id, key, alike, PAST_LINES - len(same))


def _past_rows(
    session: Session, company_id: UUID, key: GroupKey, condition: ColumnElement[bool], limit: int
) -> list[PastLine]:
    rows = session.execute(
        select(
            col(Transaction.booked_on), col(Transaction.description), col(Transaction.amount_minor),
            col(Transaction.currency), col(Account.code), col(Account.name), col(Review.outcome),
            col(User.display_name), col(Review.decided_at),
        )
        .select_from(Review)
        .join(Transaction, col(Review.transaction_id) == col(Transaction.id))
        .outerjoin(Account, col(Review.account_id) == col(Account.id))
        .outerjoin(User, col(Review.reviewer_id) == col(User.id))
        .where(*_in_force(company_id, key), condition)
        .order_by(col(Review.decided_at).desc(), col(Review.id))
        .limit(limit)
    )  # fmt: skip
    return [
        PastLine(day, text, amount, currency, f"{code} {name}" if code else "", Outcome(outcome), by or "", at)
        for day, text, amount, currency, code, name, outcome, by, at in rows
    ]


def _in_force(company_id: UUID, key: GroupKey) -> list[ColumnElement[bool]]:
    """Decisions on lines of the same direction that booked them somewhere and still hold."""
    return [
        col(Review.company_id) == company_id,
        col(Review.undone_at).is_(None),
        col(Review.outcome) != Outcome.REJECTED,
        (col(Transaction.amount_minor) > 0) == key.money_in,
    ]
