"""What the reconcile page lists: suggested and confirmed matches with both sides. The rest is in unmatched.py."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import func, select
from sqlmodel import Session, col

from core.access.roles import Action, Caller
from core.ingestion.shown_names import with_shown_name
from core.period import Period
from core.reconciliation.turned_back import TurnedBack, list_turned_back
from models import (
    Account,
    BankAccount,
    DifferenceKind,
    ItemKind,
    Match,
    MatchDifference,
    MatchKind,
    MatchMember,
    MatchStatus,
    OpenItem,
    Transaction,
)

MOST_ROWS = 500  # of a page of matches


@dataclass(frozen=True, slots=True)
class ListedLine:
    """A bank line as lists show it; money in > 0."""

    transaction_id: UUID
    bank_account_id: UUID
    bank_account: str  # its name
    booked_on: date
    description: str
    counterparty: str
    amount_minor: int
    currency: str


@dataclass(frozen=True, slots=True)
class ListedItem:
    """An item as lists show it; to be received > 0. `amount_minor`: what is open, in a match what that settles."""

    open_item_id: UUID
    kind: ItemKind
    number: str
    counterparty: str
    issued_on: date
    due_on: date | None
    amount_minor: int
    currency: str
    whole_minor: int  # of the item, whatever is open or settled of it


@dataclass(frozen=True, slots=True)
class ListedDifference:
    """What a match books besides its items, in the lines' sign."""

    kind: DifferenceKind
    account: str  # code and name
    amount_minor: int


@dataclass(frozen=True, slots=True)
class ListedMatch:
    """A match with both of its sides; a transfer has no items. `score` lies in [0, 1].

    Lines = items + what is turned back + differences.
    """

    match_id: UUID
    kind: MatchKind
    status: MatchStatus
    score: float
    difference_minor: int
    reason: str
    by_person: bool
    lines: tuple[ListedLine, ...]
    items: tuple[ListedItem, ...]
    differences: tuple[ListedDifference, ...] = ()
    turned_back: tuple[TurnedBack, ...] = ()


@dataclass(frozen=True, slots=True)
class MatchPage:
    """A page of matches, the surest first; the count is that of all pages."""

    matches: tuple[ListedMatch, ...] = ()
    number: int = 1
    pages: int = 1
    count: int = 0


def suggested_count(session: Session, caller: Caller, company_id: UUID) -> int:
    """How many matches wait for a person. Raises NotFound, AccessDenied."""
    caller.require(company_id, Action.READ)
    waiting = col(Match.company_id) == company_id, col(Match.status) == MatchStatus.SUGGESTED
    return int(session.execute(select(func.count()).select_from(Match).where(*waiting)).scalar_one())


def suggested_days(session: Session, caller: Caller, company_id: UUID) -> list[tuple[UUID, UUID, date]]:
    """Match, bank account and day of each line of the matches that wait for a person. Raises NotFound, AccessDenied."""
    caller.require(company_id, Action.READ)
    rows = session.execute(
        select(col(MatchMember.match_id), col(Transaction.bank_account_id), col(Transaction.booked_on))
        .join(Transaction, col(Transaction.id) == col(MatchMember.transaction_id))
        .join(Match, col(Match.id) == col(MatchMember.match_id))
        .where(*lines_in(company_id, None, None), col(Match.status) == MatchStatus.SUGGESTED)
    )
    return [(match_id, bank_account_id, booked_on) for match_id, bank_account_id, booked_on in rows]


def match_page(
    session: Session,
    caller: Caller,
    company_id: UUID,
    *,
    status: MatchStatus,
    bank_account_id: UUID | None = None,
    period: Period | None = None,
    page: int = 1,
    rows: int = MOST_ROWS,
) -> MatchPage:
    """`list_matches` page by page; a page beyond the last is the last. Raises NotFound, AccessDenied."""
    caller.require(company_id, Action.READ)
    which = _which(company_id, status, bank_account_id, period)
    count = int(session.execute(select(func.count()).select_from(Match).where(*which)).scalar_one())
    number, pages = place_among(page, count, rows)
    found = list_matches(
        session, caller, company_id, status=status, bank_account_id=bank_account_id, period=period, most=rows,
        skip=(number - 1) * rows,
    )  # fmt: skip
    return MatchPage(tuple(found), number, pages, count)


