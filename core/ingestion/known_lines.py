"""What the books hold of some bank accounts in some days, as deep as telling duplicates needs it."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from sqlalchemy import ColumnElement, and_, case, false, func, or_, select
from sqlmodel import Session, col

from core.ingestion.duplicates import KnownLines
from core.ingestion.line_facts import LineFacts, Source, identity_text, source_of
from core.period import Period
from models import DeletedLine, Reconciliation, StatementFile, Transaction

_GAP = timedelta(days=31)  # days between two periods that are read along rather than asked for apart

Span = tuple[UUID, date, date]  # bank account, first and last day


@dataclass(frozen=True, slots=True)
class BooksMark:
    """How many lines came in these spans, and how many of those are known, a bank account.

    Lines are only ever added and taken back, so equal counts mean that nothing changed in between. Deleting a line and
    restoring it leaves it known.
    """

    spans: tuple[Span, ...]
    counts: tuple[tuple[UUID, int, int], ...]


def spans_of(periods: Iterable[tuple[UUID, Period]]) -> tuple[Span, ...]:
    """The days to be asked for, a bank account: periods that touch or nearly touch become one."""
    by_account: dict[UUID, list[Period]] = defaultdict(list)
    for account, period in periods:
        by_account[account].append(period)
    spans: list[Span] = []
    for account in sorted(by_account):
        merged: list[Period] = []
        for period in sorted(by_account[account]):
            if merged and period.first_on <= merged[-1].last_on + _GAP:
                merged[-1] = Period(merged[-1].first_on, max(merged[-1].last_on, period.last_on))
            else:
                merged.append(period)
        spans += [(account, period.first_on, period.last_on) for period in merged]
    return tuple(spans)


def read_mark(session: Session, company_id: UUID, spans: tuple[Span, ...]) -> BooksMark:
    """The mark of these spans as the books are now."""
    rows = session.execute(
        select(
            col(Transaction.bank_account_id),
            func.count(col(Transaction.id)),
            func.count(case((_is_known(company_id), 1))),
        )
        .where(_within(company_id, spans))
        .group_by(col(Transaction.bank_account_id))
    ).all()
    return BooksMark(spans, tuple(sorted((account, total, known) for account, total, known in rows)))


def load_known(session: Session, company_id: UUID, spans: Sequence[Span]) -> defaultdict[UUID, KnownLines]:
    """The live and the deleted lines of these spans, a bank account; accounts without any get an empty answer."""
    known: defaultdict[UUID, KnownLines] = defaultdict(KnownLines)
    rows = session.execute(
        select(
            col(Transaction.bank_account_id), col(Transaction.statement_file_id), col(Transaction.booked_on),
            col(Transaction.amount_minor), col(Transaction.description), col(Transaction.reference),
            col(Transaction.bank_id), col(Transaction.balance_minor), col(Transaction.fingerprint),
        )
        .where(_within(company_id, spans), _is_known(company_id))
        .order_by(col(Transaction.booked_on), col(Transaction.row))
    ).all()  # fmt: skip
    sources = _sources(session, company_id, {row[1] for row in rows})
    for account, file, day, amount, description, reference, bank_id, balance, fingerprint in rows:
        text = identity_text(description, reference)
        facts = LineFacts(day, amount, text, bank_id, balance, sources[file], fingerprint, description)
        known[account].add([facts])
    for account, first, last in _file_periods(session, company_id, spans):
        known[account].files.periods.append(Period(first, last))
    return known


def _is_known(company_id: UUID) -> ColumnElement[bool]:
    """Whether a line is in the books, or would be had a person not deleted it."""
    deleted = select(col(DeletedLine.transaction_id)).where(
        col(DeletedLine.company_id) == company_id, col(DeletedLine.restored_at).is_(None)
    )
    return or_(col(Transaction.reverted_at).is_(None), col(Transaction.id).in_(deleted))


def _file_periods(session: Session, company_id: UUID, spans: Sequence[Span]) -> list[Span]:
    """Bank account, first and last day of the stored statements that reach into these spans and lack no row."""
    reaching = [
        and_(
            col(Reconciliation.bank_account_id) == account,
            col(Reconciliation.first_on) <= last,
            col(Reconciliation.last_on) >= first,
        )
        for account, first, last in spans
    ]
    rows = session.execute(
        select(col(Reconciliation.bank_account_id), col(Reconciliation.first_on), col(Reconciliation.last_on))
        .join(StatementFile, col(StatementFile.id) == col(Reconciliation.statement_file_id))
        .where(
            col(Reconciliation.company_id) == company_id, or_(false(), *reaching), col(StatementFile.refused_count) == 0
        )
        .distinct()
    ).all()
    return [(account, first, last) for account, first, last in rows]


def _within(company_id: UUID, spans: Sequence[Span]) -> ColumnElement[bool]:
    days = [
        and_(col(Transaction.bank_account_id) == account, col(Transaction.booked_on).between(first, last))
        for account, first, last in spans
    ]
    return and_(col(Transaction.company_id) == company_id, or_(false(), *days))


def _sources(session: Session, company_id: UUID, files: set[UUID]) -> Mapping[UUID, Source]:
    if not files:
        return {}
    rows = session.execute(
        select(col(StatementFile.id), col(StatementFile.format), col(StatementFile.layout)).where(
            col(StatementFile.company_id) == company_id, col(StatementFile.id).in_(files)
        )
    ).all()
    return {key: source_of(format_name, layout) for key, format_name, layout in rows}
