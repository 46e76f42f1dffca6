"""What people decided in a company, read from the database: the only rows the machine learns from.

Of several decisions on one bank line the last one that stands counts; what was taken back, rejected or split teaches
nothing, and neither does anything the machine posted that nobody looked at.
"""

from collections.abc import Sequence
from datetime import date
from typing import Any
from uuid import UUID

import numpy as np
from sqlalchemy import Select, case, func, select
from sqlmodel import Session, col

from core.access.roles import Action, Caller
from core.categorization.fitting import Labelled
from core.categorization.history import Decisions
from core.categorization.lines import Lines
from core.ingestion.shown_names import as_shown, shown_names
from models import BankAccount, Review, Transaction


def _standing(company_id: UUID, *columns: Any) -> Select[Any]:
    """The last standing decision on each bank line of the company that led to one account."""
    ranked = (
        select(
            col(Review.transaction_id),
            col(Review.account_id),
            func.row_number()
            .over(partition_by=col(Review.transaction_id), order_by=(col(Review.decided_at).desc(), col(Review.id)))
            .label("place"),
        )
        .where(col(Review.company_id) == company_id, col(Review.undone_at).is_(None))
        .subquery()
    )
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
