"""What became of a file, as the JSON that commands and the API answer."""

from typing import Any

from core.errors import AmbiguousStatement, BankAccountUnclear, InvalidLines
from core.ingestion.receipts import AccountSums, ImportReceipt, by_currency
from core.money import decimal_text

_ROWS_TOLD = 200


def describe_receipt(receipt: ImportReceipt) -> dict[str, Any]:
    """The receipt: lines in count, and as money with the currency's digits.

    Sums are null where the file holds several currencies; `currencies` has them apart. A refused file has `error`, and
    what is behind it: the readings or bank accounts that remain under `candidates`, faulty rows under `problems`.
    """
    described: dict[str, Any] = {
        "file": receipt.name,
        "id": receipt.file_id.hex,
        "status": receipt.status.value,
        "currency": receipt.currency or None,
        "first_date": receipt.period.first_on.isoformat() if receipt.period else None,
        "last_date": receipt.period.last_on.isoformat() if receipt.period else None,
        "new": receipt.new_count,
        "duplicate": receipt.duplicate_count,
        "rejected": receipt.refused_count,
        "lines": receipt.line_count,
        "new_sum": _money(receipt.new_minor, receipt.currency),
        "duplicate_sum": _money(receipt.duplicate_minor, receipt.currency),
        "rejected_sum": _money(receipt.refused_minor, receipt.currency),
        "sum": _money(receipt.lines_minor, receipt.currency),
    }
    if len(apart := by_currency(receipt.sums)) > 1:
        described["currencies"] = [describe_sums(one) for one in apart]
    if receipt.error:
        described["error"] = receipt.refusal
    if isinstance(receipt.error, AmbiguousStatement | BankAccountUnclear):
        described["candidates"] = receipt.error.candidates
    if isinstance(receipt.error, InvalidLines):
        described["problems"] = [
            {"row": row, "severity": "error", "message": message} for row, message in receipt.error.rows[:_ROWS_TOLD]
        ]
    return described


def describe_sums(sums: AccountSums) -> dict[str, Any]:
    """New + duplicate + rejected = lines of one currency, in count and in money."""
    return {
        "currency": sums.currency or None,
        "new": sums.new_count,
        "duplicate": sums.duplicate_count,
        "rejected": sums.refused_count,
        "lines": sums.line_count,
        "new_sum": _money(sums.new_minor, sums.currency),
        "duplicate_sum": _money(sums.duplicate_minor, sums.currency),
        "rejected_sum": _money(sums.refused_minor, sums.currency),
        "sum": _money(sums.lines_minor, sums.currency),
    }


def describe_missing(name: str) -> dict[str, Any]:
    """A file that is not there."""
    return {"file": name, "status": "refused", "error": f"{name}: there is no such file."}


def _money(minor: int, currency: str) -> str | None:
    return decimal_text(minor, currency) if currency or not minor else None
