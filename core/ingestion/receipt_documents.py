"""The conservation receipt of a file as a document: JSON for programs, plain text to be filed."""

import json
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlmodel import Session, col

from core.access.roles import Caller
from core.errors import NotFound
from core.ingestion.import_history import ImportRecord, list_imports
from core.ingestion.receipts import AccountSums, by_currency
from core.money import decimal_text
from models import BankAccount, Company, StatementFile

_PARTS = ("new", "duplicate", "refused", "lines")
_WORDS = {"new": "New", "duplicate": "Stored before", "refused": "Refused", "lines": "Lines of the file"}


def receipt_document(session: Session, caller: Caller, company_id: UUID, file_id: UUID) -> bytes:
    """The receipt as JSON in UTF-8.

    Money is text with the digits of its currency; `sums` has an element a bank account and currency, `currencies` one
    a currency. Rows that cannot be read count with a money of 0, since nothing else of it is known.

    Raises:
        NotFound, AccessDenied.
    """
    return json.dumps(_described(session, caller, company_id, file_id), ensure_ascii=False, indent=2).encode()


def receipt_sheet(session: Session, caller: Caller, company_id: UUID, file_id: UUID) -> bytes:
    """The same as plain text in UTF-8, for the bookkeeper's files. Raises NotFound, AccessDenied."""
    return "\n".join([*_sheet(_described(session, caller, company_id, file_id)), ""]).encode()


def _described(session: Session, caller: Caller, company_id: UUID, file_id: UUID) -> dict[str, Any]:
    found = list_imports(session, caller, company_id, file_ids=[file_id])
    if not found:
        raise NotFound("file", str(file_id))
    file = found[0]
    digest, layout, company = session.execute(
        select(col(StatementFile.sha256), col(StatementFile.layout), col(Company.name))
        .join(Company, col(Company.id) == col(StatementFile.company_id))
        .where(col(StatementFile.company_id) == company_id, col(StatementFile.id) == file_id)
    ).one()
    names = _account_names(session, company_id)
    return {
        "company": company,
        "file": file.name,
        "id": file.file_id.hex,
        "sha256": digest,
        "size": file.size,
        "status": file.status.value,
        "uploaded_by": file.uploaded_by or None,
        "uploaded_at": file.uploaded_at.isoformat(),
        "taken_back_at": file.reverted_at.isoformat() if file.reverted_at else None,
        "kind": file.kind.value,
        "format": file.format or None,
        "layout": layout or None,
        "first_date": file.period.first_on.isoformat() if file.period else None,
        "last_date": file.period.last_on.isoformat() if file.period else None,
        **_balances(file),
        "sums": [{"bank_account": names.get(one.bank_account_id), **_figures(one)} for one in file.sums],
        "currencies": [_figures(one) for one in by_currency(file.sums)],
        "conservation": _conservation(file),
        "refusal": file.refusal or None,
        "problems": list(file.problems),
    }


def _account_names(session: Session, company_id: UUID) -> dict[UUID | None, str]:
    rows = session.execute(
        select(col(BankAccount.id), col(BankAccount.code), col(BankAccount.name)).where(
            col(BankAccount.company_id) == company_id
        )
    )
    return {key: f"{code} {name}" for key, code, name in rows}


def _balances(file: ImportRecord) -> dict[str, str | None]:
    stated = {"opening_balance": file.opening_minor, "closing_balance": file.closing_minor}
    return {name: None if minor is None else decimal_text(minor, file.currency) for name, minor in stated.items()}


def _figures(sums: AccountSums) -> dict[str, Any]:
    """Counts, and sums as text; where no currency is known an amount cannot be written, so it is null unless 0."""
    counts = (sums.new_count, sums.duplicate_count, sums.refused_count, sums.line_count)
    minors = (sums.new_minor, sums.duplicate_minor, sums.refused_minor, sums.lines_minor)
    described: dict[str, Any] = {"currency": sums.currency or None}
    for part, count, minor in zip(_PARTS, counts, minors, strict=True):
        described[part] = count
        described[f"{part}_sum"] = decimal_text(minor, sums.currency) if sums.currency or not minor else None
    return described


def _conservation(file: ImportRecord) -> str:
    """What the receipt states, as a sentence: nothing of the file went missing."""
    counted = (
        f"{file.new_count} new + {file.duplicate_count} stored before + {file.refused_count} refused"
        f" = {file.line_count} lines of the file"
    )
    money = [
        f"{decimal_text(one.new_minor, one.currency)} + {decimal_text(one.duplicate_minor, one.currency)}"
        f" + {decimal_text(one.refused_minor, one.currency)} = {decimal_text(one.lines_minor, one.currency)}"
        f" {one.currency}"
        for one in by_currency(file.sums)
        if one.currency
    ]
    return "; ".join([counted, *money]) + "."


def _sheet(receipt: dict[str, Any]) -> list[str]:
    facts = (
        ("Company", receipt["company"]),
        ("File", receipt["file"]),
        ("SHA-256", receipt["sha256"]),
        ("Size", f"{receipt['size']:,} bytes"),
        ("Status", receipt["status"]),
        ("Uploaded", " by ".join(filter(None, (receipt["uploaded_at"], receipt["uploaded_by"])))),
        ("Taken back", receipt["taken_back_at"]),
        ("Format", receipt["format"]),
        ("Period", " to ".join(filter(None, (receipt["first_date"], receipt["last_date"])))),
        ("Opening balance", receipt["opening_balance"]),
        ("Closing balance", receipt["closing_balance"]),
        ("Refusal", receipt["refusal"]),
    )
    lines = ["CONSERVATION RECEIPT", "", *(f"{name + ':':<18}{value}" for name, value in facts if value)]
    for one in receipt["sums"]:
        owner = one["bank_account"] or "No bank account"
        lines += ["", f"{owner}, {one['currency'] or 'currency unknown'}"]
        lines += [f"  {_WORDS[part]:<20}{one[part]:>9,}{one[f'{part}_sum'] or '':>20}" for part in _PARTS]
    lines += ["", receipt["conservation"]]
    for problem in receipt["problems"]:
        place = f"row {problem['row']}" if problem["row"] else "the file"
        lines += ["", f"{problem['severity'].upper()}, {place}: {problem['message']}"]
        lines += [f"  {problem['text']}"] if problem.get("text") else []
    return lines
