"""What listed matches turn back: earlier payments and processors' sales."""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import func, select
from sqlmodel import Session, col

from models import MatchRefund, OpenItem, Transaction


@dataclass(frozen=True, slots=True)
class TurnedBack:
    """An earlier payment or sale, and how much of it comes back, in the sign of the line that gives it back."""

    on: date
    text: str  # the bank's, or the number and name of the sale
    whole_minor: int
    amount_minor: int


def list_turned_back(session: Session, company_id: UUID, match_ids: Collection[UUID]) -> dict[UUID, list[TurnedBack]]:
    """By match what it turns back."""
    rows = session.execute(
        select(
            col(MatchRefund.match_id),
            func.coalesce(col(Transaction.booked_on), col(OpenItem.issued_on)),
            col(Transaction.description), col(OpenItem.number), col(OpenItem.counterparty),
            func.coalesce(col(Transaction.amount_minor), col(OpenItem.amount_minor)), col(MatchRefund.amount_minor),
        )
        .outerjoin(Transaction, col(Transaction.id) == col(MatchRefund.transaction_id))
        .outerjoin(OpenItem, col(OpenItem.id) == col(MatchRefund.open_item_id))
        .where(col(MatchRefund.company_id) == company_id, col(MatchRefund.match_id).in_(match_ids))
        .order_by(col(MatchRefund.id))
    )  # fmt: skip
    found: dict[UUID, list[TurnedBack]] = defaultdict(list)
    for match_id, on, description, number, counterparty, whole, minor in rows:
        text = f"{number} {counterparty}".strip() if description is None else description
        found[match_id].append(TurnedBack(on, text, int(whole), int(minor)))
    return found
