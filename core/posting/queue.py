"""The review queue: groups of like lines that wait for a person, the most at stake first; and one group opened."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, Subquery, and_, case, func, or_, select
from sqlmodel import Session, col

from core.access.roles import Action, Caller
from core.errors import InvalidAmount, InvalidInput, NotFound
from core.ingestion.shown_names import is_shown_as, printed_where, shown_name
from core.money import Money, minor_digits
from models import (
    Account,
    AccountRole,
    Company,
    CounterpartyAlias,
    EntryStatus,
    JournalEntry,
    Method,
    Proposal,
    Transaction,
)

LIKELY, UNSURE = 0.8, 0.6  # mean calibrated confidence from which a group counts as such


class Level(StrEnum):
    """How sure the machine is of a group."""

    LIKELY = "likely"
    UNSURE = "unsure"
    GUESS = "guess"
    NO_BASIS = "no basis"


class Order(StrEnum):
    """What stands first in the queue."""

    STAKE = "stake"  # amount × doubt, largest first
    AMOUNT = "amount"  # size of the sum, largest first
    DATE = "date"  # oldest line first
    PAYEE = "payee"  # by name


@dataclass(frozen=True, slots=True)
class QueueFilter:
    """Which lines are looked at. `text` is searched in description and counterparty, and as an amount."""

    level: Level | None = None
    text: str = ""
    bank_account_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class GroupKey:
    """What the lines of a group have in common."""

    payee: str  # counterparty as the company calls it, or the bank's text where it names nobody
    account_id: UUID  # proposed; suspense where the machine abstains
    money_in: bool
    currency: str

    @property
    def token(self) -> str:
        """The key as one string, for a page to remember."""
        return f"{self.account_id.hex}{'+' if self.money_in else '-'}{self.currency}{self.payee}"

    @classmethod
    def read(cls, token: str) -> "GroupKey":
        """Raises InvalidInput for what `token` never wrote."""
        try:
            if token[32] not in "+-" or not token[33:36].isalpha():
                raise ValueError(token)
            return cls(token[36:], UUID(token[:32]), token[32] == "+", token[33:36])
        except (ValueError, IndexError):
            raise InvalidInput("That group of the queue is not known; reload the page.") from None


@dataclass(frozen=True, slots=True)
class QueueGroup:
    """Like lines that wait. Confidences lie in [0, 1]; None where the machine has no basis."""

    key: GroupKey
    account: str  # code and name of the proposed account; "" where the machine abstains
    lines: int
    sum_minor: int  # money in > 0
    mean_confidence: float | None
    least_confidence: float | None
    level: Level
    hold_reason: str
    stake_minor: int  # |sum| × (1 - mean confidence)
    first_on: date
    last_on: date


@dataclass(frozen=True, slots=True)
class QueuePage:
    """A page of the queue; the totals cover all pages of the filter."""

    groups: tuple[QueueGroup, ...]
    number: int  # from 1
    pages: int  # at least 1
    group_count: int
    line_count: int
    sizes_minor: dict[str, int]  # currency → sum of the sizes of all lines


def review_queue(
    session: Session,
    caller: Caller,
    company_id: UUID,
    *,
    filters: QueueFilter | None = None,
    order: Order = Order.STAKE,
    page: int = 1,
    rows: int = 20,
    last: Sequence[GroupKey] = (),
) -> QueuePage:
    """A page of the groups that wait for review. A page past the end answers the last one.

    Args:
        rows: groups a page.
        last: groups that somebody put off; they stand behind all others, in the same order among themselves.

    Raises:
        NotFound, AccessDenied: the caller may not see this company.
    """
    caller.require(company_id, Action.READ)
    grouped = _grouped(session, company_id, filters or QueueFilter()).subquery()
    ordering = [*_put_off(grouped.c, last), *_ordering(grouped.c, order)]
    number = max(1, page)
    listed = _listed(session, grouped, ordering, number, rows)
    totals = _totals_beside(listed) or _totals(session, grouped)
    groups = sum(count for _, count, _, _ in totals)
    pages = max(1, -(-groups // rows))
    if number > pages:
        number = pages
        listed = _listed(session, grouped, ordering, number, rows)
    lines, sizes = sum(int(count) for _, _, count, _ in totals), {name: int(size) for name, _, _, size in totals}
    return QueuePage(tuple(_group(row) for row in listed), number, pages, groups, lines, sizes)


def _listed(
    session: Session, grouped: Subquery, ordering: Sequence[ColumnElement[Any]], number: int, rows: int
) -> Sequence[Any]:
    """The groups of one page, each with the totals of all pages beside it, so that the lines are read once."""
    group = grouped.c
    beside = (
        func.count().over().label("all_groups"),
        func.sum(group.lines).over().label("all_lines"),
        func.sum(group.size).over().label("all_size"),
        func.min(group.currency).over().label("first_currency"),
        func.max(group.currency).over().label("last_currency"),
    )
    return session.execute(
        select(grouped, col(Account.code), col(Account.name), col(Account.role), *beside)
        .join(Account, col(Account.id) == group.account_id)
        .order_by(*ordering)
        .limit(rows)
        .offset((number - 1) * rows)
    ).all()


def _totals_beside(listed: Sequence[Any]) -> list[tuple[str, int, int, int]]:
    """Currency, groups, lines and sizes, where the page tells them: it has a row and there is one currency."""
    if not listed or listed[0].first_currency != listed[0].last_currency:
        return []
    row = listed[0]
    return [(row.first_currency, row.all_groups, row.all_lines, row.all_size)]


def _totals(session: Session, grouped: Subquery) -> Sequence[Any]:
    currency, lines, size = grouped.c.currency, func.sum(grouped.c.lines), func.sum(grouped.c.size)
    return session.execute(select(currency, func.count(), lines, size).group_by(currency)).all()


def waiting_count(session: Session, caller: Caller, company_id: UUID) -> int:
    """How many lines of the company wait for a decision."""
    caller.require(company_id, Action.READ)
    found = session.execute(
        select(func.count(col(JournalEntry.id))).where(
            col(JournalEntry.company_id) == company_id,
            col(JournalEntry.status) == EntryStatus.NEEDS_REVIEW,
        )
    )
    return int(found.scalar_one())


def get_group(
    session: Session, caller: Caller, company_id: UUID, key: GroupKey, *, filters: QueueFilter | None = None
) -> QueueGroup:
    """One group of the queue as it stands now. Raises NotFound when all of its lines are decided."""
    caller.require(company_id, Action.READ)
    grouped = _grouped(session, company_id, filters or QueueFilter(), key).subquery()
    row = session.execute(
        select(grouped, col(Account.code), col(Account.name), col(Account.role)).join(
            Account, col(Account.id) == grouped.c.account_id
        )
    ).one_or_none()
    if row is None:
        raise NotFound("waiting group", key.payee)
    return _group(row)


def payee(company_id: UUID) -> ColumnElement[str]:
    """The counterparty of a line as its company calls it, or the bank's text where it names nobody."""
    return func.coalesce(func.nullif(shown_name(company_id), ""), Transaction.description)


