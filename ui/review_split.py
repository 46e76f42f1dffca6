"""Splitting bank lines over accounts: what was typed, what is left to place, and the dialog."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Literal
from uuid import UUID

import streamlit as st

from core.errors import InvalidAmount, InvalidInput
from core.money import Money
from core.posting.group_detail import GroupDetail, GroupLine
from core.posting.lines import Part
from core.posting.reviewing import split_alike
from db.bulk import write_columns
from ui import review_desk as desk
from ui.frame import refusals_shown
from ui.pickers import pick_account, tax_options
from ui.review_deciding import decide
from ui.review_dialogs import bookable, finish, object_line
from ui.words import MINUS, count, day, money

Unit = Literal["Amounts", "Percent"]
PARTS, FEWEST, MOST = "review_parts", 2, 8
WHOLE = Decimal(100)


@dataclass(frozen=True)
class Typed:
    """One row of the dialog."""

    account_id: UUID | None
    text: str
    tax_code_id: UUID | None = None


@dataclass(frozen=True)
class Reading:
    """What the rows say so far. `left` is what no row has taken, in minor units or percent points."""

    parts: tuple[Part, ...]
    left: Decimal
    problem: str  # why it cannot be booked yet; "" when it can


def typed_number(text: str) -> Decimal:
    """Read "1,234.50", "−3" or "40%". Raises InvalidAmount."""
    bare = text.strip().replace(",", "").replace(MINUS, "-").removesuffix("%").lstrip("$€£¥ ").strip()
    try:
        number = Decimal(bare)
    except InvalidOperation:
        raise InvalidAmount(text) from None
    if not number.is_finite():
        raise InvalidAmount(text)
    return number


def read_parts(rows: Sequence[Typed], unit: Unit, amount_minor: int, currency: str) -> Reading:
    """The parts that rows stand for.

    Amounts are typed in the direction of the bank line: of a payment of 100.00, 60 and 40 are its parts; of a payout
    of 97.00, 100 and -3. A row with an account and no figure takes what the others leave, if it is the only one.

    Args:
        amount_minor: the bank line; money in > 0. Without meaning for percentages.

    Raises:
        InvalidAmount: a figure that is none, or has more digits than the currency.
    """
    sign = -1 if amount_minor < 0 else 1
    whole = WHOLE if unit == "Percent" else Decimal(abs(amount_minor))
    figures = [_figure(row.text, unit, currency) for row in rows]
    left = whole - sum((figure for figure in figures if figure is not None), Decimal(0))
    used = [(row, figure) for row, figure in zip(rows, figures, strict=True) if row.account_id or figure is not None]
    blank = [row for row, figure in used if figure is None]
    if len(used) > 1 and len(blank) == 1 and left:
        used = [(row, left if figure is None else figure) for row, figure in used]
        left = Decimal(0)
    parts = tuple(
        Part(row.account_id, percent=figure, tax_code_id=row.tax_code_id)
        if unit == "Percent"
        else Part(row.account_id, sign * int(figure), tax_code_id=row.tax_code_id)
        for row, figure in used
        if row.account_id and figure
    )
    return Reading(parts, left, _problem(used, left))


def _figure(text: str, unit: Unit, currency: str) -> Decimal | None:
    if not text.strip():
        return None
    number = typed_number(text)
    return number if unit == "Percent" else Decimal(Money.parse(str(number), currency).minor)


def _problem(used: Sequence[tuple[Typed, Decimal | None]], left: Decimal) -> str:
    if any(row.account_id is None for row, _ in used):
        return "A part has no account yet."
    if any(figure is None for _, figure in used):
        return "A part has no figure yet."
    if left:
        return "The parts do not make the whole line yet."
    return "" if len(used) > 1 else "A split needs at least two parts."


@st.dialog("Split", width="medium", icon=":material/call_split:", on_dismiss=desk.close_dialog)
def split_dialog(sight: desk.Sight, detail: GroupDetail) -> None:
    """One line by amounts or percent, or all lines of the group by percent."""
    object_line(detail)
    line, unit = _scope(detail)
    names = bookable(sight)
    first = detail.options[0].account_id if detail.options else None
    many = st.session_state.get(PARTS, FEWEST)
    taxes = tax_options(sight.caller, sight.company_id)
    rows = [_row(number, unit, names, first if number == 0 else None, taxes) for number in range(many)]
    st.button("Add a part", type="tertiary", icon=":material/add:", key="review_add_part", on_click=_add_part,
              disabled=many >= MOST)  # fmt: skip
    with refusals_shown("Nothing was booked"):
        amount, currency = (line or detail.lines[0]).amount_minor, detail.group.key.currency
        reading = read_parts(rows, unit, amount, currency)
        st.caption(_left(reading, unit, currency))
        if _booked(reading):
            entry_ids = (line.entry_id,) if line else detail.entry_ids
            token = detail.group.key.token
            decide(
                token,
                lambda session, now: split_alike(
                    session, sight.caller, sight.company_id, entry_ids, reading.parts,
                    write=write_columns, now=now,
                ),
            )  # fmt: skip
            st.session_state.pop(PARTS, None)
            finish()


def _scope(detail: GroupDetail) -> tuple[GroupLine | None, Unit]:
    """The one line to split, or None for all of them; and in which unit."""
    if detail.group.lines == 1:
        line: GroupLine | None = detail.lines[0]
    else:
        places = {each.entry_id: each for each in detail.lines}
        chosen = st.selectbox(
            "What", [None, *places], format_func=lambda key: _named(places[key]) if key else _all(detail),
            key="review_split_what",
        )  # fmt: skip
        line = places[chosen] if chosen else None
    if line is None:
        return None, "Percent"
    unit: Unit = (
        st.segmented_control("By", ["Amounts", "Percent"], default="Amounts", required=True, key="review_split_unit")
        or "Amounts"
    )
    return line, unit


def _all(detail: GroupDetail) -> str:
    return f"All {count(detail.group.lines, 'line')}, by percent"


def _named(line: GroupLine) -> str:
    return f"{day(line.booked_on)} · {money(line.amount_minor, line.currency, sign=True)} · {line.description}"


def _row(number: int, unit: Unit, names: dict[UUID, str], preset: UUID | None, taxes: dict[UUID, str]) -> Typed:
    shown: Literal["visible", "collapsed"] = "collapsed" if number else "visible"
    left, right, *rest = st.columns([0.5, 0.22, 0.28] if taxes else [0.68, 0.32])
    with left:
        account = pick_account(
            "Account", names, key=f"review_part_{number}", chosen=preset, collapsed=shown == "collapsed"
        )
    text = right.text_input(
        "Percent" if unit == "Percent" else "Amount", key=f"review_part_share_{number}", label_visibility=shown,
        placeholder="the rest",
    )  # fmt: skip
    tax = rest[0].selectbox(
        "Tax in it", list(taxes), index=None, format_func=taxes.__getitem__, key=f"review_part_tax_{number}",
        placeholder="None", label_visibility=shown,
    ) if rest else None  # fmt: skip
    return Typed(account, text or "", tax)


def _add_part() -> None:
    st.session_state[PARTS] = min(MOST, st.session_state.get(PARTS, FEWEST) + 1)


def _left(reading: Reading, unit: Unit, currency: str) -> str:
    left = f"{reading.left.normalize():f}%" if unit == "Percent" else money(int(reading.left), currency)
    return f"Left to place: {left}"


def _booked(reading: Reading) -> bool:
    with st.container(horizontal=True, horizontal_alignment="right"):
        if st.button("Cancel", type="tertiary", key="review_split_cancel"):
            st.session_state.pop(PARTS, None)
            finish()
        pressed = st.button("Book the split", type="primary", key="review_split_go", shortcut="Ctrl+Enter")
    if pressed and reading.problem:
        raise InvalidInput(reading.problem)
    return pressed
