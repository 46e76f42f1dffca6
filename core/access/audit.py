"""The audit log: one event a change, each carrying the hash of the one before.

A chain cannot show that its newest events were cut off; that takes a copy of a hash kept elsewhere. The database
refuses to change or delete events, see docs/decisions/0002-audit-chain.md.
"""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from enum import Enum
from hashlib import sha256
from typing import Any
from uuid import UUID

from sqlalchemy import Select, func
from sqlalchemy.exc import DBAPIError
from sqlmodel import Session, col, select

from core.access.audit_spelling import is_spelled_right, stored_forms
from core.access.postings import take_posted
from core.access.roles import Caller
from models import AuditEvent, Company

INSTALLATION = "installation"  # the chain of what belongs to no company: users
_INSTALLATION_LOCK = 7_302_118_845  # PostgreSQL's advisory lock for that chain; any number nobody else uses
_VIA_LENGTH = 64
_BATCH = 1000

_EVENTS = AuditEvent.__table__  # type: ignore[attr-defined]  # columns, since a session may hold stale rows


@dataclass(frozen=True)
class Violation:
    """A law that is broken in what is stored: which one, where, and what is wrong."""

    law: int
    where: str
    what: str


def record(
    session: Session,
    caller: Caller,
    *,
    company_id: UUID | None,
    action: str,
    subject: str,
    now: datetime,
    subject_id: UUID | None = None,
    before: dict[str, Any] | None = None,
    after: dict[str, Any] | None = None,
    row_count: int = 1,
    rows_digest: str = "",
) -> AuditEvent:
    """Append an event to the company's chain (the installation's where `company_id` is None) and flush the session.

    Args:
        before, after: facts of the change; ids, dates, moments and enumerations are written as text. What was posted
            since the last event is added to `after`, see core.access.postings.
        row_count, rows_digest: of all rows of a bulk operation, see `rows_digest`.

    Returns:
        The stored event.
    """
    session.flush()
    if posted := take_posted(session, company_id):
        after = {**(after or {}), **posted}
    chain = company_id.hex if company_id else INSTALLATION
    sequence, previous_hash = _head(session, chain, company_id)
    event = AuditEvent(
        chain=chain,
        sequence=sequence + 1,
        company_id=company_id,
        at=now.astimezone(UTC),
        user_id=caller.user_id,
        via=(f"{caller.via}:{caller.page}" if caller.page else str(caller.via))[:_VIA_LENGTH],
        action=action,
        subject=subject,
        subject_id=subject_id,
        before=_json_ready(before),
        after=_json_ready(after),
        row_count=row_count,
        rows_digest=rows_digest,
        previous_hash=previous_hash,
        hash="",
    )
    event.hash = event_hash({column.name: getattr(event, column.name) for column in _EVENTS.columns})
    session.add(event)
    session.flush()
    return event


def _head(session: Session, chain: str, company_id: UUID | None) -> tuple[int, str]:
    """Sequence and hash of the chain's newest event, (0, "") before the first.

    Writers of a chain wait for each other until the unit of work ends: on SQLite by its write lock, on PostgreSQL by
    the company's row. The lock is the weaker one that foreign keys to the company do not collide with; with the
    stronger one two writers that both stored a row of the company would wait for each other for ever.
    """
    if company_id:
        session.exec(select(Company.id).where(col(Company.id) == company_id).with_for_update(key_share=True)).one()
    elif session.get_bind().dialect.name == "postgresql":
        session.execute(select(func.pg_advisory_xact_lock(_INSTALLATION_LOCK)))
    newest = (
        select(_EVENTS.c.sequence, _EVENTS.c.hash)
        .where(_EVENTS.c.chain == chain)
        .order_by(_EVENTS.c.sequence.desc())
        .limit(1)
    )
    found = session.execute(newest).one_or_none()
    return (found.sequence, found.hash) if found else (0, "")


def event_hash(values: Mapping[str, Any]) -> str:
    """SHA-256 of the canonical JSON (sorted keys, no spaces, ASCII) of every column but the hash itself."""
    return sha256(_canonical({name: value for name, value in values.items() if name != "hash"})).hexdigest()


def rows_digest(rows: Iterable[Sequence[object]]) -> str:
    """SHA-256 over rows in their order, each as canonical JSON; equal rows give equal digests on both databases."""
    digest = sha256()
    for row in rows:
        digest.update(_canonical(tuple(row)))
        digest.update(b"\n")
    return digest.hexdigest()


def _json_ready(facts: dict[str, Any] | None) -> dict[str, Any] | None:
    """The facts as they will be read back, so that the hash of what is stored is the hash of what was recorded."""
    if facts is None:
        return None
    ready: dict[str, Any] = json.loads(_canonical({str(name): value for name, value in facts.items()}))
    return ready


def _canonical(value: object) -> bytes:
    return json.dumps(value, sort_keys=True, separators=(",", ":"), allow_nan=False, default=_plain).encode()


def _plain(value: object) -> object:
    match value:
        case Enum():
            return value.value
        case UUID():
            return value.hex
        case datetime():
            return value.astimezone(UTC).isoformat(timespec="microseconds")
        case date():
            return value.isoformat()
    raise TypeError(f"{type(value).__name__} cannot be part of an audit event")


def verify_chain(session: Session, chain: str) -> list[Violation]:
    """Recompute every hash of a chain in order. Names the first broken event, or returns nothing."""
    previous_hash, expected = "", 1
    for sequence, stored in _stored(session, chain):
        where = f"audit event {sequence} of chain {chain}"
        if sequence != expected:
            return [Violation(8, where, f"event {expected} is missing before it")]
        if stored is None:
            return [Violation(8, where, "it cannot be read")]
        if not is_spelled_right(_EVENTS, stored, session.get_bind().dialect):
            return [Violation(8, where, "it is not written as it was recorded")]
        values = {column.name: stored[column.name] for column in _EVENTS.columns}
        if values["previous_hash"] != previous_hash:
            return [Violation(8, where, "it does not carry the hash of the event before")]
        if values["hash"] != event_hash(values):
            return [Violation(8, where, "its content does not give its hash")]
        previous_hash, expected = values["hash"], expected + 1
    return []


def _stored(session: Session, chain: str) -> Iterator[tuple[int, Mapping[str, Any] | None]]:
    """Sequence and columns of each event in order; None for the columns of one that damage made unreadable."""
    columns = (*_EVENTS.columns, *stored_forms(_EVENTS, session.get_bind().dialect))
    wanted = select(*columns).where(_EVENTS.c.chain == chain).order_by(_EVENTS.c.sequence)
    sequences = session.execute(wanted.with_only_columns(_EVENTS.c.sequence)).scalars().all()
    for first in range(0, len(sequences), _BATCH):
        batch = sequences[first : first + _BATCH]
        rows = _readable(session, wanted.where(_EVENTS.c.sequence.in_(batch)))
        if rows is None:
            single = [_readable(session, wanted.where(_EVENTS.c.sequence == sequence)) for sequence in batch]
            yield from ((sequence, found[0] if found else None) for sequence, found in zip(batch, single, strict=True))
        else:
            yield from ((row["sequence"], row) for row in rows)


def _readable(session: Session, wanted: Select[Any]) -> Sequence[Mapping[str, Any]] | None:
    try:
        return [dict(row) for row in session.execute(wanted).mappings()]
    except (ValueError, DBAPIError):
        return None
