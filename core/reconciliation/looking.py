"""What the matching looked at last, and what came, changed or went since: only what that reaches is matched again.

Nothing has to remember to tell of a change: everything that the matching reads of an open line or item is digested,
and the digests are compared. A look can be lost at any time; then all is looked at once more.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from hashlib import blake2b, sha256
from typing import Any
from uuid import UUID

import numpy as np
from sqlalchemy import delete, select
from sqlmodel import Session, col

from core.matching.background import Background
from core.matching.payouts import SALE_KINDS, PaidOut
from core.matching.reading import day_numbers
from core.matching.terminals import processor_of
from core.matching.texts import name_key
from core.matching.values import BankLines, Integers, OpenItems, OwnAccounts
from core.reconciliation.loading import Judged
from models import MatchingLook

_VERSION = 2  # counts up when the matching answers otherwise than before, so that all is looked at again
_SEEN: Any = np.dtype([("digest", "<u8"), ("day", "<i4")])
_END = "\x1f"  # between fields


@dataclass(frozen=True)
class OpenRows:
    """What is open and what is judged of it already: the whole of what a run reads."""

    lines: BankLines
    items: OpenItems
    judged: Judged
    settled: PaidOut

    @cached_property
    def background(self) -> Background:
        """What all that is open says, however far from the news, and the latest payouts."""
        return Background.of(self.lines, self.items, self.settled)

    @cached_property
    def seen(self) -> "Seen":
        """A digest of each row with its day; a sale is seen anew when its processor's fee turns out to be another."""
        judged = _judgements(self.judged)
        lines, items = self.lines, self.items
        posted = lines.transfers_only or [False] * len(lines)
        rows = [
            *zip(
                lines.key, lines.account, lines.currency, lines.text, lines.counterparty,
                map(str, posted), map(str, lines.amount_minor.tolist()), strict=True,
            ),
            *zip(
                items.key, items.account, items.currency, items.counterparty, map(_END.join, items.references),
                items.kind, map(str, items.amount_minor.tolist()), self._held_back(), strict=True,
            ),
        ]  # fmt: skip
        days = np.concatenate([day_numbers(lines.booked_on), day_numbers(items.issued_on)])
        digests = [_digest((*row, str(day), judged.get(row[0], ""))) for row, day in zip(rows, days, strict=True)]
        table = np.empty(len(rows), _SEEN)
        table["digest"], table["day"] = digests, days
        return Seen(np.sort(table, order="digest"))

    def _held_back(self) -> Iterator[str]:
        """Of each item what its processor holds back; empty where it is no sale."""
        known = {
            name: str(self.background.fees.get(processor_of(name_key(name)), ""))
            for name in set(self.items.counterparty)
        }
        for name, kind in zip(self.items.counterparty, self.items.kind, strict=True):
            yield known[name] if kind in SALE_KINDS else ""

    def without(self, keys: Collection[str], judged: Judged, settled: PaidOut) -> "OpenRows":
        """What is left when these lines and items are in force, with what is judged and paid out then."""
        lines, items = (
            np.flatnonzero([key not in keys for key in table.key]).astype(np.int64)
            for table in (self.lines, self.items)
        )
        return OpenRows(self.lines.at(lines), self.items.at(items), judged, settled)


@dataclass(frozen=True)
class Seen:
    """Rows of digest and day, sorted by digest."""

    rows: Any

    def changed(self, before: "Seen") -> Integers:
        """The days of rows that came, changed or went since then."""
        came = ~np.isin(self.rows["digest"], before.rows["digest"])
        went = ~np.isin(before.rows["digest"], self.rows["digest"])
        return np.concatenate([self.rows["day"][came], before.rows["day"][went]]).astype(np.int64)


def last_look(session: Session, company_id: UUID, settings: str) -> Seen | None:
    """What the last run saw; None where there was none or where what concerns all rows is another by now."""
    content = session.execute(
        select(col(MatchingLook.seen)).where(
            col(MatchingLook.company_id) == company_id, col(MatchingLook.settings) == settings
        )
    ).scalar_one_or_none()
    return None if content is None else Seen(np.frombuffer(content, _SEEN))


def keep_look(session: Session, company_id: UUID, settings: str, seen: Seen, now: datetime) -> None:
    """Remember what was looked at, in the place of what was before."""
    session.execute(delete(MatchingLook).where(col(MatchingLook.company_id) == company_id))
    session.add(MatchingLook(company_id=company_id, settings=settings, seen=seen.rows.tobytes(), looked_at=now))
    session.flush()


def settings_digest(own: OwnAccounts, named: tuple[UUID | int | None, ...], now: datetime) -> str:
    """What concerns all rows: the engine, the own accounts, what the company has named (accounts for fees and exchange
    gains, how many rates), and the month, since how rare a word is moves slowly with everything that comes, and what
    news do not reach keeps its suggestion until then.
    """
    tails = sorted((account, *sorted(found)) for account, found in own.tails.items())
    return sha256(repr((_VERSION, tails, named, now.year, now.month)).encode()).hexdigest()


def _judgements(judged: Judged) -> dict[str, str]:
    """By key of a line or an item, what it was suggested with or may not be matched with."""
    said: dict[str, list[str]] = defaultdict(list)
    for word, groups in (("no", judged.dismissed), ("perhaps", judged.suggested)):
        for group in groups:
            members = _END.join((word, *sorted(group)))
            for key in group:
                said[key].append(members)
    return {key: _END.join(sorted(found)) for key, found in said.items()}


def _digest(fields: Iterable[str]) -> int:
    return int.from_bytes(blake2b(_END.join(fields).encode(), digest_size=8).digest(), "little")
