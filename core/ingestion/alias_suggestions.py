"""Names learned from confirmed matches: the bank prints one name, and what was settled is in another's."""

from collections import defaultdict
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import aliased
from sqlmodel import Session, col

from core.access.roles import Action, Caller
from core.ingestion.normalising import counterparty_name
from models import (
    CounterpartyAlias,
    ItemKind,
    Match,
    MatchKind,
    MatchMember,
    MatchStatus,
    OpenItem,
    Transaction,
)


@dataclass(frozen=True, slots=True)
class AliasSuggestion:
    """A name that people's matches speak for, and how many of them do."""

    printed: str
    shown: str  # as the open items have it
    matches: int


def suggest_aliases(session: Session, caller: Caller, company_id: UUID) -> list[AliasSuggestion]:
    """Names that matches confirmed by people agree on, best supported first.

    Left out: names that are the same once normalised, printed names that matches lead to several counterparties
    (a processor pays for many), and names on which a person decided already. Taking a match apart takes back what it
    spoke for, since nothing is stored until a person keeps it.

    Raises: NotFound, AccessDenied.
    """
    caller.require(company_id, Action.READ)
    decided = dict(_decided(session, company_id))
    taken = {*decided, *filter(None, decided.values())}
    found: dict[str, dict[str, tuple[str, int]]] = defaultdict(dict)  # printed → normalised → (as written, matches)
    for printed, written, matches in _settled(session, company_id):
        name = counterparty_name(written).casefold()
        kept, before = found[printed].get(name, (written, 0))
        found[printed][name] = (kept, before + matches)
    suggestions = []
    for printed, names in found.items():
        (name, (written, matches)), *others = names.items()
        written = decided.get(written) or written
        if others or not printed or printed in taken or name == printed.casefold() or written == printed:
            continue
        suggestions.append(AliasSuggestion(printed, written, matches))
    return sorted(suggestions, key=lambda one: (-one.matches, one.printed))


def _decided(session: Session, company_id: UUID) -> list[tuple[str, str | None]]:
    rows = session.execute(
        select(col(CounterpartyAlias.printed), col(CounterpartyAlias.shown)).where(
            col(CounterpartyAlias.company_id) == company_id
        )
    )
    return [(printed, shown) for printed, shown in rows]


def _settled(session: Session, company_id: UUID) -> list[tuple[str, str, int]]:
    """(printed name, name on the item, number of matches that a person confirmed), in a fixed order."""
    line, item = aliased(MatchMember), aliased(MatchMember)
    names = (col(Transaction.counterparty), col(OpenItem.counterparty))
    rows = session.execute(
        select(*names, func.count(col(Match.id).distinct()))
        .select_from(Match)
        .join(line, col(line.match_id) == col(Match.id))
        .join(item, col(item.match_id) == col(Match.id))
        .join(Transaction, col(Transaction.id) == col(line.transaction_id))
        .join(OpenItem, col(OpenItem.id) == col(item.open_item_id))
        .where(
            col(Match.company_id) == company_id,
            col(Match.status) == MatchStatus.CONFIRMED,
            col(Match.kind) == MatchKind.SETTLEMENT,
            col(Match.decided_by).is_not(None),
            col(OpenItem.kind) != ItemKind.PAYOUT,
            col(Transaction.reverted_at).is_(None),
        )
        .group_by(*names)
        .order_by(*names)
    )
    return [(printed, written, int(matches)) for printed, written, matches in rows]
