"""From a table of open items to its layout; what the file leaves open is asked, not guessed."""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

from core.errors import AmbiguousStatement, ItemsUnclear, NoTable
from core.ingestion.formats.tabular.amounts import currency_codes
from core.ingestion.formats.tabular.columns import money_votes
from core.ingestion.formats.tabular.date_order import find_order
from core.ingestion.formats.tabular.dates import DateColumn
from core.ingestion.formats.tabular.table import Table
from core.ingestion.formats.tabular.words import header_currency
from core.ingestion.items.amounts import check_open, find_sign, read_amounts, symbols_in
from core.ingestion.items.columns import Roles, find_item_roles, rows_are_lines
from core.ingestion.items.kinds import RowKind, find_kind, headings, row_kinds
from core.ingestion.items.layout import EXPECTED, MONEY, ItemLayout
from core.ingestion.items.words import processor_in
from core.money import minor_digits
from models import ItemKind

ORDER_WORDS = {"DMY": "day first", "MDY": "month first", "YMD": "year first", "YDM": "year, day, month"}
_LONGEST_TERM = 400  # days from issue to due


@dataclass(frozen=True)
class ItemSetting:
    """What a company's books say about the items of a file."""

    base_currency: str
    account_codes: frozenset[str]  # that a settlement can be booked to
    accounts: Mapping[str, str] = field(default_factory=dict)  # by kind: where such items were booked before


@dataclass(slots=True)
class Detected:
    """A complete layout, what each row is by it, and what a person should check."""

    layout: ItemLayout
    kinds: list[RowKind]
    warnings: list[str] = field(default_factory=list)


def detect_items(
    table: Table, sheet: str, answers: ItemLayout, setting: ItemSetting, saved: ItemLayout | None = None
) -> Detected:
    """The layout of a table.

    Args:
        answers: what a person says of this file; it holds.
        saved: how earlier files with this header were read. Its columns and kind hold too; date order, decimal mark
            and sign are the file's own where it settles them.

    Raises:
        AmbiguousStatement: the file can be read in several ways, each given.
        ItemsUnclear: a column, a name or an account is missing, which only a person can say.
    """
    before = saved or ItemLayout()
    known = replace(before, date_order="", decimal="", sign="").updated(answers)
    roles = Roles(dict(known.columns)) if known.columns else find_item_roles(table, setting.account_codes)
    header_row = table.header.row if table.header else 0
    layout = replace(known, sheet=sheet, header_row=header_row, columns=roles.columns)
    warnings = list(roles.warnings)
    _require_columns(table, layout)
    layout = replace(layout, decimal=layout.decimal or _decimal(table, layout, setting, before.decimal))
    layout = layout if known.columns else check_open(table, layout)
    layout = replace(layout, kind=layout.kind or find_kind(table, layout))
    kinds = row_kinds(table, layout)
    layout = replace(layout, counterparty=layout.counterparty or _counterparty(table, layout, kinds))
    layout = replace(layout, date_order=layout.date_order or _date_order(table, layout, before.date_order))
    layout = replace(layout, sign=layout.sign or find_sign(table, layout, kinds, warnings, before.sign))
    layout = replace(layout, repeats=layout.repeats or _repeats(table, layout, kinds))
    layout = replace(layout, currency=layout.currency or _currency(table, layout, setting))
    layout = replace(layout, accounts=_accounts(table, layout, kinds, setting))
    if "issued" not in layout.columns:
        warnings.append("No column says when the items were issued; the due date was taken.")
    return Detected(layout, kinds, warnings)


def _require_columns(table: Table, layout: ItemLayout) -> None:
    missing = [
        f"which column holds {what}"
        for what, roles in (("the number", ("number",)), ("the date", ("issued", "due")), ("the amount", EXPECTED))
        if not any(role in layout.columns for role in roles)
    ]
    if len(missing) == 3:
        raise NoTable(table.name, "open items", "No column of it holds numbers, dates or amounts of items.")
    if missing:
        raise ItemsUnclear(table.name, missing, layout.to_dict())


def _counterparty(table: Table, layout: ItemLayout, kinds: list[RowKind]) -> str:
    """Whom rows are about that name nobody: the processor that the file names. Under headings each row has one."""
    position = layout.position("counterparty")
    above = headings(table, kinds)
    nameless = [
        row
        for row, kind, heading in zip(table.rows, kinds, above, strict=True)
        if not kind.left and not heading and not row.cell(position)
    ]
    if not nameless or (position >= 0 and 2 * len(nameless) < len(table.rows)):
        return ""  # single gaps are faults of their rows
    titles = [table.name, *(table.header.cells if table.header else ())]
    texts = [*titles, *(cell for record in table.preamble for cell in record.cells)]
    texts += dict.fromkeys(table.texts(layout.position("reference")) if "reference" in layout.columns else ())
    named = {name for text in texts if (name := processor_in(text))}
    if len(named) == 1:
        return named.pop()
    raise ItemsUnclear(table.name, ["who the counterparty is"], layout.to_dict())


def _decimal(table: Table, layout: ItemLayout, setting: ItemSetting, before: str) -> str:
    """The mark that the whole of the money columns proves.

    Three digits after a mark are a thousand's where the currency has fewer.
    """
    positions = sorted({layout.position(role) for role in MONEY if role in layout.columns})
    votes = money_votes(table, positions)
    if votes["."] or votes[","]:
        return "," if votes[","] > votes["."] else "."
    texts = sorted({text for at in positions for text in table.texts(at) if any(sign.isdigit() for sign in text)})
    marked = [text for text in texts if "." in text or "," in text]
    if not marked:
        return "."
    usual = "," if "." in marked[0] else "."
    stated = (
        {code.upper() for code in table.texts(layout.position("currency"))} if "currency" in layout.columns else set()
    )
    codes = (stated & currency_codes()) or {layout.currency or setting.base_currency}
    if all(minor_digits(code) < 3 for code in codes):
        return usual
    if before:
        return before
    raise AmbiguousStatement(
        table.name, f"“{marked[0]}” may be one with three decimals or a thousand, and no other amount settles it.",
        [f"{mark} is the decimal mark" for mark in ",."], [{"decimal": mark} for mark in ",."],
    )  # fmt: skip


