"""What people decided in a company, read from the database: the only rows the machine learns from.

A decision is a review, or a confirmed match. Of several on one bank line the last one that stands counts; what was
taken back, rejected or split teaches nothing, and neither does anything the machine posted that nobody looked at.
"""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any, cast
from uuid import UUID

import numpy as np
from sqlalchemy import Select, Subquery, and_, case, exists, func, select, true, union_all
from sqlmodel import Session, col

from core.access.roles import Action, Caller
from core.categorization.anomalies import Payments
from core.categorization.fitting import Labelled
from core.categorization.history import Decisions
from core.categorization.lines import Lines
from core.ingestion.shown_names import as_shown, shown_names
from core.posting.writing import BANK_POSITION
from models import (
    BankAccount,
    EntryStatus,
    JournalEntry,
    JournalLine,
    Match,
    MatchKind,
    MatchMember,
    MatchStatus,
    Method,
    Proposal,
    Review,
    Transaction,
)

MOST_PAST = 20_000
PAST_DAYS = 730


def _latest(company_id: UUID, *, certain: bool = False) -> Subquery:
    """The standing decisions of the company; of each bank line the last one has place 1. `certain`: lines whose match
    the machine was certain of as well."""
    reviews = select(col(Review.transaction_id), col(Review.account_id), col(Review.decided_at), col(Review.id)).where(
        col(Review.company_id) == company_id, col(Review.undone_at).is_(None)
    )
    every = union_all(reviews, _matched(company_id, certain=certain)).subquery()
    newest = (every.c.decided_at.desc(), every.c.id)
    place = func.row_number().over(partition_by=every.c.transaction_id, order_by=newest).label("place")
    return select(every.c.transaction_id, every.c.account_id, place).subquery()


def _matched(company_id: UUID, *, certain: bool) -> Select[Any]:
    """Lines booked to one account by a match that a person confirmed: who says which item a payment settles, says
    where it belongs. With `certain` also those that the machine matched, since a person gave the item its account, and
    own transfers, of which two statements say where they went."""
    decided = col(Match.decided_at) if not certain else func.coalesce(col(Match.decided_at), col(Match.created_at))
    several = exists().where(
        col(JournalLine.entry_id) == col(JournalEntry.id), col(JournalLine.position) > BANK_POSITION + 1
    )
    matched = (
        select(col(MatchMember.transaction_id), col(Proposal.account_id), decided.label("decided_at"), col(Match.id))
        .join(MatchMember, col(MatchMember.match_id) == col(Match.id))
        .join(JournalEntry, col(JournalEntry.transaction_id) == col(MatchMember.transaction_id))
        .join(Proposal, col(Proposal.id) == col(JournalEntry.proposal_id))
        .where(
            col(Match.company_id) == company_id,
            true() if certain else col(Match.kind) == MatchKind.SETTLEMENT,
            col(Match.status) == MatchStatus.CONFIRMED,
            true() if certain else col(Match.decided_by).is_not(None),
            col(JournalEntry.status) == EntryStatus.POSTED,
            col(JournalEntry.method) == Method.MATCH,
            col(Proposal.match_id) == col(Match.id),
            ~several,
        )
    )
    return cast(Select[Any], matched)


def _standing(company_id: UUID, *columns: Any, certain: bool = False) -> Select[Any]:
    """The last standing decision on each bank line of the company that led to one account."""
    ranked = _latest(company_id, certain=certain)
    return (
        select(*[ranked.c.account_id if column == "account" else column for column in columns])
        .select_from(ranked)
        .join(Transaction, col(Transaction.id) == ranked.c.transaction_id)
        .join(BankAccount, col(BankAccount.id) == col(Transaction.bank_account_id))
        .where(
            ranked.c.place == 1,
            ranked.c.account_id.is_not(None),
            col(Transaction.company_id) == company_id,
            col(Transaction.reverted_at).is_(None),
        )
    )


