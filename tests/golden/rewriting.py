"""One read statement file, written again in the habits of another bank, with the same facts in it."""

import csv
import io
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal

from core.ingestion.formats.tabular.amounts import read_amount
from core.ingestion.formats.tabular.dates import read_parts, to_date
from core.ingestion.formats.tabular.decoding import decode
from core.ingestion.formats.tabular.records import split_records
from core.ingestion.formats.tabular.table import cut_at
from core.ingestion.layout import Layout

MONTHS = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split()  # noqa: SIM905
# Words of other banks for each role; the first is plain English, the last is of no language.
SYNONYMS = {
    "date": ["Booking Date", "Buchungstag", "Fecha contable", "Date comptable", "Data contabile", "Boekdatum", "Zorp"],
    "value_date": ["Value Date", "Wertstellung", "Fecha valor", "Date valeur", "Data valuta", "Rentedatum", "Zarp"],
    "amount": ["Amount", "Betrag", "Importe", "Montant", "Importo", "Bedrag", "Quux"],
    "debit": ["Withdrawals", "Soll", "Cargo", "Débit", "Addebiti", "Af", "Quox"],
    "credit": ["Deposits", "Haben", "Abono", "Crédit", "Accrediti", "Bij", "Quix"],
    "balance": ["Balance", "Saldo", "Saldo", "Solde", "Saldo contabile", "Saldo", "Quax"],
    "currency": ["Currency", "Währung", "Divisa", "Devise", "Valuta", "Munt", "Wux"],
    "direction": ["D/C", "Soll/Haben", "Tipo", "Sens", "D/C", "Af Bij", "Wex"],
    "fee": ["Fee", "Gebühr", "Comisión", "Frais", "Commissione", "Kosten", "Wax"],
    "account": ["Account", "Auftragskonto", "Cuenta", "Compte", "Conto", "Rekening", "Wix"],
    "status": ["Status", "Status", "Estado", "Statut", "Stato", "Status", "Wox"],
    "counterparty": ["Payee", "Empfänger", "Beneficiario", "Bénéficiaire", "Beneficiario", "Naam", "Plugh"],
    "reference": ["Reference", "Referenz", "Referencia", "Référence", "Riferimento", "Kenmerk", "Plogh"],
    "description": ["Description", "Buchungstext", "Concepto", "Libellé", "Descrizione", "Omschrijving", "Xyzzy"],
}
_MONEY = ("amount", "debit", "credit", "balance", "fee")
_HEADER_MONEY = re.compile(r"[(\[].*[)\]]")


@dataclass(frozen=True)
class Copy:
    """A file as rows of cells. `header` is None where it has none; `layout` says which columns play which role."""

    preamble: list[list[str]]
    header: list[str] | None
    rows: list[list[str]]
    layout: Layout
    delimiter: str = ","
    encoding: str = "utf-8"
    footer: list[list[str]] = field(default_factory=list)

    @property
    def dates(self) -> list[int]:
        """Columns whose filled cells are nearly all dates, whatever their role."""
        return [at for at in range(self.width) if self._share(at, lambda cell: read_parts(cell) is not None) > 0.9]

    @property
    def money(self) -> list[int]:
        return [self.layout.position(role) for role in _MONEY if role in self.layout.columns]

    @property
    def width(self) -> int:
        return max(len(row) for row in self.rows)

    def _share(self, at: int, fits: Callable[[str], bool]) -> float:
        filled = [row[at] for row in self.rows if at < len(row) and row[at]]
        return sum(map(fits, filled)) / len(filled) if filled else 0

    def with_cells(self, columns: list[int], change: Callable[[str], str]) -> "Copy":
        rows = [[change(cell) if at in columns and cell else cell for at, cell in enumerate(row)] for row in self.rows]
        return replace(self, rows=rows)

    def content(self) -> bytes:
        out = io.StringIO()
        writer = csv.writer(out, delimiter=self.delimiter, lineterminator="\n")
        for row in [*self.preamble, *([self.header] if self.header else []), *self.rows, *self.footer]:
            writer.writerow(row)
        return out.getvalue().encode(self.encoding)


def copy_of(content: bytes, layout: Layout) -> Copy | None:
    """The file that the layout was detected in; None where rewriting would not keep its facts."""
    text, encoding = decode(content, layout.encoding)
    table = cut_at("", encoding, layout.delimiter, split_records("", text, layout.delimiter), layout.header_row or 0)
    if table is None:
        return None
    header = list(table.header.cells) if table.header else None
    preamble = [record.cells for record in table.preamble]
    return Copy(preamble, header, [list(row.cells) for row in table.rows], layout)


