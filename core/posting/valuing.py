"""What entries in another currency are worth in base currency, fixed in the moment in which they are posted.

Each line in another currency gets its value; together with the lines in base currency they sum to zero. The bank's line
is worth its amount at the rate of its day, the others share that (core.exchange.rates.value_parts); settlements and
transfers have rules of their own (settled_values.py, exchanging.py). A company for which no rate of a currency was ever
entered keeps its books in that currency apart, without values.
"""

from collections.abc import Collection, Iterable, Sequence
from uuid import UUID, uuid4

from sqlalchemy import ColumnElement, delete, exists, func, insert, or_, select
from sqlalchemy.orm import aliased
from sqlmodel import Session, col

from core.exchange.loading import known_rates
from core.posting.exchanging import Transfers, load_sides
from core.posting.foreign_entries import ForeignEntry, ValuedLine, rate_on
from core.posting.named_accounts import default_account
from core.posting.settled_values import settle_at_worth, settled_worth
from models import (
    AccountPurpose,
    BankAccount,
    BaseValue,
    Company,
    EntryStatus,
    ExchangeRate,
    JournalEntry,
    JournalLine,
    Match,
    MatchKind,
    MatchMember,
    MatchStatus,
    Method,
    Proposal,
    Transaction,
)


def keeps_currencies(session: Session, company_id: UUID) -> str | None:
    """The base currency of a company that has a bank account in another one or any rate; None for every other."""
    foreign = exists().where(
        col(BankAccount.company_id) == col(Company.id), col(BankAccount.currency) != col(Company.base_currency)
    )
    rated = exists().where(col(ExchangeRate.company_id) == col(Company.id))
    found: str | None = session.execute(
        select(col(Company.base_currency)).where(col(Company.id) == company_id, or_(foreign, rated))
    ).scalar_one_or_none()
    return found


def value_entries(session: Session, company_id: UUID, entry_ids: Collection[UUID]) -> None:
    """Fix the values of those of these entries that have lines in another currency; they are about to be posted.

    Args:
        entry_ids: waiting for review, no more than fit into one statement.

    Raises:
        RateMissing: rates of the currency are known, but none for the day; or two currencies are exchanged without.
        ExchangeAccountMissing: something is gained or lost, and the company names no account for it.
    """
    base = keeps_currencies(session, company_id)
    if base is None:
        return
    entries = _load(session, company_id, base, entry_ids)
    if not entries:
        return
    _value_reversals(session, [entry for entry in entries if entry.reverses_id])
    _value(session, company_id, base, [entry for entry in entries if not entry.reverses_id])
    _rewrite(session, company_id, [entry for entry in entries if entry.is_rewritten])
    _write(session, company_id, entries)


def _value(session: Session, company_id: UUID, base: str, entries: Sequence[ForeignEntry]) -> None:
    """Transfers last: what money had cost depends on what came before."""
    rates = known_rates(session, company_id)
    exchange_id = default_account(session, company_id, AccountPurpose.EXCHANGE)
    plain = [entry for entry in entries if entry.match_kind != MatchKind.TRANSFER]
    settling = [entry.match_id for entry in plain if entry.match_id]
    settled = settled_worth(session, company_id, base, rates, settling) if settling else {}
    for entry in plain:
        if rates.covers(entry.bank_line.currency):
            entry.value(base, rate_on(rates, entry.bank_line.currency, entry.day))
            settle_at_worth(entry, settled, exchange_id)
    moved = [entry for entry in entries if entry.match_kind == MatchKind.TRANSFER]
    if moved:
        keys = [entry.match_id for entry in moved if entry.match_id]
        sides = load_sides(session, company_id, keys)
        transfers = Transfers(session, base, rates, exchange_id, sides)
        done = [*plain]
        for entry in moved:
            transfers.value(entry, done)
            done.append(entry)
            transfers.note(entry)


