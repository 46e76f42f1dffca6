"""What a person decides about matches: confirm, dismiss, pair by hand, take apart."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select, update
from sqlmodel import Session, col

from core.access.audit import record
from core.access.roles import Action, Caller
from core.errors import MatchNotOpen, MatchRefused, NotFound
from core.money import decimal_text
from core.posting.closed_statements import check_statements_open
from core.posting.entries import book_company, rebook_lines
from core.posting.open_entries import OpenCompany, open_company
from core.posting.reversing import release_lines
from core.posting.settling import settle_items
from core.posting.writing import new_keys
from core.reconciliation.booked_lines import booked_otherwise, counter_sums
from core.reconciliation.line_states import LineStates
from core.reconciliation.loading import lines_in_clearing
from core.reconciliation.reconciling import write_members
from core.storage import WriteColumns
from models import (
    ItemStatus,
    Match,
    MatchKind,
    MatchMember,
    MatchStatus,
    OpenItem,
    Transaction,
)

BY_HAND = "Matched by hand."  # the reason of such a match


@dataclass(frozen=True, slots=True)
class _Line:
    id: UUID
    bank_account_id: UUID
    booked_on: date
    amount_minor: int
    currency: str
    is_posted: bool
    is_in_clearing: bool
    is_rejected: bool


@dataclass(frozen=True, slots=True)
class _Item:
    id: UUID
    number: str
    amount_minor: int
    currency: str
    status: ItemStatus
    account_id: UUID


def confirm_match(
    session: Session, caller: Caller, company_id: UUID, match_id: UUID, *, write: WriteColumns, now: datetime
) -> None:
    """A suggested match holds: its lines are booked by it and its items are settled.

    Lines that somebody booked just so in the meantime stay as they are. Other suggestions for the same lines or items
    are dismissed with it.

    Raises:
        MatchNotOpen: it is confirmed or dismissed already.
        MatchRefused: a line is booked otherwise or left out, or an item was settled in the meantime.
        PeriodClosed, NotFound, AccessDenied.
    """
    company = open_company(session, caller, company_id, Action.RECONCILE)
    match = _locked(session, company_id, match_id, MatchStatus.SUGGESTED)
    lines, items = _members(session, company_id, match_id)
    _check_free(session, company, match_id, lines, items)
    _put_in_force(session, caller, company, match, lines, items, write=write, now=now, action="match confirmed")


def match_by_hand(
    session: Session,
    caller: Caller,
    company_id: UUID,
    transaction_ids: Collection[UUID],
    open_item_ids: Collection[UUID],
    *,
    write: WriteColumns,
    now: datetime,
) -> UUID:
    """Match the chosen lines with the chosen items, or two lines of own accounts as a transfer; the match's id.

    Raises:
        MatchRefused: the sums differ, two lines are no transfer, or a member is taken.
        PeriodClosed, NotFound, AccessDenied.
    """
    company = open_company(session, caller, company_id, Action.RECONCILE)
    lines, items = _lines(session, company_id, transaction_ids), _items(session, company_id, open_item_ids)
    _check_sums(lines, items)
    _check_free(session, company, None, lines, items)
    match = Match(
        id=new_keys(1)[0],
        company_id=company_id,
        kind=MatchKind.SETTLEMENT if items else MatchKind.TRANSFER,
        status=MatchStatus.SUGGESTED,
        score=1.0,
        reason=BY_HAND,
        created_at=now,
    )
    session.add(match)
    session.flush()
    members: list[tuple[UUID, UUID | None, UUID | None]] = [(match.id, line.id, None) for line in lines]
    write_members(session, write, company_id, [*members, *((match.id, None, item.id) for item in items)])
    _put_in_force(session, caller, company, match, lines, items, write=write, now=now, action="matched by hand")
    return match.id


def dismiss_match(
    session: Session, caller: Caller, company_id: UUID, match_id: UUID, *, write: WriteColumns, now: datetime
) -> None:
    """A suggested match does not hold; it is never proposed again. Its waiting lines get a proposal without it.

    Raises:
        MatchNotOpen: it is confirmed or dismissed already.
        PeriodClosed, NotFound, AccessDenied.
    """
    company = open_company(session, caller, company_id, Action.RECONCILE)
    match = _locked(session, company_id, match_id, MatchStatus.SUGGESTED)
    lines, _ = _members(session, company_id, match_id)
    company.check_open(line.booked_on for line in lines if not line.is_posted)
    _set_status(session, company_id, [match_id], MatchStatus.DISMISSED, caller, now)
    _audit(session, caller, match, "match dismissed", MatchStatus.SUGGESTED, MatchStatus.DISMISSED, now)
    waiting = [line.id for line in lines if not line.is_posted and not line.is_rejected]
    if waiting:
        rebook_lines(session, caller, company_id, waiting, write=write, now=now)


def unmatch(
    session: Session, caller: Caller, company_id: UUID, match_id: UUID, *, write: WriteColumns, now: datetime
) -> None:
    """Take a confirmed match apart: what it booked is reversed, its items are open again, its lines are proposed anew.

    Entries that were booked before it was confirmed stay.

    Raises:
        MatchNotOpen: the match is not confirmed.
        StatementClosed: a line lies in a closed statement.
        PeriodClosed, NotFound, AccessDenied.
    """
    keys = take_apart(session, caller, company_id, match_id, write=write, now=now)
    book_company(session, caller, company_id, write=write, now=now, transaction_ids=keys)


def take_apart(
    session: Session, caller: Caller, company_id: UUID, match_id: UUID, *, write: WriteColumns, now: datetime
) -> list[UUID]:
    """All of `unmatch` but the new proposals: the lines that wait for them."""
    open_company(session, caller, company_id, Action.RECONCILE)
    match = _locked(session, company_id, match_id, MatchStatus.CONFIRMED)
    lines, items = _members(session, company_id, match_id)
    kept = booked_otherwise(session, company_id, [line.id for line in lines])
    keys = [line.id for line in lines if line.id not in kept]
    check_statements_open(session, company_id, keys)
    release_lines(session, caller, company_id, keys, write=write, now=now, action=Action.RECONCILE)
    _set_status(session, company_id, [match_id], MatchStatus.DISMISSED, caller, now)
    _reopen(session, company_id, items)
    _audit(session, caller, match, "match taken apart", MatchStatus.CONFIRMED, MatchStatus.DISMISSED, now)
    return keys


def _put_in_force(
    session: Session,
    caller: Caller,
    company: OpenCompany,
    match: Match,
    lines: Sequence[_Line],
    items: Sequence[_Item],
    *,
    write: WriteColumns,
    now: datetime,
    action: str,
) -> None:
    rivals = _rivals(session, company.id, match.id, lines, items)
    _set_status(session, company.id, rivals, MatchStatus.DISMISSED, caller, now)
    _set_status(session, company.id, [match.id], MatchStatus.CONFIRMED, caller, now)
    settle_items(session, company.id, [match.id])
    _audit(session, caller, match, action, MatchStatus.SUGGESTED, MatchStatus.CONFIRMED, now, dismissed=len(rivals))
    waiting = [line.id for line in lines if not line.is_posted]
    if waiting:
        rebook_lines(session, caller, company.id, waiting, write=write, now=now)


def _locked(session: Session, company_id: UUID, match_id: UUID, status: MatchStatus) -> Match:
    match: Match | None = session.execute(
        select(Match)
        .where(col(Match.company_id) == company_id, col(Match.id) == match_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).scalar_one_or_none()
    if match is None:
        raise NotFound("match", str(match_id))
    if match.status != status:
        raise MatchNotOpen(match.status)
    return match


def _members(session: Session, company_id: UUID, match_id: UUID) -> tuple[list[_Line], list[_Item]]:
    rows = session.execute(
        select(col(MatchMember.transaction_id), col(MatchMember.open_item_id)).where(
            col(MatchMember.company_id) == company_id, col(MatchMember.match_id) == match_id
        )
    ).all()
    return (
        _lines(session, company_id, [line for line, _ in rows if line]),
        _items(session, company_id, [item for _, item in rows if item]),
    )


def _lines(session: Session, company_id: UUID, keys: Collection[UUID]) -> list[_Line]:
    states = LineStates([company_id])
    query = states.joined(
        select(
            col(Transaction.id), col(Transaction.bank_account_id), col(Transaction.booked_on),
            col(Transaction.amount_minor), col(Transaction.currency), states.entry("posted"),
            col(Transaction.id).in_(lines_in_clearing(company_id)), states.decision("rejected"),
        )
        .where(
            col(Transaction.company_id) == company_id,
            col(Transaction.id).in_(keys),
            col(Transaction.reverted_at).is_(None),
        )
        .order_by(col(Transaction.booked_on), col(Transaction.id))
    )  # fmt: skip
    rows: Sequence[Any] = session.execute(query).all()
    if len(rows) < len(set(keys)):
        raise NotFound("bank line", str(min(set(keys) - {row[0] for row in rows})))
    return [_Line(*row) for row in rows]


def _items(session: Session, company_id: UUID, keys: Collection[UUID]) -> list[_Item]:
    rows = session.execute(
        select(
            col(OpenItem.id), col(OpenItem.number), col(OpenItem.amount_minor), col(OpenItem.currency),
            col(OpenItem.status), col(OpenItem.account_id),
        )
        .where(
            col(OpenItem.company_id) == company_id,
            col(OpenItem.id).in_(keys),
            col(OpenItem.removed_at).is_(None),
        )
        .order_by(col(OpenItem.id))
        .with_for_update()
    ).all()  # fmt: skip
    if len(rows) < len(set(keys)):
        raise NotFound("open item", str(min(set(keys) - {row[0] for row in rows})))
    return [_Item(row[0], row[1], row[2], row[3], ItemStatus(row[4]), row[5]) for row in rows]


def _check_sums(lines: Sequence[_Line], items: Sequence[_Item]) -> None:
    if not lines:
        raise MatchRefused("choose at least one bank line")
    currencies = {line.currency for line in lines} | {item.currency for item in items}
    if len(currencies) > 1:
        raise MatchRefused(f"they are in different currencies ({', '.join(sorted(currencies))})")
    difference = sum(line.amount_minor for line in lines) - sum(item.amount_minor for item in items)
    if not items and (len(lines) != 2 or lines[0].bank_account_id == lines[1].bank_account_id):
        raise MatchRefused("a transfer has two lines, of two bank accounts; to settle something choose open items too")
    if difference:
        amount = decimal_text(difference, lines[0].currency)
        raise MatchRefused(f"the two sides differ by {amount} {lines[0].currency}; choose what makes up the difference")


def _check_free(
    session: Session, company: OpenCompany, match_id: UUID | None, lines: Sequence[_Line], items: Sequence[_Item]
) -> None:
    """Every member can still be booked by this match."""
    company.check_open(line.booked_on for line in lines if not line.is_posted)
    booked_so = _are_booked_so(session, company.id, lines, items)
    for line in lines:
        if line.is_rejected:
            raise MatchRefused(f"a reviewer left the line of {line.booked_on} out of the books")
        if line.is_posted and not booked_so and (items or not line.is_in_clearing):
            raise MatchRefused(f"the line of {line.booked_on} is booked already; correct its entry first")
    for item in items:
        if item.status is ItemStatus.SETTLED:
            raise MatchRefused(f"{item.number} is settled already")
    taken = session.execute(
        _sharing([line.id for line in lines], [item.id for item in items])
        .where(col(Match.company_id) == company.id, col(Match.status) == MatchStatus.CONFIRMED)
        .limit(1)
    ).first()
    if taken is not None and taken[0] != match_id:
        raise MatchRefused("a line or an item is in a confirmed match already; take that apart first")


def _are_booked_so(session: Session, company_id: UUID, lines: Sequence[_Line], items: Sequence[_Item]) -> bool:
    """The lines are posted to the items' accounts, to the cent: only the items are left to settle."""
    if not items or not all(line.is_posted for line in lines):
        return False
    wanted: dict[UUID, int] = {}
    for item in items:
        wanted[item.account_id] = wanted.get(item.account_id, 0) - item.amount_minor
    return counter_sums(session, company_id, [line.id for line in lines]) == wanted


