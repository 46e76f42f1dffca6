"""Files of one March, and storing them as a page does."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from sqlmodel import col, select

from core.access.roles import Caller
from core.ingestion.importing import store_previews
from core.ingestion.previewing import preview_files
from core.ingestion.raw_file import RawFile
from core.ingestion.receipts import ImportReceipt
from db.bulk import write_columns
from db.engine import snapshot, unit_of_work
from models import (
    BankAccount,
    Table,
    Transaction,
)
from tests import builders
from tests.builders import Books

Line = tuple[str, str, str]  # day of March 2024, amount, text

MARCH: list[Line] = [
    ("01", "-4.50", "BLUE BOTTLE 8837"),
    ("01", "-4.50", "BLUE BOTTLE 8837"),
    ("13", "1200.00", "INVOICE 17 ACME"),
    ("20", "-99.90", "ADOBE CREATIVE"),
    ("28", "-15.00", "MONTHLY FEE"),
]


def csv_file(lines: Sequence[Line], name: str = "march.csv", month: str = "03") -> RawFile:
    rows = [f"2024-{month}-{day},{text},{amount}" for day, amount, text in lines]
    return RawFile(name, "\n".join(["Date,Description,Amount", *rows, ""]).encode())


def balanced_file(lines: Sequence[Line], name: str = "march.csv", opening: int = 100_000) -> RawFile:
    """The same with a running balance."""
    rows, balance = [], opening
    for day, amount, text in lines:
        balance += round(float(amount) * 100)
        rows.append(f"2024-03-{day},{text},{amount},{balance / 100:.2f}")
    return RawFile(name, "\n".join(["Date,Description,Amount,Balance", *rows, ""]).encode())


def ofx_file(lines: Sequence[Line], name: str = "march.ofx", number: str = "111222333", ids: str = "f") -> RawFile:
    made = "".join(
        f"<STMTTRN><TRNTYPE>OTHER<DTPOSTED>202403{day}<TRNAMT>{amount}<FITID>{ids}{place}<NAME>{text.title()} X"
        for place, (day, amount, text) in enumerate(lines)
    )
    return RawFile(
        name,
        (
            "OFXHEADER:100\nDATA:OFXSGML\n\n<OFX><BANKMSGSRSV1><STMTTRNRS><STMTRS><CURDEF>USD"
            f"<BANKACCTFROM><ACCTID>{number}</BANKACCTFROM><BANKTRANLIST>{made}</BANKTRANLIST>"
            "</STMTRS></STMTTRNRS></BANKMSGSRSV1></OFX>"
        ).encode(),
    )


def found_books(**given: Any) -> Books:
    with unit_of_work() as session:
        return builders.books(session, **given)


def second_account(books: Books, **given: Any) -> BankAccount:
    with unit_of_work() as session:
        ledger = builders.account(session, books.company_id, code="2100", role="bank", type="liability")
        return builders.bank_account(session, ledger, **given)


def by(books: Books, **given: Any) -> Caller:
    return builders.caller(books.company_id, **given)


clock = iter(builders.NOW + timedelta(minutes=minute) for minute in range(100_000))


def store(books: Books, *files: RawFile, write: Any = write_columns, **choice: Any) -> list[ImportReceipt]:
    """Preview in a snapshot and store in a unit of work, as a page does."""
    with snapshot() as session:
        previews = preview_files(session, by(books), books.company_id, files, **choice)
    with unit_of_work() as session:
        return store_previews(session, by(books), books.company_id, previews, write=write, now=next(clock))


def live_lines(books: Books) -> list[tuple[date, int, str]]:
    with snapshot() as session:
        rows = session.exec(
            select(Transaction.booked_on, Transaction.amount_minor, Transaction.description)
            .where(col(Transaction.company_id) == books.company_id, col(Transaction.reverted_at).is_(None))
            .order_by(col(Transaction.booked_on), col(Transaction.amount_minor), col(Transaction.description))
        ).all()
    return [(day, amount, text) for day, amount, text in rows]


def expected(lines: Sequence[Line]) -> list[tuple[date, int, str]]:
    return sorted((date(2024, 3, int(day)), round(float(amount) * 100), text) for day, amount, text in lines)


def counts(receipt: ImportReceipt) -> tuple[str, int, int, int]:
    return str(receipt.status), receipt.new_count, receipt.duplicate_count, receipt.refused_count


def all_of(table: type[Table]) -> list[Any]:
    with snapshot() as session:
        return list(session.exec(select(table)).all())
