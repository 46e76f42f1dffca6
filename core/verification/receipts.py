"""Law 6: receipts of files against themselves, their parts by currency, and what is stored."""

from typing import Any

from sqlalchemy import ColumnElement, and_, exists, func, literal, or_, select, union_all
from sqlalchemy.orm import aliased
from sqlmodel import col

from core.access.audit import Violation
from core.verification.scope import Finding, Query, Scope, finding
from models import DeletedLine, FileKind, FileStatus, OpenItem, ReceiptSum, StatementFile, Transaction

WITH_LINES = (FileStatus.STORED, FileStatus.REVERTED)

_FILE = (col(StatementFile.company_id), col(StatementFile.name))


def receipts_add_up(scope: Scope) -> Finding:
    """Law 6: a file's receipt agrees with its lines in count and in each currency; a file is taken back whole."""
    ours = col(StatementFile.company_id).in_(scope.ids)
    conserved = and_(
        col(StatementFile.new_count) + col(StatementFile.duplicate_count) + col(StatementFile.refused_count)
        == col(StatementFile.line_count),
        col(StatementFile.new_minor) + col(StatementFile.duplicate_minor) + col(StatementFile.refused_minor)
        == col(StatementFile.lines_minor),
    )
    lost = scope.first(select(*_FILE).where(ours, ~conserved))
    amount = col(Transaction.amount_minor)
    lines = scope.first(_disagreeing(Transaction, FileKind.STATEMENT, WITH_LINES, amount).where(ours))
    as_filed = func.coalesce(col(OpenItem.file_minor), col(OpenItem.amount_minor))
    items = scope.first(_disagreeing(OpenItem, FileKind.OPEN_ITEMS, (FileStatus.STORED,), as_filed).where(ours))
    split = scope.first(
        select(*_FILE)
        .join(Transaction, col(Transaction.statement_file_id) == col(StatementFile.id))
        .where(
            ours,
            or_(
                col(StatementFile.status).not_in(WITH_LINES),
                (col(StatementFile.status) == FileStatus.REVERTED) != col(Transaction.reverted_at).is_not(None),
            ),
            ~_was_deleted(),
        )
    )
    return finding(
        scope.count(select(func.count()).select_from(StatementFile).where(ours)),
        lost and Violation(6, scope.row("file", *lost), "new, duplicate and refused do not make its lines"),
        lines and Violation(6, scope.row("file", *lines), "its stored lines differ from its receipt"),
        items and Violation(6, scope.row("file", *items), "its stored items differ from its receipt"),
        split and Violation(6, scope.row("file", *split), "its lines are not stored or taken back as the file is"),
        *_sums_that_differ(scope),
    )


def _was_deleted() -> ColumnElement[bool]:
    """Whether a person deleted the line once: then it may be out of a stored file, or in from one taken back."""
    return exists().where(col(DeletedLine.transaction_id) == col(Transaction.id))


def _sums_that_differ(scope: Scope) -> list[Violation | None]:
    """Receipts by currency against the receipt of the whole file, and against the lines in the books."""
    ours = col(ReceiptSum.company_id).in_(scope.ids)
    counts = [
        (col(getattr(StatementFile, name)), func.coalesce(func.sum(col(getattr(ReceiptSum, name))), 0))
        for name in ("line_count", "new_count", "duplicate_count", "refused_count")
    ]
    apart = scope.first(
        select(*_FILE)
        .outerjoin(ReceiptSum, col(ReceiptSum.statement_file_id) == col(StatementFile.id))
        .where(col(StatementFile.company_id).in_(scope.ids))
        .group_by(col(StatementFile.id))
        .having(or_(*(whole != parts for whole, parts in counts)))
    )
    lost = scope.first(
        select(*_FILE)
        .join(ReceiptSum, col(ReceiptSum.statement_file_id) == col(StatementFile.id))
        .where(
            ours,
            or_(
                col(ReceiptSum.new_count) + col(ReceiptSum.duplicate_count) + col(ReceiptSum.refused_count)
                != col(ReceiptSum.line_count),
                col(ReceiptSum.new_minor) + col(ReceiptSum.duplicate_minor) + col(ReceiptSum.refused_minor)
                != col(ReceiptSum.lines_minor),
            ),
        )
    )
    wrong = scope.first(_currencies_that_differ(scope))
    return [
        apart and Violation(6, scope.row("file", *apart), "its receipts by currency are not the receipt of the file"),
        lost
        and Violation(6, scope.row("file", *lost), "new, duplicate and refused do not make its lines of a currency"),
        wrong and Violation(6, scope.row("file", *wrong), "its stored lines of a currency differ from its receipt"),
    ]


def _currencies_that_differ(scope: Scope) -> Query:
    """Files whose new lines of a currency are not those of the receipt; old receipts name no currency of several."""
    kept = (
        col(StatementFile.company_id).in_(scope.ids),
        col(StatementFile.kind) == FileKind.STATEMENT,
        col(StatementFile.status).in_(WITH_LINES),
    )
    unnamed = aliased(ReceiptSum)
    named = ~exists().where(
        col(unnamed.statement_file_id) == col(StatementFile.id),
        col(unnamed.currency) == "",
        col(unnamed.new_count) > 0,
    )
    lines: Query = (
        select(
            *_FILE, col(StatementFile.id).label("file"), col(Transaction.currency).label("currency"),
            literal(1).label("count"), col(Transaction.amount_minor).label("minor"),
        )
        .join(Transaction, col(Transaction.statement_file_id) == col(StatementFile.id))
        .where(*kept, named)
    )  # fmt: skip
    sums: Query = (
        select(
            *_FILE, col(StatementFile.id), col(ReceiptSum.currency), -col(ReceiptSum.new_count),
            -col(ReceiptSum.new_minor),
        )
        .join(ReceiptSum, col(ReceiptSum.statement_file_id) == col(StatementFile.id))
        .where(*kept, named)
    )  # fmt: skip
    both = union_all(lines, sums).subquery()
    return (
        select(both.c.company_id, both.c.name)
        .group_by(both.c.company_id, both.c.name, both.c.file, both.c.currency)
        .having(or_(func.sum(both.c.count) != 0, func.sum(both.c.minor) != 0))
    )


def _disagreeing(table: Any, kind: FileKind, statuses: tuple[FileStatus, ...], amount: Any) -> Query:
    """Files of a kind whose stored rows differ from the receipt in count or money."""
    count, total = func.count(col(table.id)), func.coalesce(func.sum(amount), 0)
    return (
        select(*_FILE)
        .outerjoin(table, col(table.statement_file_id) == col(StatementFile.id))
        .where(col(StatementFile.kind) == kind, col(StatementFile.status).in_(statuses))
        .group_by(col(StatementFile.id))
        .having(
            or_(
                count != col(StatementFile.new_count),
                and_(col(StatementFile.currency) != "", total != col(StatementFile.new_minor)),
            )
        )
    )
