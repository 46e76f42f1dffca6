"""Transfers between own accounts as entries: what their lines are worth, and the exchange of one currency for another.

Between two currencies the entry of the side that pays holds the exchange: the money that left goes to the account for
exchange gains and losses, the money that came is taken from there to transfer clearing, in its own currency. So
clearing comes to zero with the other side's entry, every currency balances, and what the exchange gained or lost stands
on its account.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import date
from uuid import UUID

from sqlalchemy import func, select
from sqlmodel import Session, col

from core.errors import ExchangeAccountMissing
from core.exchange.rates import KnownRates, convert, share
from core.posting.foreign_entries import ForeignEntry, ValuedLine, rate_on
from models import (
    Account,
    AccountRole,
    BaseValue,
    EntryStatus,
    JournalEntry,
    JournalLine,
    MatchMember,
    Transaction,
)


@dataclass(slots=True)
class Side:
    """A bank line of a transfer; `cleared_minor` is what its posted entry has on clearing, in base currency."""

    transaction_id: UUID
    amount_minor: int
    currency: str
    day: date
    cleared_minor: int | None = None


@dataclass
class Transfers:
    """What valuing an entry of a transfer needs to know. `exchange_id` is None where the company names no account."""

    session: Session
    base: str
    rates: KnownRates
    exchange_id: UUID | None
    sides: dict[UUID | None, list[Side]] = field(default_factory=dict)  # by match

    def value(self, entry: ForeignEntry, others: Sequence[ForeignEntry]) -> None:
        """Value an entry that a confirmed transfer booked.

        Args:
            others: entries that are posted with it and have their values.

        Raises:
            RateMissing, ExchangeAccountMissing.
        """
        own, other = self._sides_of(entry)
        if own.currency == other.currency:
            self._value_same(entry, own, other)
            return
        if other.cleared_minor is not None:
            received, rate_id = abs(other.cleared_minor), None
        else:
            received, rate_id = self._worth(other if own.amount_minor < 0 else own, min(own.day, other.day))
        if own.amount_minor < 0:
            self._exchange(entry, own, other, received, rate_id, others)
        elif own.currency != self.base:
            bank, clearing = entry.lines
            bank.base_minor, bank.rate_id, clearing.base_minor = received, rate_id, -received

    def note(self, entry: ForeignEntry) -> None:
        """The entry is valued and about to be posted: the other side's entry in the same booking meets it."""
        own, _ = self._sides_of(entry)
        line = entry.lines[1]
        own.cleared_minor = line.amount_minor if line.currency == self.base else line.base_minor

    def _sides_of(self, entry: ForeignEntry) -> tuple[Side, Side]:
        first, second = self.sides[entry.match_id]
        return (first, second) if first.transaction_id == entry.transaction_id else (second, first)

    def _value_same(self, entry: ForeignEntry, own: Side, other: Side) -> None:
        """Both sides have one value, that of the earlier day, so that clearing keeps nothing of them."""
        if not self.rates.covers(own.currency):
            return
        entry.value(self.base, rate_on(self.rates, own.currency, min(own.day, other.day)))
        if other.cleared_minor is not None:
            bank, clearing = entry.lines
            bank.base_minor, bank.rate_id, clearing.base_minor = other.cleared_minor, None, -other.cleared_minor

    def _worth(self, side: Side, day: date) -> tuple[int, UUID | None]:
        """What the amount of a side is worth, without its sign, and by which rate."""
        size = abs(side.amount_minor)
        if side.currency == self.base:
            return size, None
        rate = rate_on(self.rates, side.currency, day)
        return convert(size, rate.rate, side.currency, self.base), rate.id

    def _exchange(
        self,
        entry: ForeignEntry,
        paid: Side,
        came: Side,
        received: int,
        rate_id: UUID | None,
        others: Sequence[ForeignEntry],
    ) -> None:
        if self.exchange_id is None:
            raise ExchangeAccountMissing
        bank, clearing = entry.lines
        if paid.currency != self.base:
            cost = self._cost(entry, paid, others)
            worth, bank.rate_id = self._worth(paid, min(paid.day, came.day)) if cost is None else (cost, None)
            bank.base_minor = -worth
        gave = None if bank.base_minor is None else -bank.base_minor
        value = None if came.currency == self.base else received
        entry.lines = [
            bank,
            ValuedLine(2, clearing.account_id, came.amount_minor, came.currency, value, rate_id if value else None),
            ValuedLine(3, self.exchange_id, -paid.amount_minor, paid.currency, gave),
            ValuedLine(4, self.exchange_id, -came.amount_minor, came.currency, None if value is None else -value),
        ]
        entry.is_rewritten = True

    def _cost(self, entry: ForeignEntry, paid: Side, others: Sequence[ForeignEntry]) -> int | None:
        """What the money that left had cost on the average; None where the books do not hold so much of it."""
        account_id, size = entry.lines[0].account_id, abs(paid.amount_minor)
        held, value = self.session.execute(
            select(
                func.coalesce(func.sum(JournalLine.amount_minor), 0), func.coalesce(func.sum(BaseValue.base_minor), 0)
            )
            .join(
                BaseValue,
                (col(BaseValue.entry_id) == JournalLine.entry_id) & (col(BaseValue.position) == JournalLine.position),
            )
            .join(JournalEntry, col(JournalEntry.id) == col(JournalLine.entry_id))
            .where(
                col(JournalLine.account_id) == account_id,
                col(JournalLine.currency) == paid.currency,
                col(JournalEntry.booked_on) <= paid.day,
            )
        ).one()  # fmt: skip
        for other in others:
            line = other.lines[0]
            if (line.account_id, line.currency) == (account_id, paid.currency) and other.day <= paid.day:
                held, value = held + line.amount_minor, value + (line.base_minor or 0)
        return share(int(value), size, int(held)) if held >= size and value > 0 else None


def load_sides(session: Session, company_id: UUID, match_ids: Collection[UUID]) -> dict[UUID | None, list[Side]]:
    """Both lines of each of these transfers, by match."""
    rows = session.execute(
        select(
            col(MatchMember.match_id), col(Transaction.id), col(Transaction.amount_minor), col(Transaction.currency),
            col(Transaction.booked_on),
        )
        .join(Transaction, col(Transaction.id) == col(MatchMember.transaction_id))
        .where(col(MatchMember.company_id) == company_id, col(MatchMember.match_id).in_(match_ids))
    )  # fmt: skip
    sides: dict[UUID | None, list[Side]] = {}
    by_line: dict[UUID, Side] = {}
    for match_id, *facts in rows:
        side = Side(*facts)
        sides.setdefault(match_id, []).append(side)
        by_line[side.transaction_id] = side
    cleared = session.execute(
        select(
            col(JournalEntry.transaction_id), func.sum(func.coalesce(BaseValue.base_minor, JournalLine.amount_minor))
        )
        .join(JournalLine, col(JournalLine.entry_id) == col(JournalEntry.id))
        .join(Account, col(Account.id) == col(JournalLine.account_id))
        .outerjoin(
            BaseValue,
            (col(BaseValue.entry_id) == JournalLine.entry_id) & (col(BaseValue.position) == JournalLine.position),
        )
        .where(
            col(JournalEntry.company_id) == company_id,
            col(JournalEntry.transaction_id).in_(list(by_line)),
            col(JournalEntry.status) == EntryStatus.POSTED,
            col(Account.role) == AccountRole.TRANSFER_CLEARING,
        )
        .group_by(col(JournalEntry.transaction_id))
    )  # fmt: skip
    for transaction_id, minor in cleared:
        by_line[transaction_id].cleared_minor = int(minor)
    return sides
