"""Writing matches: their members with what they settle, what they turn back, the differences that they book."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

from sqlmodel import Session

from core.posting.writing import new_keys
from core.storage import WriteColumns
from models import DifferenceKind, Match, MatchDifference, MatchMember, MatchRefund, MatchStatus

Member = tuple[UUID, UUID | None, UUID | None, int]  # match, line or item, how much of the item is settled
Difference = tuple[UUID, DifferenceKind, UUID, int]  # match, kind, account, amount in the lines' sign

Refund = tuple[UUID, UUID | None, UUID | None, int]  # match, payment or sale that it turns back, how much


def write_matches(
    session: Session,
    write: WriteColumns,
    company_id: UUID,
    keys: Sequence[UUID],
    columns: Mapping[str, Sequence[object]],
    now: datetime,
) -> None:
    """Insert matches of these kinds, states, scores, differences and reasons; those in force are decided now."""
    write(
        session,
        Match,
        {
            "id": keys,
            "company_id": [company_id] * len(keys),
            **columns,
            "created_at": [now] * len(keys),
            "decided_at": [now if status == MatchStatus.CONFIRMED else None for status in columns["status"]],
        },
    )


def write_members(session: Session, write: WriteColumns, company_id: UUID, members: Sequence[Member]) -> None:
    """Insert members of matches."""
    match_ids, line_ids, item_ids, settled = zip(*members, strict=True)
    write(
        session,
        MatchMember,
        {
            "id": new_keys(len(members)),
            "company_id": [company_id] * len(members),
            "match_id": match_ids,
            "transaction_id": line_ids,
            "open_item_id": item_ids,
            "settled_minor": settled,
        },
    )


def write_differences(
    session: Session, write: WriteColumns, company_id: UUID, differences: Sequence[Difference]
) -> None:
    """Insert what matches book besides their items."""
    if not differences:
        return
    match_ids, kinds, account_ids, amounts = zip(*differences, strict=True)
    write(
        session,
        MatchDifference,
        {
            "id": new_keys(len(differences)),
            "company_id": [company_id] * len(differences),
            "match_id": match_ids,
            "kind": kinds,
            "account_id": account_ids,
            "amount_minor": amounts,
        },
    )


def write_refunds(session: Session, write: WriteColumns, company_id: UUID, refunds: Sequence[Refund]) -> None:
    """Insert what matches turn back."""
    if not refunds:
        return
    match_ids, payments, sales, amounts = zip(*refunds, strict=True)
    write(
        session,
        MatchRefund,
        {
            "id": new_keys(len(refunds)),
            "company_id": [company_id] * len(refunds),
            "match_id": match_ids,
            "transaction_id": payments,
            "open_item_id": sales,
            "amount_minor": amounts,
        },
    )
