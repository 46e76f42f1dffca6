"""From a table to its Layout: roles of columns, decimal mark, sign rule, date order, currency."""

import re
from dataclasses import dataclass, field

from core.errors import AmbiguousStatement, UnknownFormat
from core.ingestion.formats.tabular.amounts import currency_codes
from core.ingestion.formats.tabular.choosing import choose_reading
from core.ingestion.formats.tabular.columns import Profile, Roles, find_roles, money_votes, profile
from core.ingestion.formats.tabular.date_order import DateOrder, date_question, find_order
from core.ingestion.formats.tabular.explaining import (
    date_evidence,
    decimal_evidence,
    header_evidence,
    role_evidence,
)
from core.ingestion.formats.tabular.row_order import breaks, runs_newest_first
from core.ingestion.formats.tabular.rows import carry_dates
from core.ingestion.formats.tabular.signs import Chain, Reading
from core.ingestion.formats.tabular.table import Table
from core.ingestion.formats.tabular.words import CURRENCY_NAMES, fold, header_currency
from core.ingestion.layout import Column, Layout
from core.ingestion.statement import Evidence
from core.money import minor_digits

# Header words of languages in which no country's money has three decimals; Arabic, English and French ones say nothing.
_NEVER_THREE_DECIMALS = re.compile(
    r"\b(?:fecha|importe|cargos?|abonos?|descripcion|saldo|lancamento|buchung\w*|betrag|umsatz|bedrag|importo|kwota"
    r"|castka|osszeg|belopp|belob|belop|upphaed|tutar|tarih|iznos|tanggal|jumlah|so tien|ngay|сумма|сума|ποσο)\b"
)


@dataclass(slots=True)
class Detected:
    """A complete layout, and what a person should check about it."""

    layout: Layout
    warnings: list[str] = field(default_factory=list)
    clashes: list[int] = field(default_factory=list)  # body rows where word and sign disagree
    evidence: list[Evidence] = field(default_factory=list)


def detect(table: Table, answers: Layout, currency: str = "") -> Detected:
    """The layout of a table. `answers` settles what a person has decided already; `currency` is the bank account's.

    Raises:
        UnknownFormat: there are no lines with date and amount.
        AmbiguousStatement: the date order or the sign of the amounts is left open by the whole file.
    """
    profiles = profile(table)
    roles = find_roles(profiles)
    if not roles.date:
        raise UnknownFormat(table.name, "No column of it holds dates.")
    if not roles.amounts and not roles.pairs:
        raise UnknownFormat(table.name, "No column of it holds amounts of money.")
    roles.date = _booked_first(table, roles)
    table.date_at = roles.date[0]
    carry_dates(table, [*roles.amounts, *(at for pair in roles.pairs for at in pair)])
    decimal = answers.decimal or _decimal(table, roles, currency)
    made = Detected(Layout())
    reading, why = choose_reading(table, roles, decimal, answers)
    order = _date_order(table, roles, decimal, reading, answers, currency)
    columns = _columns(table, roles, reading)
    made.layout = Layout(
        delimiter=table.delimiter,
        encoding=table.encoding,
        header_row=table.header.row if table.header else 0,
        date_order=order.order,
        decimal=decimal,
        sign=reading.sign,
        newest_first=_newest_first(table, roles.date[0], order.order, reading.chain),
        currency=_currency(table, reading, decimal),
        columns=columns,
    )
    made.evidence = [
        header_evidence(table),
        *date_evidence(table, roles, order),
        decimal_evidence(table, roles, decimal),
    ]
    made.evidence += [why, *role_evidence(table, made.layout)]
    made.clashes = reading.clashes
    made.warnings += reading.warnings
    if not order.sure:
        made.warnings.append(order.doubt)
    _warn_about_dates(table, roles, made)
    return made


def _booked_first(table: Table, roles: Roles) -> list[int]:
    """The date columns. Banks list lines as they book them: of columns that no header tells apart that one goes first
    in which the rows run in one direction, if they do so in no other."""
    first = roles.profiles[roles.date[0]]
    told = first.booked
    equal = [at for at in roles.date if at != roles.value_date and (roles.profiles[at].booked == told)]
    if first.speaks_for("made"):
        equal += [
            at for at in roles.date if not roles.profiles[at].roles
        ]  # a word that is not known may be the booking's
    turns = {at: breaks(table.dates(at)) for at in equal}
    straight = [at for at in equal if not turns[at]]
    if len(straight) != 1 or len(equal) < 2:
        return roles.date
    return [*straight, *(at for at in roles.date if at not in straight)]


def _decimal(table: Table, roles: Roles, currency: str) -> str:
    """The mark that the whole of the money columns proves.

    Raises AmbiguousStatement where every amount is like 1,234, which may be one or a thousand.
    """
    named = roles.money
    votes = money_votes(table, sorted(named))
    if votes["."] or votes[","]:
        return "," if votes[","] > votes["."] else "."
    texts = {text for position in named for text in table.texts(position)}
    if votes["?"] and not votes["plain"] and not _knows_thousands(table, roles, currency):
        sample = next(text for text in sorted(texts) if "." in text or "," in text)
        marks = ",." if "," in sample else ".,"
        raise AmbiguousStatement(
            table.name,
            f"“{sample}” may be one with three decimals or a thousand, and no other amount settles it.",
            [f"{mark} is the decimal mark" for mark in marks],
            [{"decimal": mark} for mark in marks],
        )
    return "." if not any("." in text for text in texts) else ","


