"""Entries as columns: inserted with their lines, checked, posted."""

import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from itertools import islice
from typing import Any
from uuid import UUID

import numpy as np
from sqlalchemy import update
from sqlmodel import Session, col

from core.access.postings import note_posted
from core.errors import UnbalancedEntry
from core.posting.lines import Line
from core.posting.tax import TaxRate, with_tax
from core.posting.valuing import value_entries
from core.storage import WriteColumns
from models import EntryStatus, JournalEntry, JournalLine, Method, TaxLine

BANK_POSITION = 1  # of the bank's line in an entry; the others follow
KEYS_AT_ONCE = 5000  # keys in one IN list; both databases take far more


@dataclass(frozen=True)
class LineColumns:
    """Lines of n entries as columns: `entry` is the number of the entry (0 … n-1); the bank's line is at position 1.

    `taxed` names the net lines: (number of the entry, position) → (tax code, tax on the line behind). `foreign` names
    the lines in another currency than their entry's: (number of the entry, position) → currency.
    """

    entry: Sequence[int]
    position: Sequence[int]
    account_id: Sequence[UUID]
    amount_minor: Sequence[int]
    taxed: Mapping[tuple[int, int], tuple[UUID, int]] = field(default_factory=dict)
    foreign: Mapping[tuple[int, int], str] = field(default_factory=dict)


@dataclass(frozen=True)
class NewEntries:
    """n entries to be inserted, as columns of length n; optional columns left empty stay at the table's default."""

    id: Sequence[UUID]
    transaction_id: Sequence[UUID | None]
    booked_on: Sequence[date]
    currency: Sequence[str]
    method: Sequence[Method]
    lines: LineColumns
    optional: Mapping[str, Sequence[Any]] = field(default_factory=dict)  # further columns of journal_entries

    def __len__(self) -> int:
        return len(self.id)


def new_keys(count: int) -> list[UUID]:
    """That many UUID4, from one draw of the system's randomness."""
    block = os.urandom(16 * count)
    return [UUID(bytes=block[i : i + 16], version=4) for i in range(0, len(block), 16)]


def in_portions(keys: Iterable[UUID]) -> Iterator[list[UUID]]:
    """The keys in portions that fit into one statement."""
    left = iter(keys)
    while portion := list(islice(left, KEYS_AT_ONCE)):
        yield portion


def one_line_each(
    bank_account_ids: Sequence[UUID],
    account_ids: Sequence[UUID],
    amounts_minor: Sequence[int],
    parts: Mapping[int, Sequence[tuple[UUID, int]]] | None = None,
    taxes: Mapping[int, TaxRate] | None = None,
) -> LineColumns:
    """The lines of n bank lines: the bank account against one account each.

    `parts` names those that go to several accounts instead: number of the line → (account, amount in the bank
    line's sign); the amounts of a line must add up to it. `taxes` names the tax that all of a line contains: number of
    the line → rate.
    """
    several = dict(parts or {})
    for number in taxes or {}:
        several.setdefault(number, [(account_ids[number], amounts_minor[number])])
    taxed: dict[tuple[int, int], tuple[UUID, int]] = {}
    count = len(amounts_minor)
    single = [i for i in range(count) if i not in several] if several else list(range(count))
    entry = [*range(count), *single]
    position = [BANK_POSITION] * count + [BANK_POSITION + 1] * len(single)
    account_id = [*bank_account_ids, *(account_ids[i] for i in single)]
    amount_minor = [*amounts_minor, *(-amounts_minor[i] for i in single)]
    for number, shares in several.items():
        rate = (taxes or {}).get(number)
        gross = [Line(account, -amount, rate.id if rate else None) for account, amount in shares]
        for place, line in enumerate(with_tax(gross, {rate.id: rate} if rate else {}), BANK_POSITION + 1):
            entry.append(number)
            position.append(place)
            account_id.append(line.account_id)
            amount_minor.append(line.amount_minor)
            if line.tax_code_id:
                taxed[number, place] = (line.tax_code_id, line.tax_minor)
    return LineColumns(entry, position, account_id, amount_minor, taxed)


