"""Open items rendered in random layouts: read back, they are the items, or a question; never others."""

import csv
import io
from datetime import date, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from core.errors import AmbiguousStatement, StatementRefused
from core.ingestion.items.layout import ItemLayout
from core.ingestion.raw_file import RawFile
from tests.unit.ingestion.items_reading import read

TITLES = {
    "invoice": ("Customer", "Invoice no", "Invoice date", "Due date", "Balance due"),
    "bill": ("Vendor", "Bill no", "Bill date", "Due date", "Open balance"),
}
GERMAN = ("Kunde", "Rechnungsnummer", "Rechnungsdatum", "Fällig", "Offener Betrag")
FORMS = {"YMD": "%Y-%m-%d", "DMY": "%d/%m/%Y", "MDY": "%m/%d/%Y", "dots": "%d.%m.%Y"}

Item = tuple[str, str, date, date, int]
items = st.lists(
    st.tuples(
        st.sampled_from(["Blue Cafe", "Müller & Sons", "Water, Inc."]),
        st.dates(date(2024, 1, 1), date(2025, 12, 1)),
        st.integers(0, 60),
        st.integers(1, 9_999_999),
    ),
    min_size=1, max_size=12,
)  # fmt: skip


def written(minor: int, decimal: str, grouped: bool) -> str:
    text = f"{minor / 100:,.2f}" if grouped else f"{minor / 100:.2f}"
    return text.translate(str.maketrans(",.", ".,")) if decimal == "," else text


@settings(max_examples=150)
@given(
    rows=items, kind=st.sampled_from(["invoice", "bill"]), german=st.booleans(), form=st.sampled_from(sorted(FORMS)),
    decimal=st.sampled_from([".", ","]), grouped=st.booleans(), delimiter=st.sampled_from([",", ";", "\t"]),
    order=st.permutations(range(5)), preamble=st.booleans(), total=st.booleans(), negative=st.booleans(),
    encoding=st.sampled_from(["utf-8", "utf-8-sig", "cp1252"]),
)  # fmt: skip
def test_items_are_read_back_or_asked_about(
    rows, kind, german, form, decimal, grouped, delimiter, order, preamble, total, negative, encoding
) -> None:
    german = german and kind == "invoice"
    form = "DMY" if form == "MDY" and (german or decimal == ",") else form  # nobody writes the month first there
    sign = -1 if kind == "bill" and negative else 1
    given_items: list[Item] = [
        (party, f"N-{100 + at}", day, day + timedelta(days=term), minor)
        for at, (party, day, term, minor) in enumerate(rows)
    ]
    text = io.StringIO()
    writer = csv.writer(text, delimiter=delimiter)
    if preamble:
        writer.writerows([["Riverside Studio"], []])
    titles = GERMAN if german else TITLES[kind]
    writer.writerow([titles[at] for at in order])
    for party, number, issued, due, minor in given_items:
        cells = (
            party,
            number,
            issued.strftime(FORMS[form]),
            due.strftime(FORMS[form]),
            written(sign * minor, decimal, grouped),
        )
        writer.writerow([cells[at] for at in order])
    if total:
        summed = written(sign * sum(minor for *_, minor in given_items), decimal, grouped)
        cells = ("Total", "", "", "", summed)
        writer.writerow([cells[at] for at in order])
    file = RawFile("export.csv", text.getvalue().encode(encoding))

    way = -1 if kind == "bill" else 1
    expected = [(party, number, issued, due, way * minor) for party, number, issued, due, minor in given_items]
    try:
        found = read(file)
    except AmbiguousStatement as question:
        answered = [_items(file, answer) for answer in question.layouts]
        assert expected in answered or None in answered
        return
    except StatementRefused:
        raise AssertionError("a plain export was refused") from None
    assert [(i.counterparty, i.number, i.issued_on, i.due_on, i.amount_minor) for i in found.items] == expected


def _items(file: RawFile, answer: dict) -> list[Item] | None:
    """The items by an answer; None where one more question follows."""
    try:
        found = read(file, ItemLayout.from_dict(answer))
    except AmbiguousStatement:
        return None
    return [(i.counterparty, i.number, i.issued_on, i.due_on, i.amount_minor) for i in found.items]