def same_payee(company_id: UUID, key: GroupKey) -> ColumnElement[bool]:
    """Whether a line has the group's `payee`; the aliases are read once, not a line."""
    nameless = col(Transaction.counterparty) == ""
    return or_(is_shown_as(company_id, key.payee), and_(nameless, col(Transaction.description) == key.payee))


def waiting_lines(
    session: Session, company_id: UUID, filters: QueueFilter, key: GroupKey | None = None
) -> list[ColumnElement[bool]]:
    """Conditions on journal_entries joined with transactions and proposals: waiting, filtered, of the group."""
    conditions: list[ColumnElement[bool]] = [
        col(JournalEntry.company_id) == company_id,
        col(JournalEntry.status) == EntryStatus.NEEDS_REVIEW,
        col(Transaction.company_id) == company_id,
    ]
    if filters.bank_account_id is not None:
        conditions.append(col(Transaction.bank_account_id) == filters.bank_account_id)
    if text := filters.text.strip():
        conditions.append(mentions(session, company_id, text))
    if key is not None:
        conditions += [
            same_payee(company_id, key),
            col(Proposal.account_id) == key.account_id,
            (col(Transaction.amount_minor) > 0) == key.money_in,
            col(Transaction.currency) == key.currency,
        ]
    return conditions


def mentions(session: Session, company_id: UUID, text: str) -> ColumnElement[bool]:
    """The line's text or a name of its counterparty contains the words, or its amount is the number."""
    description, counterparty = col(Transaction.description), col(Transaction.counterparty)
    named = printed_where(company_id, or_(*_contains(col(CounterpartyAlias.shown), text)))
    found = [*_contains(description, text), *_contains(counterparty, text), counterparty.in_(named)]
    currency = session.execute(select(col(Company.base_currency)).where(col(Company.id) == company_id)).scalar_one()
    number = text.replace(",", "").replace("−", "-").lstrip("-+$ ")
    try:
        amount = abs(Money.parse(number, currency).minor)
    except InvalidAmount:
        return or_(*found)
    size = func.abs(Transaction.amount_minor)
    upto = amount if "." in number else amount + 10 ** minor_digits(currency) - 1
    return or_(*found, size.between(amount, upto))


