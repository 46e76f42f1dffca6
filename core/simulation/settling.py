"""The simulated reviewer at Reconcile: suggested matches decided by the truth, what they miss matched by hand."""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import select
from sqlmodel import Session, col

from core.access.roles import Caller
from core.errors import MatchNotOpen, MatchRefused
from core.reconciliation.by_hand import Rest, match_by_hand
from core.reconciliation.deciding import confirm_match, dismiss_match
from core.simulation.values import SimulatedCompany
from core.storage import WriteColumns
from models import Match, MatchMember, MatchStatus, OpenItem, StatementFile, Transaction

REFUSALS = (MatchRefused, MatchNotOpen)


@dataclass
class _Suggested:
    lines: set[UUID] = field(default_factory=set)
    items: set[str] = field(default_factory=set)


def settle_until(
    session: Session,
    caller: Caller,
    company_id: UUID,
    simulated: SimulatedCompany,
    last_on: date,
    *,
    write: WriteColumns,
    now: datetime,
) -> None:
    """Decide on every suggested match and match by hand what settles items, for lines booked up to that day.

    What cannot be matched any more, because a line is booked otherwise or an item is settled, is left as it is.
    """
    wanted = _true_items(session, company_id, simulated, last_on)
    suggested = _suggested(session, company_id)
    right = {key: _is_true(one, wanted) for key, one in suggested.items() if one.lines <= wanted.keys()}
    for match_id in sorted(right, key=lambda key: (not right[key], key)):  # right ones first: they dismiss their rivals
        try:
            with session.begin_nested():
                decide = confirm_match if right[match_id] else dismiss_match
                decide(session, caller, company_id, match_id, write=write, now=now)
        except REFUSALS:
            continue
    items = {
        row.number: row.id
        for row in session.execute(
            select(col(OpenItem.number), col(OpenItem.id)).where(col(OpenItem.company_id) == company_id)
        )
    }
    for line_id in sorted(wanted.keys() - _matched(session, company_id)):
        for rest in (Rest.NONE, Rest.LEFT_OPEN) if wanted[line_id] else ():
            try:
                with session.begin_nested():
                    chosen = [items[number] for number in wanted[line_id]]
                    match_by_hand(session, caller, company_id, [line_id], chosen, write=write, now=now, rest=rest)
                break
            except REFUSALS:
                continue


def _is_true(suggested: _Suggested, wanted: dict[UUID, frozenset[str]]) -> bool:
    """The items of the match are those that each of its lines truly settles; a transfer settles none."""
    return all(wanted[line] == suggested.items for line in suggested.lines)


def _true_items(
    session: Session, company_id: UUID, simulated: SimulatedCompany, last_on: date
) -> dict[UUID, frozenset[str]]:
    """The numbers of the items that each live line up to that day settles."""
    truth = simulated.truth_by_line()
    rows = session.execute(
        select(col(Transaction.id), col(StatementFile.name), col(Transaction.row))
        .join(StatementFile, col(StatementFile.id) == col(Transaction.statement_file_id))
        .where(
            col(Transaction.company_id) == company_id,
            col(Transaction.reverted_at).is_(None),
            col(Transaction.booked_on) <= last_on,
        )
    )
    return {key: frozenset(truth[file, row].item_numbers) for key, file, row in rows}


def _suggested(session: Session, company_id: UUID) -> dict[UUID, _Suggested]:
    rows = session.execute(
        select(col(MatchMember.match_id), col(MatchMember.transaction_id), col(OpenItem.number))
        .join(Match, col(Match.id) == col(MatchMember.match_id))
        .outerjoin(OpenItem, col(OpenItem.id) == col(MatchMember.open_item_id))
        .where(col(Match.company_id) == company_id, col(Match.status) == MatchStatus.SUGGESTED)
    )
    found: dict[UUID, _Suggested] = defaultdict(_Suggested)
    for match_id, line_id, number in rows:
        if line_id is None:
            found[match_id].items.add(number)
        else:
            found[match_id].lines.add(line_id)
    return found


def _matched(session: Session, company_id: UUID) -> set[UUID]:
    rows = session.execute(
        select(col(MatchMember.transaction_id))
        .join(Match, col(Match.id) == col(MatchMember.match_id))
        .where(col(Match.company_id) == company_id, col(Match.status) == MatchStatus.CONFIRMED)
    )
    return {key for key in rows.scalars() if key is not None}