def _load(session: Session, company_id: UUID, base: str, entry_ids: Collection[UUID]) -> list[ForeignEntry]:
    """The entries with a line in another currency, by day, with all their lines by position."""
    entries = {
        row.id: ForeignEntry(*row)
        for row in session.execute(
            select(
                col(JournalEntry.id), func.coalesce(Transaction.booked_on, JournalEntry.booked_on),
                col(JournalEntry.reverses_id), col(JournalEntry.transaction_id), col(Match.id), col(Match.kind),
            )
            .outerjoin(Transaction, col(Transaction.id) == col(JournalEntry.transaction_id))
            .outerjoin(
                Proposal,
                (col(Proposal.id) == col(JournalEntry.proposal_id)) & (col(JournalEntry.method) == Method.MATCH),
            )
            .outerjoin(
                Match, (col(Match.id) == col(Proposal.match_id)) & (col(Match.status) == MatchStatus.CONFIRMED)
            )
            .where(
                col(JournalEntry.company_id) == company_id,
                col(JournalEntry.id).in_(entry_ids),
                col(JournalEntry.status) == EntryStatus.NEEDS_REVIEW,
                or_(_has_foreign_line(base), _is_exchange()),
            )
            .order_by(func.coalesce(Transaction.booked_on, JournalEntry.booked_on), col(JournalEntry.id))
        )
    }  # fmt: skip
    rows = session.execute(
        select(
            col(JournalLine.entry_id), col(JournalLine.position), col(JournalLine.account_id),
            col(JournalLine.amount_minor), col(JournalLine.currency),
        )
        .where(col(JournalLine.entry_id).in_(list(entries)))
        .order_by(col(JournalLine.position))
    )  # fmt: skip
    for entry_id, *line in rows:
        entries[entry_id].lines.append(ValuedLine(*line))
    return list(entries.values())


def _has_foreign_line(base: str) -> ColumnElement[bool]:
    return exists().where(col(JournalLine.entry_id) == col(JournalEntry.id), col(JournalLine.currency) != base)


def _is_exchange() -> ColumnElement[bool]:
    """The other line of the entry's transfer is in another currency."""
    member, other = aliased(MatchMember), aliased(Transaction)
    return exists().where(
        col(member.match_id) == col(Match.id),
        col(Match.kind) == MatchKind.TRANSFER,
        col(member.transaction_id) == col(other.id),
        col(other.currency) != col(Transaction.currency),
    )


def _value_reversals(session: Session, reversals: Sequence[ForeignEntry]) -> None:
    """A reversal has the opposite values of what it takes back, whatever rates are known by now."""
    rows = session.execute(
        select(
            col(BaseValue.entry_id), col(BaseValue.position), col(BaseValue.base_minor), col(BaseValue.rate_id)
        ).where(col(BaseValue.entry_id).in_([entry.reverses_id for entry in reversals]))
    )
    values = {(entry_id, position): (minor, rate_id) for entry_id, position, minor, rate_id in rows}
    for entry in reversals:
        for line in entry.lines:
            found = values.get((entry.reverses_id, line.position))
            if found is not None:
                line.base_minor, line.rate_id = -found[0], found[1]


def _rewrite(session: Session, company_id: UUID, entries: Sequence[ForeignEntry]) -> None:
    """Put the lines of these entries in the place of all but the bank's line."""
    if not entries:
        return
    session.execute(
        delete(JournalLine)
        .where(
            col(JournalLine.company_id) == company_id,
            col(JournalLine.entry_id).in_([entry.id for entry in entries]),
            col(JournalLine.position) > entries[0].bank_line.position,
        )
        .execution_options(synchronize_session=False)
    )
    rows = [
        {
            "id": uuid4(), "company_id": company_id, "entry_id": entry.id, "position": line.position,
            "account_id": line.account_id, "amount_minor": line.amount_minor, "currency": line.currency,
        }
        for entry in entries
        for line in entry.lines[1:]
    ]  # fmt: skip
    session.execute(insert(JournalLine), rows)


def _write(session: Session, company_id: UUID, entries: Iterable[ForeignEntry]) -> None:
    rows = [
        {
            "id": uuid4(), "company_id": company_id, "entry_id": entry.id, "position": line.position,
            "base_minor": line.base_minor, "rate_id": line.rate_id,
        }
        for entry in entries
        for line in entry.lines
        if line.base_minor is not None
    ]  # fmt: skip
    if rows:
        session.execute(insert(BaseValue), rows)