def rewritings(copy: Copy) -> Iterator[tuple[str, Copy]]:
    """Every rewriting that fits the file, with its name; each keeps count, dates and amounts of the lines."""
    yield "unchanged", copy
    for name, delimiter in (("semicolon", ";"), ("tab", "\t"), ("pipe", "|"), ("comma", ",")):
        yield f"delimiter {name}", replace(copy, delimiter=delimiter)
    for encoding in ("utf-8-sig", "cp1252", "iso-8859-15", "cp1250", "utf-16", "utf-16-le"):
        yield f"encoding {encoding}", replace(copy, encoding=encoding)
    yield from of_headers(copy)
    yield from of_dates(copy)
    yield from of_amounts(copy)
    yield from of_signs(copy)
    yield from of_rows(copy)


def of_headers(copy: Copy) -> Iterator[tuple[str, Copy]]:
    if copy.header is None:
        return
    yield "header upper", replace(copy, header=[cell.upper() for cell in copy.header])
    yield "header gone", replace(copy, header=None, preamble=[])
    for language in range(7):
        header = list(copy.header)
        for role, words in SYNONYMS.items():
            for number, column in enumerate(copy.layout.columns.get(role, ())):
                if column.position < len(header):
                    unit = _HEADER_MONEY.search(header[column.position]) if role in _MONEY else None
                    more = f" {number + 1}" if number else ""
                    header[column.position] = words[language] + more + (f" {unit[0]}" if unit else "")
        yield f"header words {'unknown' if language == 6 else language}", replace(copy, header=header)
    if sum(" " in cell for cell in copy.header) > 1:
        upper = [cell.rpartition(" ")[0] for cell in copy.header]
        lower = [cell.rpartition(" ")[2] for cell in copy.header]
        yield "header over two rows", replace(copy, preamble=[*copy.preamble, upper], header=lower)
    middle = len(copy.rows) // 2
    if middle:
        yield "header repeated", replace(copy, rows=[*copy.rows[:middle], copy.header, *copy.rows[middle:]])


def of_dates(copy: Copy) -> Iterator[tuple[str, Copy]]:
    order = copy.layout.date_order

    def written(style: Callable[[date], str]) -> Copy:
        def change(cell: str) -> str:
            parts = read_parts(cell)
            day = to_date(parts, order) if parts else None
            return style(day) if day else cell

        return copy.with_cells(copy.dates, change)

    for name, pattern in (
        ("iso", "%Y-%m-%d"), ("dots", "%d.%m.%Y"), ("day slash", "%d/%m/%Y"), ("month slash", "%m/%d/%Y"),
        ("compact", "%Y%m%d"), ("short", "%d.%m.%y"), ("iso time", "%Y-%m-%d 12:34:56"), ("zone", "%Y-%m-%dT10:00:00Z"),
        ("day slash time", "%d/%m/%Y 10:00"), ("month short", "%m/%d/%y"),
    ):  # fmt: skip
        yield f"dates {name}", written(lambda day, pattern=pattern: day.strftime(pattern))  # type: ignore[misc]
    yield "dates word", written(lambda day: f"{day.day:02d}-{MONTHS[day.month - 1]}-{day.year % 100:02d}")
    yield "dates word first", written(lambda day: f"{MONTHS[day.month - 1]} {day.day}, {day.year}")
    yield "dates bare", written(lambda day: f"{day.day}/{day.month}/{day.year}")


def _number(value: Decimal, thousands: str, mark: str) -> str:
    digits = max(2, -int(value.normalize().as_tuple().exponent))
    return f"{value:,.{digits}f}".replace(",", "\0").replace(".", mark).replace("\0", thousands)


def _value(copy: Copy, cell: str) -> Decimal | None:
    amount = read_amount(cell, copy.layout.decimal)
    return Decimal(amount.value).scaleb(-6) if amount else None


def of_amounts(copy: Copy) -> Iterator[tuple[str, Copy]]:
    def written(style: Callable[[Decimal], str]) -> Copy:
        def change(cell: str) -> str:
            value = _value(copy, cell)
            return cell if value is None else style(value)

        return copy.with_cells(copy.money, change)

    for name, thousands, mark in (
        ("plain point", "", "."), ("plain comma", "", ","), ("point", ",", "."), ("comma", ".", ","),
        ("apostrophe", "'", "."), ("space", " ", ","), ("thin space", "\u202f", ","),
    ):  # fmt: skip
        yield f"amounts {name}", written(lambda v, t=thousands, m=mark: _number(v, t, m))  # type: ignore[misc]
    yield "amounts parentheses", written(lambda v: f"({_number(-v, ',', '.')})" if v < 0 else _number(v, ",", "."))
    yield "amounts trailing minus", written(lambda v: _number(abs(v), ".", ",") + ("-" if v < 0 else ""))
    yield "amounts dollars", written(lambda v: ("-" if v < 0 else "") + "$" + _number(abs(v), ",", "."))
    yield "amounts true minus", written(lambda v: _number(v, " ", ",").replace("-", "\u2212"))
    if copy.layout.sign == "signed":
        yield "amounts CR DR", written(lambda v: _number(abs(v), ",", ".") + (" DR" if v < 0 else " CR"))


