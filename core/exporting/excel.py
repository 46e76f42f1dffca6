"""The ledger as a workbook: entries line by line, the chart, and the balances; written row by row."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from decimal import Decimal
from typing import IO, Any

from core.exporting.ledger import EntryLine, Ledger, LedgerAccount, LedgerEntry
from core.exporting.texts import one_line
from core.money import minor_digits, to_decimal

SHEET_ROWS = 1_000_000  # a sheet holds 1,048,576; what is beyond goes to the next one
_LONGEST = 32_000  # signs of a cell; more than 32,767 is no workbook any more
ENTRY_COLUMNS = (
    "Date", "Entry", "Payee", "Memo", "Account", "Account name", "Account type", "Debit", "Credit", "Currency",
    "Bank text", "File", "File row", "Bank line", "Method", "Reverses", "Reversed by", "Replaces", "Base value",
    "Tags",
)  # fmt: skip
_WIDTHS = {"Payee": 26, "Memo": 32, "Account name": 28, "Bank text": 44, "File": 28, "Entry": 20, "Bank line": 20}

Cell = str | date | int | Decimal | None


def write_excel(ledger: Ledger, target: IO[bytes], *, sheet_rows: int = SHEET_ROWS) -> None:
    """The workbook, written to `target`. Spreadsheets keep binary fractions; the number formats round them.

    Args:
        sheet_rows: rows a sheet of entries takes, its header included.
    """
    from openpyxl.workbook.workbook import Workbook

    book: Any = Workbook(write_only=True)  # type: ignore[no-untyped-call]
    rows = _entry_rows(ledger)
    row = next(rows, None)
    number = 1
    while row is not None or number == 1:
        title = "Entries" if number == 1 else f"Entries {number}"
        sheet = _Sheet(book, title, ENTRY_COLUMNS)
        for _ in range(sheet_rows - 1):
            if row is None:
                break
            sheet.add(row, currency=str(row[9]))
            row = next(rows, None)
        number += 1
    _add_chart(book, ledger)
    _add_balances(book, ledger)
    book.save(target)


class _Sheet:
    """A sheet that grows by rows; texts stay texts even where they begin like a formula."""

    def __init__(self, book: Any, title: str, columns: Sequence[str]) -> None:
        from openpyxl.styles.fonts import Font
        from openpyxl.utils.cell import get_column_letter

        self._page = book.create_sheet(title)
        self._page.freeze_panes = "A2"
        for at, name in enumerate(columns, 1):
            self._page.column_dimensions[get_column_letter(at)].width = _WIDTHS.get(name, 13)
        self.add(columns, font=Font(bold=True))  # type: ignore[no-untyped-call]

    def add(self, values: Iterable[Cell], *, currency: str = "", font: Any = None) -> None:
        self._page.append([self._cell(value, currency, font) for value in values])

    def _cell(self, value: Cell, currency: str, font: Any) -> Any:
        from openpyxl.cell.cell import WriteOnlyCell

        text = one_line(value)[:_LONGEST] if isinstance(value, str) else value
        cell: Any = WriteOnlyCell(self._page, text)  # type: ignore[no-untyped-call]
        if isinstance(text, str):
            cell.data_type = "s"
        if isinstance(value, Decimal):
            digits = minor_digits(currency)
            cell.number_format = "#,##0" + ("." + "0" * digits if digits else "")
        if font is not None:
            cell.font = font
        return cell


def _entry_rows(ledger: Ledger) -> Iterator[tuple[Cell, ...]]:
    accounts = {account.id: account for account in ledger.accounts}
    for entry in ledger.entries:
        for line in entry.lines:
            yield _entry_row(entry, line, accounts[line.account_id], ledger.base_currency)


def _entry_row(entry: LedgerEntry, line: EntryLine, account: LedgerAccount, base: str) -> tuple[Cell, ...]:
    bank = entry.bank_line
    debit, credit = _sides(line.amount_minor, line.currency)
    return (
        entry.booked_on, entry.id, entry.payee, entry.memo, account.code, account.name, str(account.type),
        debit, credit, line.currency, bank.text if bank else "", bank.file if bank else "", bank.row if bank else None,
        bank.id if bank else "", entry.method, entry.reverses, entry.reversed_by, entry.replaces,
        None if line.value_minor is None else to_decimal(line.value_minor, base),
        ", ".join(entry.tags),
    )  # fmt: skip


def _sides(amount_minor: int, currency: str) -> tuple[Decimal | None, Decimal | None]:
    """Debit and credit, the other one empty."""
    amount = to_decimal(abs(amount_minor), currency)
    return (amount, None) if amount_minor >= 0 else (None, amount)


def _add_chart(book: Any, ledger: Ledger) -> None:
    sheet = _Sheet(book, "Accounts", ("Account", "Account name", "Account type", "Active"))
    for account in ledger.accounts:
        sheet.add((account.code, account.name, str(account.type), "yes" if account.is_active else "no"))


def _add_balances(book: Any, ledger: Ledger) -> None:
    accounts = {account.id: account for account in ledger.accounts}
    sheet = _Sheet(book, "Trial balance", ("Account", "Account name", "Debit", "Credit", "Currency"))
    for balance in ledger.balances:
        account = accounts[balance.account_id]
        sides = _sides(balance.amount_minor, balance.currency)
        sheet.add((account.code, account.name, *sides, balance.currency), currency=balance.currency)