def _date_order(table: Table, layout: ItemLayout, before: str) -> str:
    """The order in which both date columns are days; what the file leaves open, the files `before` it settle."""
    positions = [layout.position(role) for role in ("issued", "due") if role in layout.columns]
    telling = [at for at in positions if _tells(table.dates(at))] or positions
    column = table.dates(telling[0])
    # Terms of payment are weeks, so that the two dates lie apart says nothing; each for itself does.
    order = find_order(table, telling[0], (), layout.decimal, None)
    if not order.remaining:
        # Year, day, month is no program's habit: a month 13 among a few dates is a fault of its row.
        return order.order if order.order not in ("", "YDM") else "YMD"
    remaining = _readable_in_all(table, positions, order.remaining)
    if len(remaining) == 1:
        return remaining[0]
    sound = [one for one in remaining if not _unsound(table, positions, one)]
    crooked = [one for one in remaining if _unsound(table, positions, one) > 1]
    if len(sound) == 1 and len(crooked) == len(remaining) - 1:
        return sound[0]
    if before in remaining:
        return before
    sample = next(text for text, parts in column.parts.items() if parts)
    labels = []
    for one in remaining:
        days = sorted(day for day in column.days(one) if day)
        labels.append(f"{ORDER_WORDS[one]}: from {days[0]} to {days[-1]}")
    raise AmbiguousStatement(
        table.name, f"dates like “{sample}” may have the day or the month first, and {order.reason}.", labels,
        [{"date_order": one} for one in remaining],
    )  # fmt: skip


def _tells(column: DateColumn) -> bool:
    """Whether day first and month first give other days at all; 03/03/2025 is the same either way."""
    return column.days("DMY") != column.days("MDY") or bool(column.readable("YMD"))


def _readable_in_all(table: Table, positions: list[int], orders: Sequence[str]) -> list[str]:
    """The orders in which most cells of every date column are days."""
    counts = {order: sum(len(table.dates(at).readable(order)) for at in positions) for order in orders}
    return [order for order in orders if counts[order] == max(counts.values())]


def _unsound(table: Table, positions: list[int], order: str) -> int:
    """In how many rows an item would be due before it was issued, or years after."""
    if len(positions) < 2:
        return 0
    issued, due = (table.dates(at).days(order) for at in positions)
    return sum(_is_unsound(first, last) for first, last in zip(issued, due, strict=True))


def _is_unsound(issued: date | None, due: date | None) -> bool:
    return bool(issued and due) and not 0 <= (due - issued).days <= _LONGEST_TERM  # type: ignore[operator]


def _repeats(table: Table, layout: ItemLayout, kinds: list[RowKind]) -> str:
    """What it means that several rows have the same number; "" where none do."""
    values = read_amounts(table, layout).expected
    groups: dict[tuple[ItemKind | None, str], list[int]] = defaultdict(list)
    for index, (row, kind) in enumerate(zip(table.rows, kinds, strict=True)):
        if not kind.left and row.cell(layout.position("number")):
            groups[kind.kind, row.cell(layout.position("number"))].append(index)
    several = {key: rows for key, rows in groups.items() if len(rows) > 1}
    if not several:
        return ""
    if all(kind is ItemKind.PAYOUT for kind, _ in several):
        return "sum"
    alike = all(len({values[index] for index in rows}) == 1 for rows in several.values())
    if alike and rows_are_lines(table):
        return "same"
    (_, number), rows = next(iter(several.items()))
    first, second = (table.rows[index].row for index in rows[:2])
    raise AmbiguousStatement(
        table.name, f"{number} stands in row {first} and again in row {second}.",
        ["rows of the same number are parts: their amounts are added up",
         "each row repeats the whole amount: it counts once"],
        [{"repeats": "sum"}, {"repeats": "same"}],
    )  # fmt: skip


def _currency(table: Table, layout: ItemLayout, setting: ItemSetting) -> str:
    """Of rows that state none: from a header, from the signs beside amounts, else the company's."""
    money = [layout.columns[role] for role in MONEY if role in layout.columns]
    named = {code for column in money if (code := header_currency(column.name, currency_codes()))}
    symbols = symbols_in([table.amounts(column.position, layout.decimal) for column in money])
    found = named or set(symbols)
    return found.pop() if len(found) == 1 else setting.base_currency


def _accounts(
    table: Table, layout: ItemLayout, kinds: list[RowKind], setting: ItemSetting
) -> dict[str, str]:  # fmt: skip
    """Where the items of each kind are booked if their row does not say."""
    position = layout.position("account")
    needed: Counter[str] = Counter(
        str(kind.kind)
        for row, kind in zip(table.rows, kinds, strict=True)
        if kind.kind and not kind.left and not row.cell(position)
    )
    if position >= 0:
        return dict(layout.accounts)  # single gaps are faults of their rows
    found = {**setting.accounts, **layout.accounts}
    missing = [kind for kind in needed if found.get(kind) not in setting.account_codes]
    if missing:
        questions = [f"to which account each {kind} is booked" for kind in sorted(missing)]
        raise ItemsUnclear(table.name, questions, layout.to_dict())
    return {kind: found[kind] for kind in needed} | dict(layout.accounts)
