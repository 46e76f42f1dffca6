"""The uploads of a company, newest first, without their bytes."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import select
from sqlmodel import Session, col

from core.access.roles import Action, Caller
from models import BankAccount, FileKind, FileStatus, StatementFile, User


@dataclass(frozen=True, slots=True)
class UploadedFile:
    """One upload with its receipt; amounts are minor units of `currency`, "" where the file holds several."""

    id: UUID
    name: str
    kind: FileKind
    status: FileStatus
    refusal: str
    bank_account: str  # its name; "" for several, and for open items
    currency: str
    first_on: date | None
    last_on: date | None
    line_count: int
    new_count: int
    duplicate_count: int
    refused_count: int
    new_minor: int
    size: int  # bytes
    uploaded_by: str  # display name; "" for scripts and jobs
    uploaded_at: datetime


def uploaded_files(
    session: Session, caller: Caller, company_id: UUID, *, first: int = 0, count: int = 50
) -> list[UploadedFile]:
    """A page of the history: `count` uploads after the `first` newest ones."""
    caller.require(company_id, Action.READ)
    rows = session.execute(
        select(
            col(StatementFile.id), col(StatementFile.name), col(StatementFile.kind), col(StatementFile.status),
            col(StatementFile.refusal), col(BankAccount.name).label("bank_account"), col(StatementFile.currency),
            col(StatementFile.first_on), col(StatementFile.last_on), col(StatementFile.line_count),
            col(StatementFile.new_count), col(StatementFile.duplicate_count), col(StatementFile.refused_count),
            col(StatementFile.new_minor), col(StatementFile.size), col(User.display_name).label("uploaded_by"),
            col(StatementFile.uploaded_at),
        )
        .outerjoin(BankAccount, col(BankAccount.id) == col(StatementFile.bank_account_id))
        .outerjoin(User, col(User.id) == col(StatementFile.uploaded_by))
        .where(col(StatementFile.company_id) == company_id)
        .order_by(col(StatementFile.uploaded_at).desc(), col(StatementFile.id))
        .offset(first)
        .limit(count)
    ).mappings()  # fmt: skip
    return [
        UploadedFile(
            **{
                **row,
                "kind": FileKind(row["kind"]),
                "status": FileStatus(row["status"]),
                "bank_account": row["bank_account"] or "",
                "uploaded_by": row["uploaded_by"] or "",
            }
        )
        for row in rows
    ]