def _contains(column: Any, text: str) -> list[ColumnElement[bool]]:
    """SQLite lowers ASCII letters only, so the text as typed is searched as well."""
    return [func.lower(column).contains(text.lower(), autoescape=True), column.contains(text, autoescape=True)]


def _grouped(session: Session, company_id: UUID, filters: QueueFilter, key: GroupKey | None = None) -> Select[Any]:
    line = _lines(session, company_id, filters, key).subquery().c
    mean, total = func.avg(line.sure), func.sum(line.amount_minor)
    query = select(
        line.payee, line.account_id, line.money_in, line.currency,
        func.count().label("lines"),
        total.label("total"),
        func.sum(func.abs(line.amount_minor)).label("size"),
        mean.label("mean"),
        func.min(line.sure).label("least"),
        func.min(line.hold_reason).label("hold_reason"),
        (func.abs(total) * (1.0 - func.coalesce(mean, 0.0))).label("stake"),
        func.min(line.booked_on).label("first_on"),
        func.max(line.booked_on).label("last_on"),
    ).group_by(line.payee, line.account_id, line.money_in, line.currency)  # fmt: skip
    return query if filters.level is None else query.having(_at_level(mean, filters.level))


def _lines(session: Session, company_id: UUID, filters: QueueFilter, key: GroupKey | None) -> Select[Any]:
    return (
        select(
            payee(company_id).label("payee"),
            col(Proposal.account_id).label("account_id"),
            case((col(Transaction.amount_minor) > 0, 1), else_=0).label("money_in"),
            col(Transaction.currency).label("currency"),
            col(Transaction.amount_minor).label("amount_minor"),
            col(JournalEntry.booked_on).label("booked_on"),
            col(Proposal.hold_reason).label("hold_reason"),
            # An abstaining machine may have noted a number, but it has no basis to show one.
            case((col(Proposal.method) == Method.NONE, None), else_=col(Proposal.confidence)).label("sure"),
        )
        .select_from(JournalEntry)
        .join(Transaction, col(JournalEntry.transaction_id) == col(Transaction.id))
        .join(Proposal, col(JournalEntry.proposal_id) == col(Proposal.id))
        .where(*waiting_lines(session, company_id, filters, key))
    )


def _at_level(mean: ColumnElement[Any], level: Level) -> ColumnElement[bool]:
    match level:
        case Level.LIKELY:
            return mean >= LIKELY
        case Level.UNSURE:
            return and_(mean >= UNSURE, mean < LIKELY)
        case Level.GUESS:
            return mean < UNSURE
        case Level.NO_BASIS:
            return mean.is_(None)


def level_of(confidence: float | None) -> Level:
    """The level word of a mean confidence."""
    if confidence is None:
        return Level.NO_BASIS
    if confidence >= LIKELY:
        return Level.LIKELY
    return Level.UNSURE if confidence >= UNSURE else Level.GUESS


def _ordering(group: Any, order: Order) -> Sequence[ColumnElement[Any]]:
    first: dict[Order, ColumnElement[Any]] = {
        Order.STAKE: group.stake.desc(),
        Order.AMOUNT: group.size.desc(),
        Order.DATE: group.first_on,
        Order.PAYEE: func.lower(group.payee),
    }
    # The rest of the key makes the order total, so that pages neither repeat nor lose a group.
    return [first[order], group.payee, group.account_id, group.money_in, group.currency]


def _put_off(group: Any, last: Sequence[GroupKey]) -> list[ColumnElement[int]]:
    """1 for the groups that come last, 0 for the others; nothing where none does."""
    if not last:
        return []
    named = [
        and_(
            group.payee == key.payee,
            group.account_id == key.account_id,
            group.money_in == int(key.money_in),
            group.currency == key.currency,
        )
        for key in last
    ]
    return [case((or_(*named), 1), else_=0)]


def _group(row: Any) -> QueueGroup:
    abstained = row.role == AccountRole.SUSPENSE
    return QueueGroup(
        key=GroupKey(row.payee, row.account_id, bool(row.money_in), row.currency),
        account="" if abstained else f"{row.code} {row.name}",
        lines=row.lines,
        sum_minor=int(row.total),
        mean_confidence=row.mean,
        least_confidence=row.least,
        level=level_of(row.mean),
        hold_reason=row.hold_reason,
        stake_minor=round(row.stake),
        first_on=row.first_on,
        last_on=row.last_on,
    )
