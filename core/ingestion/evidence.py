"""Every uploaded file as it came: a row in the history with its receipt, and its bytes, kept once."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlmodel import Session, col

from core.access.audit import record
from core.access.roles import Action, Caller
from core.errors import NotFound
from core.ingestion.raw_file import RawFile
from core.ingestion.receipts import AccountSums, ImportReceipt, by_currency
from core.posting.writing import new_keys
from core.problems import Problem, Severity
from core.storage import WriteColumns
from models import FileKind, FileStatus, ReceiptSum, StatementFile

FIGURES = (
    "line_count", "new_count", "duplicate_count", "refused_count", "lines_minor", "new_minor", "duplicate_minor",
    "refused_minor",
)  # fmt: skip # the columns of AccountSums.figures
NAME_LENGTH = 255
_WARNINGS_KEPT = 200  # of a file; the first ones tell what is wrong
_FAULTY_KEPT = 2_000  # rows that could not be read; more of them speak against the file, not the rows
_TEXT_LENGTH = 200  # signs of a faulty row that are kept with its problem

_ACTIONS = {
    FileStatus.STORED: "file stored",
    FileStatus.DUPLICATE: "file was stored before",
    FileStatus.REFUSED: "file refused",
}


def keep_file(
    session: Session,
    caller: Caller,
    company_id: UUID,
    file: RawFile,
    receipt: ImportReceipt,
    *,
    kind: FileKind,
    problems: Iterable[Problem] = (),
    facts: Mapping[str, Any] | None = None,
    write: WriteColumns,
    now: datetime,
) -> None:
    """Write the file's row with its receipt. The bytes go along unless another row of the company has them.

    Args:
        facts: further columns of the row, such as format, layout and balances.
    """
    held = receipt.status is not FileStatus.STORED and _has_bytes(session, company_id, file.digest)
    row = {
        "id": receipt.file_id,
        "company_id": company_id,
        "bank_account_id": receipt.bank_account_ids[0] if len(receipt.bank_account_ids) == 1 else None,
        "name": receipt.name,
        "sha256": file.digest,
        "size": len(file.content),
        "content": None if held else file.content,
        "kind": kind,
        "status": receipt.status,
        "refusal": receipt.refusal.replace("\x00", ""),
        "problems": _described(problems),
        "currency": receipt.currency,
        "first_on": receipt.period.first_on if receipt.period else None,
        "last_on": receipt.period.last_on if receipt.period else None,
        **dict(zip(FIGURES, receipt.total.figures, strict=True)),
        "uploaded_by": caller.user_id,
        "uploaded_at": now,
        **(facts or {}),
    }
    write(session, StatementFile, {name: [value] for name, value in row.items()})
    count = len(receipt.sums)
    columns: dict[str, Sequence[Any]] = {
        "id": new_keys(count),
        "company_id": [company_id] * count,
        "statement_file_id": [receipt.file_id] * count,
        "bank_account_id": [one.bank_account_id for one in receipt.sums],
        "currency": [one.currency for one in receipt.sums],
    }
    figures = zip(FIGURES, zip(*(one.figures for one in receipt.sums), strict=True), strict=False)
    write(session, ReceiptSum, columns | dict(figures))


def load_sums(session: Session, company_id: UUID, file_ids: Collection[UUID]) -> dict[UUID, tuple[AccountSums, ...]]:
    """The receipts of files by bank account and currency; files without a line have none."""
    found: dict[UUID, tuple[AccountSums, ...]] = {}
    rows = session.execute(
        select(
            col(ReceiptSum.statement_file_id), col(ReceiptSum.bank_account_id), col(ReceiptSum.currency),
            *(col(getattr(ReceiptSum, name)) for name in FIGURES),
        )
        .where(col(ReceiptSum.company_id) == company_id, col(ReceiptSum.statement_file_id).in_(file_ids))
        .order_by(col(ReceiptSum.currency), col(ReceiptSum.bank_account_id))
    ).all()  # fmt: skip
    for file_id, owner, currency, *figures in rows:
        found[file_id] = (*found.get(file_id, ()), AccountSums(owner, currency, *figures))
    return found


def record_file(
    session: Session,
    caller: Caller,
    company_id: UUID,
    file: RawFile,
    receipt: ImportReceipt,
    *,
    rows_digest: str = "",
    now: datetime,
) -> None:
    """One audit event for the file; `rows_digest` covers the rows that came from it."""
    after = {
        "name": receipt.name,
        "sha256": file.digest,
        "status": receipt.status,
        "lines": receipt.line_count,
        "new": receipt.new_count,
        "duplicate": receipt.duplicate_count,
        "refused": receipt.refused_count,
        "new_minor": {one.currency: one.new_minor for one in by_currency(receipt.sums)},
        "refusal": receipt.refusal,
    }
    record(
        session, caller, company_id=company_id, action=_ACTIONS[receipt.status], subject="statement_file",
        subject_id=receipt.file_id, after=after, row_count=receipt.new_count, rows_digest=rows_digest, now=now,
    )  # fmt: skip


def storable(texts: list[str]) -> list[str]:
    """The texts without the sign U+0000, which PostgreSQL cannot hold."""
    if "\x00" in "".join(texts):
        return [text.replace("\x00", "") for text in texts]
    return texts


def plain_name(name: str) -> str:
    """The file's name without folders and control signs, cut to what the table holds."""
    last = name.replace("\\", "/").rsplit("/", 1)[-1]
    return "".join(sign for sign in last if sign.isprintable())[-NAME_LENGTH:] or "unnamed"


def original_bytes(session: Session, caller: Caller, company_id: UUID, file_id: UUID) -> tuple[str, bytes]:
    """Name and bytes of an uploaded file exactly as they came, refused and duplicate ones included.

    Raises:
        NotFound, AccessDenied.
    """
    caller.require(company_id, Action.READ)
    row = session.execute(
        select(col(StatementFile.name), col(StatementFile.sha256), col(StatementFile.content)).where(
            col(StatementFile.company_id) == company_id, col(StatementFile.id) == file_id
        )
    ).one_or_none()
    if row is None:
        raise NotFound("file", str(file_id))
    content = row.content
    if content is None:
        twin = select(col(StatementFile.content)).where(_same_bytes(company_id, row.sha256)).limit(1)
        content = session.execute(twin).scalar_one()
    return row.name, bytes(content)


def _has_bytes(session: Session, company_id: UUID, digest: str) -> bool:
    wanted = select(col(StatementFile.id)).where(_same_bytes(company_id, digest)).limit(1)
    return session.execute(wanted).first() is not None


def _same_bytes(company_id: UUID, digest: str) -> Any:
    return (
        (col(StatementFile.company_id) == company_id)
        & (col(StatementFile.sha256) == digest)
        & col(StatementFile.content).is_not(None)
    )


def _cut(text: str) -> str:
    return text[:_TEXT_LENGTH].replace("\x00", "")


def _described(problems: Iterable[Problem]) -> list[dict[str, Any]]:
    found = list(problems)
    faulty = [problem for problem in found if problem.severity is Severity.ERROR]
    warnings = [problem for problem in found if problem.severity is not Severity.ERROR]
    kept = faulty[:_FAULTY_KEPT] + warnings[:_WARNINGS_KEPT]
    described: list[dict[str, Any]] = [
        {"row": p.row, "message": p.message, "severity": p.severity.value, "text": _cut(p.text)} for p in kept
    ]
    if len(found) > len(kept):
        more = f"{len(found) - len(kept)} more problems are not listed."
        described.append({"row": 0, "message": more, "severity": "warning", "text": ""})
    return described
