"""An ambiguous file: its readings side by side with what each would bring, and two equal buttons to choose by."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

import streamlit as st

from core.errors import AmbiguousStatement
from core.ingestion.alternatives import Alternative
from core.ingestion.previewing import ImportPreview
from core.ingestion.statement import StatementLine
from ui import upload_answers as answers
from ui import upload_desk as desk
from ui.review_words import sentence as with_stop
from ui.tables import ROW, frame, height, styled
from ui.words import NONE, count, money, plain, span

DIFFERS: Any = {"font-weight": "600", "background-color": "rgba(199, 119, 0, 0.16)"}  # suits both themes
LOOKED_AT = {
    "date_order": "Looked for and not found: a day above 12, a second column of dates, a date above the table, rows "
    "that run in one direction only in one order, words or marks of a country.",
    "decimal": "Looked for and not found: an amount with both marks, with two digits after one, or a currency that "
    "settles it.",
    "sign": "Looked for and not found: a running balance that the amounts follow, a word for money in or money out.",
}


def ask_reading(preview: ImportPreview, error: AmbiguousStatement) -> None:
    """The question with its evidence, the readings two by two, and whom else the answer helps."""
    if first := _answered_along(preview):
        st.markdown(f"The same question as **{plain(first.name)}** leaves open; your answer there holds here too.")
        return
    st.markdown(f"**Which reading is right?** {plain(with_stop(error.question))}")
    if evidence := next((text for key, text in LOOKED_AT.items() if key in (error.layouts or [{}])[0]), ""):
        st.caption(evidence)
    targets = [preview.digest, *_others(preview)]
    found = desk.readings(preview)
    for start in range(0, len(found), 2):
        pair = found[start : start + 2]
        for column, (number, one) in zip(st.columns(2, gap="medium"), enumerate(pair, start), strict=False):
            with column:
                _reading(preview, number, one, found, targets)
    st.caption(
        "The answer is saved with the bank account when the file is stored: its next file is read the same way "
        "without asking."
    )


def _answered_along(preview: ImportPreview) -> ImportPreview | None:
    """The file above whose answer will hold for this one, None where it is asked for itself."""
    alike = desk.asking_alike(preview)
    places = {one.digest: number for number, one in enumerate(desk.held())}
    first = min([preview, *alike], key=lambda one: places.get(one.digest, 0))
    if first.digest == preview.digest or not st.session_state.get(f"alike_{first.digest[:16]}", True):
        return None
    return first


def _others(preview: ImportPreview) -> list[str]:
    """The waiting files that are answered along, as the person wants it."""
    alike = desk.asking_alike(preview)
    if not alike:
        return []
    names = ", ".join(f"**{plain(one.name)}**" for one in alike[:3]) + (" and others" if len(alike) > 3 else "")
    answered = st.checkbox(
        f"Answer {count(len(alike), 'other file')} with the same header alike: {names}", value=True,
        key=f"alike_{preview.digest[:16]}",
    )  # fmt: skip
    return [one.digest for one in alike] if answered else []


def _reading(
    preview: ImportPreview, number: int, one: Alternative, every: Sequence[Alternative], targets: Sequence[str]
) -> None:
    title = one.words[:1].upper() + one.words[1:]
    head = title.split(":")[0] if ":" in title and "column" not in title.lower() else title
    with st.container(gap="small", key=f"reading_{preview.digest[:16]}_{number}"):
        st.markdown(f"**{plain(head)}**")
        if isinstance(one.error, AmbiguousStatement):
            st.caption("One more question follows with this reading.")
        elif one.error:
            st.caption(plain(str(one.error)))
        else:
            rivals = [other for other in every if other is not one and not other.error]
            _consequences(one, rivals)
            _lines(one, rivals, f"lines_{preview.digest[:16]}_{number}")
        st.button(
            head, key=f"use_{preview.digest[:16]}_{number}", width="stretch", on_click=_answer,
            args=(list(targets), one.answer),
        )  # fmt: skip


def _consequences(one: Alternative, rivals: Sequence[Alternative]) -> None:
    """Period, money in and out, last balance; what another reading says otherwise stands out."""
    others = [_facts(rival) for rival in rivals]
    rows = _facts(one)
    differs = [number for number, row in enumerate(rows) if any(other[number] != row for other in others)]
    data = frame([(label, plain(value)) for label, value in rows], "What", "Would be")
    drawn = data.style.set_properties(subset=(differs, ["Would be"]), **DIFFERS) if differs else data.style
    st.table(drawn, border="horizontal", hide_index=True, hide_header=True)


def _facts(one: Alternative) -> list[tuple[str, str]]:
    closing = NONE if one.closing_minor is None else money(one.closing_minor, one.currency)
    return [
        ("Period", span(one.period.first_on, one.period.last_on) if one.period else NONE),
        ("Lines", f"{one.line_count:,}"),
        ("Money in", money(one.in_minor, one.currency)),
        ("Money out", money(one.out_minor, one.currency)),
        ("Last balance", closing),
    ]


def _lines(one: Alternative, rivals: Sequence[Alternative], key: str) -> None:
    """The rows that tell the readings apart, as this one has them."""
    data = frame([_cells(line) for line in one.lines], "Read as", "Amount", "Bank text")
    drawn = styled(data, ["Amount"], (), one.currency or "USD")
    for column, value in (("Read as", _day), ("Amount", _amount)):
        differs = [
            number
            for number, line in enumerate(one.lines)
            if any(value(line) != value(rival.lines[number]) for rival in rivals)
        ]
        if differs:
            drawn = drawn.set_properties(subset=(differs, [column]), **DIFFERS)
    st.dataframe(
        drawn,
        column_config={
            "Read as": st.column_config.DateColumn(format="MMM D, YYYY", width=100),
            "Amount": st.column_config.NumberColumn(width=96, alignment="right"),
            "Bank text": st.column_config.TextColumn(width=300),
        },
        hide_index=True, row_height=ROW, height=height(len(data)), key=key,
    )  # fmt: skip


def _cells(line: StatementLine | None) -> tuple[date | None, int | None, str]:
    if line is None:
        return None, None, "not a line in this reading"
    return line.booked_on, line.amount_minor, line.description or line.counterparty


def _day(line: StatementLine | None) -> date | None:
    return line.booked_on if line else None


def _amount(line: StatementLine | None) -> int | None:
    return line.amount_minor if line else None


def _answer(digests: Sequence[str], layout: Mapping[str, Any]) -> None:
    for digest in digests:
        answers.answer(digest, layout=layout)