def reviewed_decisions(session: Session, caller: Caller, company_id: UUID) -> Decisions:
    """Decisions of the company, counted by text, payee, account and direction; account keys are str(account id)."""
    caller.require(company_id, Action.READ)
    inflow = case((col(Transaction.amount_minor) > 0, 1), else_=0)
    groups = (col(Transaction.description), col(Transaction.counterparty))
    query = _standing(
        company_id,
        *groups,
        "account",
        inflow,
        func.count(),
        func.min(col(Transaction.booked_on)),
        func.max(col(Transaction.booked_on)),
        func.avg(col(Transaction.amount_minor)),
        certain=True,
    )
    account = query.selected_columns[2]
    rows = session.execute(
        query.group_by(*groups, account, inflow).order_by(func.max(col(Transaction.booked_on)), *groups, account)
    )
    found = rows.all()
    lines = Lines(
        [row[0] for row in found],
        as_shown([row[1] for row in found], shown_names(session, company_id)),
        np.array([round(row[7]) or (1 if row[3] else 0) for row in found], np.int64),
        np.array([row[6] for row in found], "datetime64[D]"),
    )
    first = np.array([row[5] for row in found], "datetime64[D]").astype(np.int64).astype(np.int32)
    return Decisions.of(lines, [str(row[2]) for row in found], np.array([row[4] for row in found], np.int64), first)


def decided_count(session: Session, caller: Caller, company_id: UUID) -> int:
    """How many lines people decided for one account each."""
    caller.require(company_id, Action.READ)
    count: int = session.execute(_standing(company_id, func.count())).scalar_one()
    return count


def reviewed_lines(session: Session, caller: Caller, company_id: UUID) -> Labelled:
    """Every decided line with its account (str of its id), by date."""
    caller.require(company_id, Action.READ)
    columns = (
        col(Transaction.description),
        col(Transaction.counterparty),
        col(Transaction.amount_minor),
        col(Transaction.booked_on),
        col(BankAccount.code),
        "account",
    )
    rows = session.execute(
        _standing(company_id, *columns).order_by(
            col(Transaction.booked_on), col(Transaction.statement_file_id), col(Transaction.row)
        )
    ).all()
    return Labelled(
        lines_of(
            [row[0] for row in rows],
            as_shown([row[1] for row in rows], shown_names(session, company_id)),
            [row[2] for row in rows],
            [row[3] for row in rows],
            [row[4] for row in rows],
        ),
        [str(row[5]) for row in rows],
    )


def booked_payments(session: Session, caller: Caller, company_id: UUID, first_on: date) -> Payments:
    """Lines that have an entry, waiting or posted, each with the account that a person decided on ("" for none).

    The newest 20,000 of those from two years before `first_on` on: what is odd is told by recent habits.
    """
    caller.require(company_id, Action.READ)
    latest = _latest(company_id)
    live = exists().where(
        col(JournalEntry.transaction_id) == col(Transaction.id),
        col(JournalEntry.status).in_([EntryStatus.NEEDS_REVIEW, EntryStatus.POSTED]),
    )
    rows = session.execute(
        select(
            col(Transaction.counterparty), col(Transaction.amount_minor), col(Transaction.currency),
            col(Transaction.booked_on), col(BankAccount.code), latest.c.account_id,
        )
        .join(BankAccount, col(BankAccount.id) == col(Transaction.bank_account_id))
        .join(latest, and_(latest.c.transaction_id == col(Transaction.id), latest.c.place == 1), isouter=True)
        .where(
            col(Transaction.company_id) == company_id,
            col(Transaction.reverted_at).is_(None),
            col(Transaction.booked_on) >= first_on - timedelta(days=PAST_DAYS),
            live,
        )
        .order_by(col(Transaction.booked_on).desc(), col(Transaction.id))
        .limit(MOST_PAST)
    ).all()  # fmt: skip
    names, minor, currency, on, bank, account = zip(*rows, strict=True) if rows else [()] * 6
    named = as_shown(names, shown_names(session, company_id))
    return Payments(named, minor, currency, on, bank, [str(key or "") for key in account])


def lines_of(
    description: Sequence[str],
    counterparty: Sequence[str],
    amount_minor: Sequence[int],
    booked_on: Sequence[date],
    bank_account: Sequence[str] = (),
) -> Lines:
    """Lines from columns as the database gives them; `bank_account` holds codes."""
    return Lines(
        description,
        counterparty,
        np.array(amount_minor, np.int64),
        np.array(booked_on, "datetime64[D]"),
        bank_account,
    )
