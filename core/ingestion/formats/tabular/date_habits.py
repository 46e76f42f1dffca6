"""The order of day and month as words, decimal commas and time zones suggest it. None of them proves it."""

import re
from collections.abc import Iterable

from core.ingestion.formats.tabular.table import Table
from core.ingestion.formats.tabular.words import fold

# Header words of languages and countries in which no bank writes the month first.
_DAY_FIRST_WORDS = re.compile(
    r"datum|dato\b|fecha|buchung|betrag|bedrag|importe|montant|importo|kwota|castka|belopp|belob|saldo|libelle|omschrijving"
    r"|verwendungszweck|concepto|descri[cz]|wahrung|waehrung|devise|moneda|tegen|rekening|konto|opis|дата|сумма|valor"
    r"|lancamento"
    r"|ημερομηνια|תאריך|التاريخ|tarih|tanggal|tarikh|ngay|paiva|kuupaev|dagsetning"
    r"|\bsort code\b|\bbsb\b|\bifsc\b|\beftpos\b"
)
_US_ZONES = re.compile(r"\b(?:P[SD]T|M[SD]T|America/(?:Los_Angeles|New_York|Chicago|Denver|Phoenix|Detroit|Boise))\b")
# What only accounts in the United States have: cheques are "checks" there, current accounts "checking".
# Of programs for American accounts alone, too, those that keep the bank's own text and labels beside the category.
_US_TITLES = re.compile(
    r"\bcheck ?(?:number|no|num|or slip)\b|\brouting\b|\brtn\b|\bzip\b"
    r"|\boriginal description\b.*\btransaction type\b.*\blabels\b"
)
_US_TEXTS = re.compile(r"\bach\b|\bzelle\b|\bchecking\b|\bcheckcard\b")
# Here the month or the year goes first, or some banks do it so and others not.
_NOT_DAY_FIRST = frozenset({"USD", "CAD", "PHP", "CNY", "JPY", "KRW", "TWD"})
_LOOKED_AT = 100  # rows


def orders_by_habit(table: Table, decimal: str, currencies: Iterable[str]) -> set[str]:
    """The orders for which something speaks: both where pieces of evidence disagree, none where there is none.

    A currency alone says nothing: processors write euros month first. It speaks against words of American banks.

    Args:
        decimal: the decimal mark of the amounts.
        currencies: ISO codes of the lines, or of the bank account where the file names none.
    """
    titles = " ".join(fold(cell) for cell in table.header.cells) if table.header else ""
    codes = set(currencies)
    orders = set()
    if decimal == "," or _DAY_FIRST_WORDS.search(titles):
        orders.add("DMY")
    if _US_TITLES.search(titles) or any(_american(cell) for row in table.sample()[:_LOOKED_AT] for cell in row.cells):
        orders |= {"MDY", "DMY"} if codes and not codes & _NOT_DAY_FIRST else {"MDY"}
    return orders


def _american(cell: str) -> bool:
    return bool((3 <= len(cell) <= 24 and _US_ZONES.fullmatch(cell)) or _US_TEXTS.search(fold(cell)))