def _sharing(line_ids: Sequence[UUID], item_ids: Sequence[UUID]) -> Any:
    """Selects the ids of matches that have one of these members."""
    return (
        select(col(Match.id))
        .join(MatchMember, col(MatchMember.match_id) == col(Match.id))
        .where(col(MatchMember.transaction_id).in_(line_ids) | col(MatchMember.open_item_id).in_(item_ids))
        .distinct()
    )


def _rivals(
    session: Session, company_id: UUID, match_id: UUID, lines: Sequence[_Line], items: Sequence[_Item]
) -> list[UUID]:
    """Other suggestions that share a member."""
    query = _sharing([line.id for line in lines], [item.id for item in items]).where(
        col(Match.company_id) == company_id,
        col(Match.status) == MatchStatus.SUGGESTED,
        col(Match.id) != match_id,
    )
    return list(session.execute(query).scalars())


def _reopen(session: Session, company_id: UUID, items: Sequence[_Item]) -> None:
    session.execute(
        update(OpenItem)
        .where(col(OpenItem.company_id) == company_id, col(OpenItem.id).in_([item.id for item in items]))
        .values(status=ItemStatus.OPEN)
        .execution_options(synchronize_session=False)
    )


def _set_status(
    session: Session, company_id: UUID, match_ids: Sequence[UUID], status: MatchStatus, caller: Caller, now: datetime
) -> None:
    session.execute(
        update(Match)
        .where(col(Match.company_id) == company_id, col(Match.id).in_(match_ids))
        .values(status=status, decided_at=now, decided_by=caller.user_id)
        .execution_options(synchronize_session=False)
    )


def _audit(
    session: Session,
    caller: Caller,
    match: Match,
    action: str,
    before: MatchStatus,
    after: MatchStatus,
    now: datetime,
    **facts: object,
) -> None:
    record(
        session, caller, company_id=match.company_id, action=action, subject="match", subject_id=match.id, now=now,
        before={"status": str(before)}, after={"status": str(after), "kind": str(match.kind), **facts},
    )  # fmt: skip