def place_among(page: int, count: int, rows: int) -> tuple[int, int]:
    """The page to show of so many rows, and how many pages there are."""
    pages = max(1, -(-count // rows))
    return min(max(1, page), pages), pages


def list_matches(
    session: Session,
    caller: Caller,
    company_id: UUID,
    *,
    status: MatchStatus = MatchStatus.SUGGESTED,
    bank_account_id: UUID | None = None,
    period: Period | None = None,
    most: int = MOST_ROWS,
    skip: int = 0,
) -> list[ListedMatch]:
    """Matches of this status that have a line of the bank account in the period; the surest first."""
    caller.require(company_id, Action.READ)
    rows: Sequence[Any] = session.execute(
        select(
            col(Match.id), col(Match.kind), col(Match.status), col(Match.score), col(Match.difference_minor),
            col(Match.reason), col(Match.decided_by),
        )
        .where(*_which(company_id, status, bank_account_id, period))
        .order_by(col(Match.score).desc(), col(Match.id))
        .limit(most)
        .offset(skip)
    ).all()  # fmt: skip
    keys = [row[0] for row in rows]
    lines, items = _lines_of(session, company_id, keys), _items_of(session, company_id, keys)
    differences, turned_back = _differences_of(session, company_id, keys), list_turned_back(session, company_id, keys)
    return [
        ListedMatch(
            row[0], MatchKind(row[1]), MatchStatus(row[2]), row[3], row[4], row[5], row[6] is not None,
            tuple(lines[row[0]]), tuple(items[row[0]]), tuple(differences[row[0]]),
            tuple(turned_back.get(row[0], ())),
        )
        for row in rows
    ]  # fmt: skip


def _which(company_id: UUID, status: MatchStatus, bank_account_id: UUID | None, period: Period | None) -> list[Any]:
    touching = (
        select(col(MatchMember.match_id))
        .join(Transaction, col(Transaction.id) == col(MatchMember.transaction_id))
        .where(*lines_in(company_id, bank_account_id, period))
    )
    return [col(Match.company_id) == company_id, col(Match.status) == status, col(Match.id).in_(touching)]


def lines_in(company_id: UUID, bank_account_id: UUID | None, period: Period | None) -> list[Any]:
    """Conditions on transactions: live, of the company, and where given of the account and the days."""
    conditions: list[Any] = [col(Transaction.company_id) == company_id, col(Transaction.reverted_at).is_(None)]
    if bank_account_id is not None:
        conditions.append(col(Transaction.bank_account_id) == bank_account_id)
    if period is not None:
        conditions.append(col(Transaction.booked_on).between(period.first_on, period.last_on))
    return conditions


def line_query() -> Any:
    """Selects transactions as ListedLine takes them."""
    lines = select(Transaction).join(BankAccount, col(BankAccount.id) == col(Transaction.bank_account_id))
    joined, name = with_shown_name(lines)
    return joined.with_only_columns(
        col(Transaction.id), col(Transaction.bank_account_id), col(BankAccount.name), col(Transaction.booked_on),
        col(Transaction.description), name, col(Transaction.amount_minor), col(Transaction.currency),
    )  # fmt: skip


def item_columns(amount: Any) -> list[Any]:
    """The columns of open items that `listed_item` takes; `amount` is the one to show."""
    return [
        col(OpenItem.id), col(OpenItem.kind), col(OpenItem.number), col(OpenItem.counterparty),
        col(OpenItem.issued_on), col(OpenItem.due_on), amount, col(OpenItem.currency), col(OpenItem.amount_minor),
    ]  # fmt: skip


def listed_item(row: Any) -> ListedItem:
    """A row of `item_columns` as a value."""
    return ListedItem(row[0], ItemKind(row[1]), *row[2:])


def _lines_of(session: Session, company_id: UUID, match_ids: Sequence[UUID]) -> dict[UUID, list[ListedLine]]:
    rows = session.execute(
        line_query()
        .join(MatchMember, col(MatchMember.transaction_id) == col(Transaction.id))
        .where(col(Transaction.company_id) == company_id, col(MatchMember.match_id).in_(match_ids))
        .order_by(col(Transaction.booked_on), col(Transaction.row), col(Transaction.id))
        .add_columns(col(MatchMember.match_id))
    )
    found: dict[UUID, list[ListedLine]] = defaultdict(list)
    for row in rows:
        found[row[-1]].append(ListedLine(*row[:-1]))
    return found


def _items_of(session: Session, company_id: UUID, match_ids: Sequence[UUID]) -> dict[UUID, list[ListedItem]]:
    rows = session.execute(
        select(*item_columns(col(MatchMember.settled_minor)), col(MatchMember.match_id))
        .join(MatchMember, col(MatchMember.open_item_id) == col(OpenItem.id))
        .where(col(OpenItem.company_id) == company_id, col(MatchMember.match_id).in_(match_ids))
        .order_by(col(OpenItem.issued_on), col(OpenItem.number), col(OpenItem.id))
    )
    found: dict[UUID, list[ListedItem]] = defaultdict(list)
    for row in rows:
        found[row[-1]].append(listed_item(row[:-1]))
    return found


def _differences_of(
    session: Session, company_id: UUID, match_ids: Sequence[UUID]
) -> dict[UUID, list[ListedDifference]]:
    rows = session.execute(
        select(
            col(MatchDifference.match_id), col(MatchDifference.kind), col(Account.code), col(Account.name),
            col(MatchDifference.amount_minor),
        )
        .join(Account, col(Account.id) == col(MatchDifference.account_id))
        .where(col(MatchDifference.company_id) == company_id, col(MatchDifference.match_id).in_(match_ids))
        .order_by(col(MatchDifference.id))
    )  # fmt: skip
    found: dict[UUID, list[ListedDifference]] = defaultdict(list)
    for match_id, kind, code, name, minor in rows:
        found[match_id].append(ListedDifference(DifferenceKind(kind), f"{code} {name}", minor))
    return found
