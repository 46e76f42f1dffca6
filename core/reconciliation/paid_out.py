"""What the latest confirmed payouts paid for which sales, which tells what their processors hold back."""

from collections import defaultdict
from uuid import UUID

from sqlalchemy import select
from sqlmodel import Session, col

from core.matching.fees import Observed
from core.matching.payouts import SALE_KINDS, PaidOut
from core.matching.terminals import processor_of
from core.matching.texts import name_key
from models import DifferenceKind, Match, MatchDifference, MatchMember, MatchStatus, OpenItem, Transaction

_LOOKED_AT = 100  # latest payouts of a company
_EACH = 8  # of a processor: enough to know its fee, few enough that a new one soon outnumbers them


def paid_out(session: Session, company_id: UUID) -> PaidOut:
    """By processor, payouts less a fee of sales alone. The caller's access is checked already."""
    latest = (
        select(col(Match.id))
        .join(MatchDifference, col(MatchDifference.match_id) == col(Match.id))
        .join(MatchMember, col(MatchMember.match_id) == col(Match.id))
        .join(Transaction, col(Transaction.id) == col(MatchMember.transaction_id))
        .where(
            col(Match.company_id) == company_id,
            col(Match.status) == MatchStatus.CONFIRMED,
            col(MatchDifference.kind) == DifferenceKind.FEE,
        )
        .order_by(col(Transaction.booked_on).desc(), col(Transaction.id))
        .limit(_LOOKED_AT)
    )
    match_ids = list(dict.fromkeys(session.execute(latest).scalars()))
    rows = session.execute(
        select(
            col(MatchMember.match_id), col(MatchMember.settled_minor), col(Transaction.amount_minor),
            col(OpenItem.kind), col(OpenItem.counterparty),
        )
        .outerjoin(Transaction, col(Transaction.id) == col(MatchMember.transaction_id))
        .outerjoin(OpenItem, col(OpenItem.id) == col(MatchMember.open_item_id))
        .where(col(MatchMember.company_id) == company_id, col(MatchMember.match_id).in_(match_ids))
        .order_by(col(MatchMember.id))
    )  # fmt: skip
    members: dict[UUID, list[tuple[int, int | None, str, str]]] = {key: [] for key in match_ids}
    for match_id, *member in rows:
        members[match_id].append(tuple(member))
    found: dict[str, list[Observed]] = defaultdict(list)
    for of_match in members.values():
        sold = [(settled, kind, name) for settled, paid, kind, name in of_match if paid is None]
        processors = {processor_of(name_key(name)) for _, _, name in sold}
        only_sales = all(settled > 0 and kind in SALE_KINDS for settled, kind, _ in sold)
        if only_sales and len(processors) == 1 and len(seen := found[processors.pop()]) < _EACH:
            seen.append(([settled for settled, _, _ in sold], sum(paid or 0 for _, paid, _, _ in of_match)))
    return dict(found)
