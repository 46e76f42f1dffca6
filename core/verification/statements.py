"""Laws 3, 4 and 9 on files and their lines, and the proofs of bank accounts."""

from datetime import date, datetime, timedelta
from hashlib import sha256
from itertools import zip_longest
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlmodel import col

from core.access.audit import Violation
from core.verification.ledger import IN_LEDGER
from core.verification.scope import Finding, Scope, finding
from models import (
    AuditEvent,
    Company,
    DeletedLine,
    FileStatus,
    JournalEntry,
    Reconciliation,
    ReconciliationStatus,
    StatementFile,
    Transaction,
)

WITH_LINES = (FileStatus.STORED, FileStatus.REVERTED)
# A unit of work takes its time at its start but may then wait for the one that closes the period.
CLOCK_GRACE = timedelta(minutes=1)

_LINE = (col(Transaction.company_id), col(Transaction.id))
_FILE = (col(StatementFile.company_id), col(StatementFile.name))


def closed_periods_are_left_alone(scope: Scope) -> Finding:
    """Law 3: by the audit log's account of what was closed when, nothing was booked or imported there meanwhile."""
    checked = 0
    violations: list[Violation | None] = []
    for company_id in scope.ids:
        timeline = _closings(scope, company_id)
        checked += len(timeline)
        for (at, closed_on), end in zip_longest(timeline, [at for at, _ in timeline[1:]]):
            if closed_on is not None:
                violations.extend(_written_meanwhile(scope, company_id, closed_on, at, end))
        violations.append(_closing_is_audited(scope, company_id, timeline[-1][1] if timeline else None))
    return finding(checked, *violations)


def _closings(scope: Scope, company_id: UUID) -> list[tuple[datetime, date | None]]:
    """When which day was set as the last closed one; None for all open."""
    rows = scope.session.execute(
        select(col(AuditEvent.at), col(AuditEvent.after))
        .where(col(AuditEvent.company_id) == company_id, col(AuditEvent.subject) == "company")
        .order_by(col(AuditEvent.sequence))
    )
    return [
        (at, date.fromisoformat(after["closed_through_on"]) if after["closed_through_on"] else None)
        for at, after in rows
        if after and "closed_through_on" in after
    ]


def _written_meanwhile(
    scope: Scope, company_id: UUID, closed_on: date, at: datetime, end: datetime | None
) -> list[Violation | None]:
    def meanwhile(moment: Any) -> ColumnElement[bool]:
        after = moment > at + CLOCK_GRACE
        return and_(after, moment < end) if end else after

    entry = scope.first(
        select(col(JournalEntry.company_id), col(JournalEntry.id)).where(
            col(JournalEntry.company_id) == company_id,
            col(JournalEntry.status).in_(IN_LEDGER),
            col(JournalEntry.booked_on) <= closed_on,
            meanwhile(col(JournalEntry.posted_at)),
        )
    )
    line = scope.first(
        select(*_LINE)
        .join(StatementFile, col(StatementFile.id) == col(Transaction.statement_file_id))
        .where(
            col(Transaction.company_id) == company_id,
            col(Transaction.booked_on) <= closed_on,
            or_(meanwhile(col(StatementFile.uploaded_at)), meanwhile(col(Transaction.reverted_at))),
        )
    )
    deletion = scope.first(
        select(*_LINE)
        .join(DeletedLine, col(DeletedLine.transaction_id) == col(Transaction.id))
        .where(
            col(Transaction.company_id) == company_id,
            col(Transaction.booked_on) <= closed_on,
            or_(meanwhile(col(DeletedLine.deleted_at)), meanwhile(col(DeletedLine.restored_at))),
        )
    )
    what = f"while the books were closed through {closed_on}"
    return [
        entry and Violation(3, scope.entry(*entry), f"it was posted {what}"),
        line and Violation(3, scope.line(*line), f"it was imported or taken back {what}"),
        deletion and Violation(3, scope.line(*deletion), f"it was deleted or restored {what}"),
    ]


