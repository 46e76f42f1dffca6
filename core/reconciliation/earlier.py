"""Loading for refunds: earlier payments and processors' sales with what is left of them to turn back."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import numpy as np
from sqlalchemy import func, select
from sqlmodel import Session, col

from core.ingestion.shown_names import as_shown, shown_names
from core.matching.money_back import Movements
from core.matching.refunds import LATEST
from core.matching.values import BankLines, OpenItems
from models import ItemKind, Match, MatchKind, MatchMember, MatchRefund, MatchStatus, OpenItem, Transaction


def earlier_payments(session: Session, company_id: UUID, first_on: date, last_on: date) -> Movements:
    """Live bank lines that a line of these days may turn back, own transfers left out; of each what is left of it."""
    transfers = (
        select(col(MatchMember.transaction_id))
        .join(Match, col(Match.id) == col(MatchMember.match_id))
        .where(
            col(Match.company_id) == company_id,
            col(Match.status) == MatchStatus.CONFIRMED,
            col(Match.kind) == MatchKind.TRANSFER,
            col(MatchMember.transaction_id).is_not(None),
        )
    )
    rows = session.execute(
        select(
            col(Transaction.id), col(Transaction.bank_account_id), col(Transaction.booked_on),
            col(Transaction.amount_minor), col(Transaction.currency), col(Transaction.description),
            col(Transaction.reference), col(Transaction.counterparty),
        )
        .where(
            col(Transaction.company_id) == company_id,
            col(Transaction.reverted_at).is_(None),
            col(Transaction.booked_on).between(first_on - timedelta(LATEST), last_on),
            col(Transaction.id).not_in(transfers),
        )
        .order_by(col(Transaction.id))
    ).all()  # fmt: skip
    lines = BankLines(
        key=[row[0].hex for row in rows],
        account=[row[1].hex for row in rows],
        booked_on=np.array([row[2] for row in rows], "datetime64[D]"),
        amount_minor=np.array([row[3] for row in rows], np.int64),
        currency=[row[4] for row in rows],
        text=[f"{row[5]} {row[6]}".rstrip() for row in rows],
        counterparty=as_shown([row[7] for row in rows], shown_names(session, company_id)),
    )
    return _left_of(Movements.of_lines(lines), _turned_back(session, company_id, col(MatchRefund.transaction_id)))


def earlier_sales(session: Session, company_id: UUID, first_on: date, last_on: date) -> Movements:
    """Processors' sales among the items, paid out or not, that a line of these days may turn back."""
    rows = session.execute(
        select(
            col(OpenItem.id), col(OpenItem.issued_on), col(OpenItem.amount_minor), col(OpenItem.currency),
            col(OpenItem.counterparty), col(OpenItem.number), col(OpenItem.reference),
        )
        .where(
            col(OpenItem.company_id) == company_id,
            col(OpenItem.removed_at).is_(None),
            col(OpenItem.kind) == ItemKind.PAYOUT,
            col(OpenItem.amount_minor) > 0,
            col(OpenItem.issued_on).between(first_on - timedelta(LATEST), last_on),
        )
        .order_by(col(OpenItem.id))
    ).all()  # fmt: skip
    items = OpenItems(
        key=[row[0].hex for row in rows],
        account=[""] * len(rows),
        issued_on=np.array([row[1] for row in rows], "datetime64[D]"),
        amount_minor=np.array([row[2] for row in rows], np.int64),
        currency=[row[3] for row in rows],
        counterparty=[row[4] for row in rows],
        references=[[number, reference] if reference else [number] for *_, number, reference in rows],
        kind=[str(ItemKind.PAYOUT)] * len(rows),
    )
    sales = Movements.of_items(items, range(len(rows)))
    return _left_of(sales, _turned_back(session, company_id, col(MatchRefund.open_item_id)))


def dismissed_refunds(session: Session, company_id: UUID) -> set[tuple[str, str]]:
    """Keys of lines and of what they were proposed to turn back and do not."""
    rows = session.execute(
        select(col(MatchMember.transaction_id), col(MatchRefund.transaction_id), col(MatchRefund.open_item_id))
        .join(Match, col(Match.id) == col(MatchRefund.match_id))
        .join(MatchMember, col(MatchMember.match_id) == col(Match.id))
        .where(
            col(Match.company_id) == company_id,
            col(Match.status) == MatchStatus.DISMISSED,
            col(MatchMember.transaction_id).is_not(None),
        )
    )
    return {(line.hex, (payment or sale).hex) for line, payment, sale in rows}


def _turned_back(session: Session, company_id: UUID, target: Any) -> Iterable[Any]:
    """Of each payment or sale how much matches in force and suggested ones turn back already."""
    return session.execute(
        select(target, func.sum(col(MatchRefund.amount_minor)))
        .join(Match, col(Match.id) == col(MatchRefund.match_id))
        .where(col(Match.company_id) == company_id, col(Match.status) != MatchStatus.DISMISSED, target.is_not(None))
        .group_by(target)
    )


def _left_of(movements: Movements, turned_back: Iterable[Any]) -> Movements:
    gone = {key.hex: int(minor) for key, minor in turned_back}
    back = np.array([gone.get(key, 0) for key in movements.key], np.int64)
    return replace(movements, amount=movements.amount + back)