def _knows_thousands(table: Table, roles: Roles, currency: str) -> bool:
    """Whether the currency has no three decimals, so that three digits after a mark are a thousand's."""
    titles = table.header.cells if table.header else []
    codes = {header_currency(title, currency_codes()) for title in titles} | {currency} | _codes(table, roles)
    known = codes & currency_codes()
    if known:
        return all(minor_digits(code) < 3 for code in known)
    if any(_NEVER_THREE_DECIMALS.search(fold(title)) for title in titles):
        return True
    return any("\u3040" <= c <= "\u9fff" or "\uac00" <= c <= "\ud7a3" for title in titles for c in title)


def _date_order(
    table: Table, roles: Roles, decimal: str, reading: Reading, answers: Layout, currency: str
) -> DateOrder:
    position, others = roles.date[0], [*roles.date[1:], roles.value_date]
    column = table.dates(position)
    if answers.date_order and column.written <= column.readable(answers.date_order):
        return DateOrder(answers.date_order, "given")
    newest_first = reading.chain.newest_first if reading.chain.proved and reading.chain.agree > 1 else None
    codes = _codes(table, roles) or {_currency(table, reading, decimal) or currency} - {""}
    order = find_order(table, position, [p for p in others if p >= 0], decimal, newest_first, codes)
    if order.remaining:
        raise date_question(table.name, column, order)
    if not order.order:
        raise UnknownFormat(table.name, "The column with dates holds no valid dates.")
    return order


def _codes(table: Table, roles: Roles) -> set[str]:
    """The currencies that a column of the table names."""
    texts = set(table.texts(roles.single["currency"])) if "currency" in roles.single else set()
    return {CURRENCY_NAMES.get(text.lower(), text.upper()) for text in texts} & currency_codes()


def _newest_first(table: Table, position: int, order: str, proof: Chain) -> bool | None:
    """The order of rows: as the balance proves it, else as the dates run; None where neither tells."""
    if proof.proved and proof.newest_first is not None:
        return proof.newest_first
    return runs_newest_first(table.dates(position).days(order))


def _columns(table: Table, roles: Roles, reading: Reading) -> dict[str, tuple[Column, ...]]:
    positions: dict[str, list[int]] = {"date": [roles.date[0]]}
    if roles.value_date >= 0:
        positions["value_date"] = [roles.value_date]
    for role, position in {**reading.columns, **roles.single}.items():
        if role != "direction" or reading.sign == "direction":
            positions[role] = [position]
    if not _one_account_a_row(table, roles.single.get("account", -1)):
        positions.pop("account", None)
    positions["counterparty"] = roles.counterparties
    positions["description"] = roles.descriptions
    return {
        role: tuple(Column(position, table.header_name(position)) for position in found)
        for role, found in positions.items()
        if found
    }


def _one_account_a_row(table: Table, position: int) -> bool:
    """The own account stands in every row; a column with gaps names the other side's account."""
    if position < 0:
        return False
    sample = [row.cell(position) for row in table.sample() if len(row.cells) * 2 >= table.width]
    return bool(sample) and sum(1 for cell in sample if cell) >= 0.95 * len(sample) and len(set(sample)) <= 20


def _currency(table: Table, reading: Reading, decimal: str) -> str:
    """The currency of rows that state none: from the amount's header, its symbols, or the lines above the table."""
    codes = currency_codes()
    money = [reading.columns[role] for role in ("amount", "debit", "credit", "balance") if role in reading.columns]
    for position in money:
        if named := header_currency(table.header_name(position), codes):
            return named
    for position in money:
        symbols = table.amounts(position, decimal).currencies
        if len(symbols) == 1:
            return symbols[0]
    above = {
        word
        for record in table.preamble
        for cell in record.cells
        for word in re.findall(r"\b[A-Z]{3}\b", cell)
        if word in codes
        and (len(cell) <= 8 or re.search(r"currency|währung|valuta|devise|moneda", cell, re.IGNORECASE))
    }
    return above.pop() if len(above) == 1 else ""


def _warn_about_dates(table: Table, roles: Roles, made: Detected) -> None:
    """Two dates a line that give different days: one was taken as the booking date, and a person should know."""
    first = roles.date[0]
    for position in roles.date[1:]:
        if not _may_be_booked(roles.profiles[position], roles.profiles[first]):
            continue
        order = made.layout.date_order
        if table.dates(position).days(order) != table.dates(first).days(order):
            used, other = (roles.profiles[at].name or f"column {at + 1}" for at in (first, position))
            made.warnings.append(
                f"Each line has two dates, “{used}” and “{other}”; “{used}” was taken as the booking date."
            )
            return


def _may_be_booked(other: Profile, taken: Profile) -> bool:
    """Whether the other column may hold the booking date as well as the one that was taken."""
    if other.speaks_for("value_date"):
        return False
    if other.speaks_for("dated") or other.speaks_for("booked"):
        return True
    # A word that is not known may mean anything, unless the other column is surely the one.
    sure = taken.speaks_for("booked") or (taken.speaks_for("dated") and not taken.speaks_for("made"))
    return not other.roles and not sure