def of_signs(copy: Copy) -> Iterator[tuple[str, Copy]]:
    at = copy.layout.position("amount")
    if copy.layout.sign == "separate":
        yield from _one_column(copy)
    if copy.layout.sign != "signed" or "fee" in copy.layout.columns or "direction" in copy.layout.columns:
        return
    values = [_value(copy, row[at]) if at < len(row) else None for row in copy.rows]
    texts = [row[at] if at < len(row) else "" for row in copy.rows]
    bare = [text if value is None else text.translate(str.maketrans("", "", "+-\u2212()")).strip()
            for text, value in zip(texts, values, strict=True)]  # fmt: skip
    out = [one if value is None or value < 0 else "" for one, value in zip(bare, values, strict=True)]
    into = ["" if value is None or value < 0 else one for one, value in zip(bare, values, strict=True)]
    yield "signs separate", _replaced(copy, at, [("Debit", out), ("Credit", into)])
    yield "signs paid in, paid out", _replaced(copy, at, [("Paid in", into), ("Paid out", out)])
    words = ["" if value is None else "D" if value < 0 else "C" for value in values]
    yield "signs D/C", _replaced(copy, at, [("Amount", bare), ("D/C", words)])
    german = ["" if value is None else "S" if value < 0 else "H" for value in values]
    yield "signs S/H", _replaced(copy, at, [("Umsatz", bare), ("Soll/Haben", german)])


def _one_column(copy: Copy) -> Iterator[tuple[str, Copy]]:
    """Separate columns made one signed amount, in the place of the debit column."""
    debit, credit = copy.layout.position("debit"), copy.layout.position("credit")
    if min(debit, credit) < 0:
        return
    cells, ok = [], True
    for row in copy.rows:
        out, into = (_value(copy, row[at]) if at < len(row) else None for at in (debit, credit))
        amount = (into or Decimal(0)) - abs(out or Decimal(0))
        ok = ok and not (out and into)
        cells.append("" if out is None and into is None else _number(amount, "", copy.layout.decimal))
    if ok:
        made = _replaced(copy, debit, [("Amount", cells)])
        yield "signs one column", replace(
            made, header=[c for i, c in enumerate(made.header) if i != credit] if made.header else None,
            rows=[[c for i, c in enumerate(row) if i != credit] for row in made.rows],
        )  # fmt: skip


def _replaced(copy: Copy, at: int, columns: list[tuple[str, list[str]]]) -> Copy:
    """The copy with other columns in the place of one."""
    header = None
    if copy.header is not None:
        header = [*copy.header[:at], *(name for name, _ in columns), *copy.header[at + 1 :]]
    rows = [
        [*row[:at], *(cells[index] for _, cells in columns), *row[at + 1 :]] if at < len(row) else row
        for index, row in enumerate(copy.rows)
    ]
    return replace(copy, header=header, rows=rows)


def of_rows(copy: Copy) -> Iterator[tuple[str, Copy]]:
    yield "rows reversed", replace(copy, rows=copy.rows[::-1])
    for name, order in (("reversed", -1), ("rotated", 0)):
        width = max(copy.width, len(copy.header or []))
        places = list(range(width))[::-1] if order else [*range(width // 2, width), *range(width // 2)]
        move = lambda row, places=places: [row[at] if at < len(row) else "" for at in places]  # noqa: E731
        made = replace(copy, rows=[move(row) for row in copy.rows])
        yield f"columns {name}", replace(made, header=move(copy.header) if copy.header else None)
    if copy.header is not None:
        lines = [["Some Bank plc"], ["Account holder", "A. Person"], ["Exported by", "online banking"], []]
        yield "preamble 4", replace(copy, preamble=[*lines, *copy.preamble])
        yield "preamble 30", replace(copy, preamble=[*lines * 7, ["All amounts", "as booked"], *copy.preamble])
    yield "footer", replace(copy, footer=[[], ["End of the list"], ["This is no tax document", "keep it"]])
    at = copy.layout.position("description")
    if at >= 0 and all(at < len(row) for row in copy.rows):
        spread = [
            line
            for row in copy.rows
            for line in (row, ["more of the text" if i == at else "" for i in range(len(row))])
        ]
        yield "text goes on below", replace(copy, rows=spread)