def _closing_is_audited(scope: Scope, company_id: UUID, last: date | None) -> Violation | None:
    stored = scope.session.execute(
        select(col(Company.closed_through_on)).where(col(Company.id) == company_id)
    ).scalar_one()
    if stored == last:
        return None
    where = f"company {scope.slugs[company_id]}"
    return Violation(8, where, f"it is closed through {stored}, but the audit log says {last}")


def bank_lines_are_stored_once(scope: Scope) -> Finding:
    """Law 4: no two lines of a bank account that were not taken back have the same fingerprint."""
    live = (col(Transaction.company_id).in_(scope.ids), col(Transaction.reverted_at).is_(None))
    twice = scope.first(
        select(col(Transaction.company_id), func.min(col(Transaction.fingerprint)))
        .where(*live)
        .group_by(col(Transaction.company_id), col(Transaction.bank_account_id), col(Transaction.fingerprint))
        .having(func.count() > 1)
    )
    return finding(
        scope.count(select(func.count()).select_from(Transaction).where(*live)),
        twice and Violation(4, scope.row("fingerprint", *twice), "two live lines of a bank account have it"),
    )


def deletions_hold(scope: Scope) -> Finding:
    """Law 4: a deleted line is out of the books until it is restored, and in them from then on."""
    ours = col(DeletedLine.company_id).in_(scope.ids)
    joined = select(*_LINE).join(DeletedLine, col(DeletedLine.transaction_id) == col(Transaction.id)).where(ours)
    same = col(Transaction.reverted_at) == col(DeletedLine.deleted_at)
    standing = col(DeletedLine.restored_at).is_(None)
    live = scope.first(joined.where(standing, or_(col(Transaction.reverted_at).is_(None), ~same)))
    gone = scope.first(joined.where(~standing, same))
    return finding(
        scope.count(select(func.count()).select_from(DeletedLine).where(ours)),
        live and Violation(4, scope.line(*live), "it is deleted, but not taken out at that moment"),
        gone and Violation(4, scope.line(*gone), "its deletion was lifted, but it is still out of the books"),
    )


def bytes_are_kept(scope: Scope) -> Finding:
    """Law 9: the bytes of every stored file have its size and its SHA-256; those of a duplicate are kept once."""
    ours = col(StatementFile.company_id).in_(scope.ids)
    columns = (*_FILE, col(StatementFile.status), col(StatementFile.size), col(StatementFile.sha256))
    checked, broken = 0, None
    rows = scope.session.execute(
        select(*columns, col(StatementFile.content)).where(ours).order_by(col(StatementFile.id)),
        execution_options={"yield_per": 16},  # files are large, one by one
    )
    digests: dict[UUID, set[str]] = {}
    without: list[Any] = []
    for company_id, name, status, size, digest, content in rows:
        checked += 1
        if content is None:
            if status != FileStatus.REFUSED:
                without.append((company_id, name, digest))
            continue
        digests.setdefault(company_id, set()).add(digest)
        if broken is None and (len(content) != size or sha256(content).hexdigest() != digest):
            broken = Violation(9, scope.row("file", company_id, name), "its bytes do not have its size and digest")
    gone = next((row for row in without if row[2] not in digests.get(row[0], ())), None)
    return finding(
        checked,
        broken,
        Violation(9, scope.row("file", gone[0], gone[1]), "its bytes are not kept anywhere") if gone else None,
    )


def closed_proofs_hold(scope: Scope) -> Finding:
    """Law 10: a closed proof of a bank account explains its closing balance, where the statement states both."""
    closed = (
        col(Reconciliation.company_id).in_(scope.ids),
        col(Reconciliation.status) == ReconciliationStatus.CLOSED,
    )
    off = scope.first(
        select(col(Reconciliation.company_id), col(Reconciliation.id)).where(
            *closed,
            col(Reconciliation.opening_minor) + col(Reconciliation.lines_minor) != col(Reconciliation.closing_minor),
        )
    )
    return finding(
        scope.count(select(func.count()).select_from(Reconciliation).where(*closed)),
        off and Violation(10, scope.row("reconciliation", *off), "opening balance and lines do not make the closing"),
    )