def check_balanced(count: int, lines: LineColumns, currency: Sequence[str]) -> None:
    """Raises UnbalancedEntry for the first of n entries whose lines do not sum to zero, or that has fewer than two."""
    entry = np.asarray(lines.entry, np.int64)
    # Two halves of 32 bits, so that no sum of large amounts can wrap around to zero.
    amounts = np.asarray(lines.amount_minor, np.int64)
    low, high = np.zeros(count, np.int64), np.zeros(count, np.int64)
    np.add.at(low, entry, amounts & 0xFFFFFFFF)
    np.add.at(high, entry, amounts >> 32)
    zero = (low & 0xFFFFFFFF == 0) & (high + (low >> 32) == 0)
    wrong = np.flatnonzero(~zero | (np.bincount(entry, minlength=count) < 2))
    if len(wrong):
        first = int(wrong[0])
        raise UnbalancedEntry(sum(amounts[entry == first].tolist()), currency[first])


def write_entries(
    session: Session, write: WriteColumns, company_id: UUID, entries: NewEntries, *, now: datetime
) -> None:
    """Insert the entries with their lines, all waiting for review.

    Raises:
        UnbalancedEntry: the lines of an entry do not sum to zero; nothing was written.
    """
    count, lines = len(entries), entries.lines
    check_balanced(count, lines, entries.currency)
    columns = {
        "id": entries.id,
        "company_id": [company_id] * count,
        "transaction_id": entries.transaction_id,
        "booked_on": entries.booked_on,
        "status": [str(EntryStatus.NEEDS_REVIEW)] * count,
        "method": list(map(str, entries.method)),  # drivers bind plain strings several times quicker
        "created_at": [now] * count,
    }
    write(session, JournalEntry, columns | dict(entries.optional))
    write_lines(session, write, company_id, entries.id, lines, entries.currency)


def write_lines(
    session: Session,
    write: WriteColumns,
    company_id: UUID,
    entry_ids: Sequence[UUID],
    lines: LineColumns,
    currency: Sequence[str],
) -> None:
    """Insert lines of entries that are not posted; `lines.entry` counts into `entry_ids` and `currency`."""
    currencies = [currency[i] for i in lines.entry]
    if lines.foreign:
        places = zip(zip(lines.entry, lines.position, strict=True), currencies, strict=True)
        currencies = [lines.foreign.get(place, usual) for place, usual in places]
    write(
        session,
        JournalLine,
        {
            "id": new_keys(len(lines.entry)),
            "company_id": [company_id] * len(lines.entry),
            "entry_id": [entry_ids[i] for i in lines.entry],
            "position": lines.position,
            "account_id": lines.account_id,
            "amount_minor": lines.amount_minor,
            "currency": currencies,
        },
    )
    if lines.taxed:
        _write_taxes(session, write, company_id, entry_ids, lines)


def _write_taxes(
    session: Session, write: WriteColumns, company_id: UUID, entry_ids: Sequence[UUID], lines: LineColumns
) -> None:
    net = dict(zip(zip(lines.entry, lines.position, strict=True), lines.amount_minor, strict=True))
    write(
        session,
        TaxLine,
        {
            "id": new_keys(len(lines.taxed)),
            "company_id": [company_id] * len(lines.taxed),
            "entry_id": [entry_ids[number] for number, _ in lines.taxed],
            "position": [place for _, place in lines.taxed],
            "tax_code_id": [code for code, _ in lines.taxed.values()],
            "net_minor": [net[key] for key in lines.taxed],
            "tax_minor": [tax for _, tax in lines.taxed.values()],
        },
    )


def post_entries(
    session: Session, company_id: UUID, entry_ids: Iterable[UUID], *, now: datetime, by: UUID | None, **changes: Any
) -> None:
    """Post entries that wait for review; `changes` are further columns set with it. The next event tells of them.

    Raises:
        RateMissing, ExchangeAccountMissing: see core.posting.valuing.
    """
    for portion in in_portions(entry_ids):
        value_entries(session, company_id, portion)
        note_posted(session, company_id, portion)
        session.execute(
            update(JournalEntry)
            .where(
                col(JournalEntry.company_id) == company_id,
                col(JournalEntry.id).in_(portion),
                col(JournalEntry.status) == EntryStatus.NEEDS_REVIEW,
            )
            .values(status=EntryStatus.POSTED, posted_at=now, posted_by=by, **changes)
            .execution_options(synchronize_session=False)
        )


def digest_rows(entry_ids: Sequence[UUID], lines: LineColumns) -> Iterator[Sequence[str | int]]:
    """What an audit event's digest covers of written entries: of every line its entry, account and amount.

    Three long rows, one a column, which is ten times quicker to digest than a row a line.
    """
    names = {account: account.hex for account in set(lines.account_id)}
    keys = [key.hex for key in entry_ids]
    yield [keys[number] for number in lines.entry]
    yield [names[account] for account in lines.account_id]
    yield list(lines.amount_minor)
