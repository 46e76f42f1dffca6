"""Writing matches: their members with what they settle, and the differences that they book."""

from collections.abc import Sequence
from uuid import UUID

from sqlmodel import Session

from core.posting.writing import new_keys
from core.storage import WriteColumns
from models import DifferenceKind, MatchDifference, MatchMember

Member = tuple[UUID, UUID | None, UUID | None, int]  # match, line or item, how much of the item is settled
Difference = tuple[UUID, DifferenceKind, UUID, int]  # match, kind, account, amount in the lines' sign


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
