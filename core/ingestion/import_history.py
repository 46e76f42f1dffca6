"""The files of a company as they were uploaded: what became of each. Their bytes are read by `original_bytes`."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlmodel import Session, col

from core.access.roles import Action, Caller
from core.ingestion.evidence import load_sums
from core.ingestion.receipts import AccountSums
from core.period import Period
from models import BankAccount, FileKind, FileStatus, StatementFile, User


@dataclass(frozen=True, slots=True)
class ImportRecord:
    """An uploaded file with its receipt: new + duplicate + refused = lines, in count and in minor units of `currency`.

    Where the file holds several currencies its sums of money are 0; `sums` has the receipt a bank account and currency.

    `bank_account` is "" for several accounts, open items, and files that found no account. `problems` are those of
    the file with "row", "message" and "severity". `currency` "" means several, or none that is known.
    """

    file_id: UUID
    name: str
    kind: FileKind
    status: FileStatus
    format: str
    bank_account: str
    currency: str
    period: Period | None
    line_count: int
    new_count: int
    duplicate_count: int
    refused_count: int
    lines_minor: int
    new_minor: int
    duplicate_minor: int
    refused_minor: int
    sums: tuple[AccountSums, ...]
    opening_minor: int | None
    closing_minor: int | None
    refusal: str
    problems: tuple[dict[str, Any], ...]
    size: int  # bytes
    uploaded_by: str  # "" for scripts and jobs
    uploaded_at: datetime
    reverted_at: datetime | None


def list_imports(
    session: Session, caller: Caller, company_id: UUID, *, file_ids: Collection[UUID] | None = None, most: int = 200
) -> list[ImportRecord]:
    """The company's files, the newest first, at most `most`; only those of `file_ids` where given.

    Raises:
        NotFound, AccessDenied.
    """
    caller.require(company_id, Action.READ)
    query: Any = (
        select(
            col(StatementFile.id), col(StatementFile.name), col(StatementFile.kind), col(StatementFile.status),
            col(StatementFile.format), col(BankAccount.name).label("bank_account"), col(StatementFile.currency),
            col(StatementFile.first_on), col(StatementFile.last_on),
            col(StatementFile.line_count), col(StatementFile.new_count),
            col(StatementFile.duplicate_count), col(StatementFile.refused_count), col(StatementFile.lines_minor),
            col(StatementFile.new_minor), col(StatementFile.duplicate_minor), col(StatementFile.refused_minor),
            col(StatementFile.opening_minor), col(StatementFile.closing_minor), col(StatementFile.refusal),
            col(StatementFile.problems), col(StatementFile.size), col(User.display_name),
            col(StatementFile.uploaded_at), col(StatementFile.reverted_at),
        )
        .outerjoin(BankAccount, col(BankAccount.id) == col(StatementFile.bank_account_id))
        .outerjoin(User, col(User.id) == col(StatementFile.uploaded_by))
        .where(col(StatementFile.company_id) == company_id)
        .order_by(col(StatementFile.uploaded_at).desc(), col(StatementFile.id))
        .limit(most)
    )  # fmt: skip
    if file_ids is not None:
        query = query.where(col(StatementFile.id).in_(file_ids))
    rows = session.execute(query).all()
    sums = load_sums(session, company_id, [row.id for row in rows])
    return [_record(row, sums.get(row.id, ())) for row in rows]


def _record(row: Any, sums: tuple[AccountSums, ...]) -> ImportRecord:
    return ImportRecord(
        file_id=row.id,
        name=row.name,
        kind=FileKind(row.kind),
        status=FileStatus(row.status),
        format=row.format,
        bank_account=row.bank_account or "",
        currency=row.currency,
        period=Period(row.first_on, row.last_on) if row.first_on and row.last_on else None,
        line_count=row.line_count,
        new_count=row.new_count,
        duplicate_count=row.duplicate_count,
        refused_count=row.refused_count,
        lines_minor=row.lines_minor,
        new_minor=row.new_minor,
        duplicate_minor=row.duplicate_minor,
        refused_minor=row.refused_minor,
        sums=sums,
        opening_minor=row.opening_minor,
        closing_minor=row.closing_minor,
        refusal=row.refusal,
        problems=tuple(row.problems or ()),
        size=row.size,
        uploaded_by=row.display_name or "",
        uploaded_at=row.uploaded_at,
        reverted_at=row.reverted_at,
    )
