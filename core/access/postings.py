"""What a unit of work has posted, told to the audit log: replaying the log gives the balances.

Whoever posts entries notes them; the next event of the company carries how many there were and what they moved on each
account. An event of a million entries is as long as the chart.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import func, select
from sqlmodel import Session, col

from models import EntryStatus, JournalEntry, JournalLine

FACT = "posted"  # in the `after` of an event: {"entries": count, "moved": [[account, currency, minor units], …]}
IN_LEDGER = (EntryStatus.POSTED, EntryStatus.REVERSED)
_NOTED = "posted entries that no event has told of"
_AT_ONCE = 5000  # keys in one IN list


def note_posted(session: Session, company_id: UUID, entry_ids: Iterable[UUID]) -> None:
    """These entries are in the ledger now; the company's next audit event says so."""
    session.info.setdefault(_NOTED, {}).setdefault(company_id, []).extend(entry_ids)


def take_posted(session: Session, company_id: UUID | None) -> dict[str, Any]:
    """The fact for the event that is about to be written; empty where nothing was posted since the last one."""
    noted: list[UUID] = session.info.get(_NOTED, {}).pop(company_id, [])
    if not noted:
        return {}
    moved: Counter[tuple[UUID, str]] = Counter()
    count = 0
    keys = list(dict.fromkeys(noted))
    for first in range(0, len(keys), _AT_ONCE):
        chosen = (
            col(JournalEntry.company_id) == company_id,
            col(JournalEntry.id).in_(keys[first : first + _AT_ONCE]),
            col(JournalEntry.status).in_(IN_LEDGER),
        )
        count += session.execute(select(func.count()).select_from(JournalEntry).where(*chosen)).scalar_one()
        rows = session.execute(
            select(col(JournalLine.account_id), col(JournalLine.currency), func.sum(JournalLine.amount_minor))
            .join(JournalEntry, col(JournalEntry.id) == col(JournalLine.entry_id))
            .where(*chosen)
            .group_by(col(JournalLine.account_id), col(JournalLine.currency))
        )
        for account_id, currency, minor in rows:
            moved[account_id, currency] += int(minor)
    listed = sorted([account.hex, currency, minor] for (account, currency), minor in moved.items())
    return {FACT: {"entries": count, "moved": listed}} if count else {}


def replay(facts: Iterable[Mapping[str, Any] | None]) -> tuple[int, Counter[tuple[UUID, str]]]:
    """How many entries these events (their `after`, in any order) posted, and the balances that they lead to.

    Returns:
        (entries, {(account, currency): minor units, debit > 0}); balances of zero are left out.
    """
    entries, balances = 0, Counter[tuple[UUID, str]]()
    for after in facts:
        told: Mapping[str, Any] = (after or {}).get(FACT) or {}
        entries += told.get("entries", 0)
        moved: Sequence[tuple[str, str, int]] = told.get("moved", ())
        for account, currency, minor in moved:
            balances[UUID(account), currency] += minor
    return entries, Counter({key: minor for key, minor in balances.items() if minor})
