"""The forms that a ledger is exported in: which there are, what they are called, how one is written."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import IO

from core.exporting.beancount import write_beancount
from core.exporting.excel import write_excel
from core.exporting.gnucash import write_gnucash
from core.exporting.hledger import write_hledger
from core.exporting.ledger import Ledger, LedgerEntry


class ExportFormat(StrEnum):
    """As commands name them."""

    BEANCOUNT = "beancount"
    HLEDGER = "hledger"
    GNUCASH_CSV = "gnucash-csv"
    XLSX = "xlsx"


@dataclass(frozen=True, slots=True)
class Form:
    """What a person calls a form, and how its files end."""

    title: str
    ending: str
    mime: str


FORMS = {
    ExportFormat.XLSX: Form(
        "Excel", ".xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    ),
    ExportFormat.BEANCOUNT: Form("Beancount", ".beancount", "text/plain"),
    ExportFormat.HLEDGER: Form("hledger", ".journal", "text/plain"),
    ExportFormat.GNUCASH_CSV: Form("GnuCash", ".csv", "text/csv"),
}  # fmt: skip

_TEXTS: dict[ExportFormat, Callable[[Ledger], Iterator[str]]] = {
    ExportFormat.BEANCOUNT: write_beancount,
    ExportFormat.HLEDGER: write_hledger,
    ExportFormat.GNUCASH_CSV: write_gnucash,
}


@dataclass(frozen=True, slots=True)
class Exported:
    """What an export holds, counted while it was written."""

    entries: int
    lines: int


def export_ledger(ledger: Ledger, form: ExportFormat, target: IO[bytes]) -> Exported:
    """Write the whole ledger to `target`, texts in UTF-8. The ledger's entries are used up."""
    counted = _Counting(ledger)
    if form is ExportFormat.XLSX:
        write_excel(counted.ledger, target)
    else:
        for piece in _TEXTS[form](counted.ledger):
            target.write(piece.encode())
    return Exported(counted.entries, counted.lines)


class _Counting:
    """A ledger whose entries are counted on their way."""

    def __init__(self, ledger: Ledger) -> None:
        self.entries = self.lines = 0
        self.ledger = replace(ledger, entries=self._counted(ledger))

    def _counted(self, ledger: Ledger) -> Iterator[LedgerEntry]:
        for entry in ledger.entries:
            self.entries += 1
            self.lines += len(entry.lines)
            yield entry
