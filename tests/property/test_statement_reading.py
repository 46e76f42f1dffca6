"""Whatever layout a bank chooses: its lines are read as they are, or the file is refused, never read differently."""

import csv
import io
import os
from collections import Counter
from dataclasses import dataclass
from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.errors import AmbiguousStatement, BookkeepingError
from core.ingestion.layout import Layout
from core.ingestion.raw_file import RawFile
from core.ingestion.reading import read_statement
from core.ingestion.statement import Statement
from core.problems import Severity

Line = tuple[date, int, str]

# Words that say nothing of a direction: a file that calls positive amounts "cash withdrawal" is turned round.
WORDS = [
    "bakery",
    "acme ltd",
    "order 17",
    "müller",
    "zebra, january",
    'the "blue" house',
    "north | south",
    "o'neill; sons",
    "date night",  # words of headers
    "amount desk",
    "balance boards",
    "status symbol",
]
DATE_STYLES = {
    "%Y-%m-%d": "",
    "%Y/%m/%d": "",
    "%Y%m%d": "",
    "%d.%m.%Y": "",
    "%d.%m.%y": "",
    "%d/%m/%Y": "",
    "%d-%m-%Y": "",
    "%d %b %Y": "",
    "%m/%d/%Y": ".",  # month first is never written with decimal commas
    "%m/%d/%y": ".",
}
HABITS = ("day once", "text below", "header over two rows", "header again", "brought forward", "footer")
ENGLISH = ("Date", "Description", "Amount", "Debit", "Credit", "D/C", "Balance")


@dataclass(frozen=True)
class Style:
    """One bank's habits."""

    delimiter: str
    dates: str
    decimal: str
    thousands: str
    sign: str  # signed, separate, direction, parentheses, trailing
    balance: bool
    newest_first: bool
    header: bool
    encoding: str
    preamble: int
    habits: frozenset[str] = frozenset()  # of HABITS; only files with a header have any


@st.composite
def styles(draw: st.DrawFn) -> Style:
    dates = draw(st.sampled_from(sorted(DATE_STYLES)))
    decimal = DATE_STYLES[dates] or draw(st.sampled_from([".", ","]))
    thousands = draw(st.sampled_from(["", "," if decimal == "." else ".", "'"]))
    return Style(
        delimiter=draw(st.sampled_from([",", ";", "\t", "|"])),
        dates=dates,
        decimal=decimal,
        thousands=thousands,
        sign=draw(st.sampled_from(["signed", "separate", "direction", "parentheses", "trailing"])),
        balance=draw(st.booleans()),
        newest_first=draw(st.booleans()),
        header=draw(st.integers(0, 3)) > 0,
        encoding=draw(st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "cp1252"])),
        preamble=draw(st.sampled_from([0, 1, 3, 30])),
        habits=draw(st.frozensets(st.sampled_from(HABITS), max_size=3)),
    )


@st.composite
def statements(draw: st.DrawFn) -> list[Line]:
    """Lines in the order of time, as banks list them."""
    start = draw(st.dates(date(2001, 1, 1), date(2039, 1, 1)))
    days = sorted(draw(st.lists(st.integers(0, draw(st.sampled_from([5, 31, 366]))), min_size=1, max_size=12)))
    amounts = st.one_of(st.integers(-9_999, 9_999), st.integers(-9_999_999, 9_999_999))
    return [(start + timedelta(day), draw(amounts), draw(st.sampled_from(WORDS))) for day in days]


def number(minor: int, style: Style) -> str:
    whole, cents = divmod(abs(minor), 100)
    grouped = f"{whole:,}".replace(",", style.thousands)
    return f"{grouped}{style.decimal}{cents:02d}"


def signed(minor: int, style: Style) -> str:
    text = number(minor, style)
    if minor >= 0:
        return text
    return f"({text})" if style.sign == "parentheses" else f"{text}-" if style.sign == "trailing" else f"-{text}"


def money_cells(minor: int, style: Style) -> list[str]:
    if style.sign == "separate":
        return [number(minor, style), ""] if minor < 0 else ["", number(minor, style)]
    if style.sign == "direction":
        return [number(minor, style), "D" if minor < 0 else "C"]
    return [signed(minor, style)]


def written(lines: list[Line], style: Style, opening: int) -> bytes:
    titles = ["Date", "Description"]
    titles += {"separate": ["Debit", "Credit"], "direction": ["Amount", "D/C"]}.get(style.sign, ["Amount"])
    titles += ["Balance"] if style.balance else []
    rows, balance = [], opening
    for day, minor, text in lines:
        balance += minor
        tail = [("-" if balance < 0 else "") + number(balance, style)] if style.balance else []
        rows.append([day.strftime(style.dates), text, *money_cells(minor, style), *tail])
    if style.newest_first:
        rows.reverse()
    heads = [titles] if style.header else []
    if style.header:
        heads, rows = in_habits(style, heads[0], rows, opening)
    out = io.StringIO()
    writer = csv.writer(out, delimiter=style.delimiter, lineterminator="\r\n")
    for index in range(style.preamble if style.header else 0):
        writer.writerow([f"Export of account {index}"])
    writer.writerows(heads)
    writer.writerows(rows)
    return out.getvalue().encode(style.encoding)


def in_habits(
    style: Style, titles: list[str], rows: list[list[str]], opening: int
) -> tuple[list[list[str]], list[list[str]]]:
    """The rows of the header and of the body as a bank with these habits writes them."""
    heads, blank, made = [titles], [""] * (len(titles) - 2), []
    if "header over two rows" in style.habits:
        heads = [["Booking", "Transaction", *blank], ["Date", "Description", *titles[2:]]]
    middle = len(rows) // 2
    for index, row in enumerate(rows):
        if "header again" in style.habits and index == middle and index:
            made += heads
        same = index and row[0] == rows[index - 1][0]
        made.append(["", *row[1:]] if "day once" in style.habits and same else row)
        if "text below" in style.habits:
            made.append(["", "and what it is for", *blank])
    if "brought forward" in style.habits and style.balance and not style.newest_first:
        before = ("-" if opening < 0 else "") + number(opening, style)
        made.insert(0, ["", "Balance brought forward", *blank[:-1], before])
    if "footer" in style.habits:
        made += [["End of the list"], ["No tax document", "keep it"]]
    return heads, made


def lines_of(statement: Statement) -> list[Line]:
    return [(line.booked_on, line.amount_minor, line.description) for line in statement.lines]


def expected(lines: list[Line], style: Style) -> list[Line]:
    told = [(day, minor, text) for day, minor, text in lines]
    return told[::-1] if style.newest_first else told


@settings(max_examples=int(os.environ.get("READING_EXAMPLES", "400")), deadline=None)
@given(lines=statements(), style=styles(), opening=st.integers(-100_000, 10_000_000))
def test_a_statement_is_read_as_written_or_refused(lines: list[Line], style: Style, opening: int) -> None:
    try:
        statement = read_statement(RawFile("bank.csv", written(lines, style, opening)))
    except BookkeepingError:
        return
    if any(p.severity is Severity.WARNING and p.row == 0 and told_open(p.message, style) for p in statement.problems):
        return  # a doubtful choice is said, not hidden
    faulty = [p for p in statement.problems if p.severity is Severity.ERROR or "not read as a line" in p.message]
    read, wanted = lines_of(statement), expected(lines, style)
    if faulty:  # a row that is refused by name, beside others that are read
        assert len(read) + len(faulty) == len(wanted)
        assert not Counter(line[:2] for line in read) - Counter(line[:2] for line in wanted)
        return
    assert [line[:2] for line in read] == [line[:2] for line in wanted]
    assert all(text.startswith(was) for (_, _, text), (_, _, was) in zip(read, wanted, strict=True))


def told_open(message: str, style: Style) -> bool:
    """Whether a warning on the whole file says that a choice was not proved: a column's, or the order of the dates."""
    return not style.header or message.startswith("Nothing proves what stands first")


def test_equal_amounts_beside_a_balance_that_fits_both_ways_are_refused() -> None:
    rows = b"20010101,bakery,0.01,,-0.01\r\n20010101,bakery,0.01,,-0.02\r\n"
    with pytest.raises(AmbiguousStatement):
        read_statement(RawFile("bank.csv", rows))


@settings(max_examples=150, deadline=None)
@given(lines=statements(), style=styles(), opening=st.integers(0, 10_000_000))
def test_a_saved_layout_reads_the_same_lines_again(lines: list[Line], style: Style, opening: int) -> None:
    file = RawFile("bank.csv", written(lines, style, opening))
    try:
        statement = read_statement(file)
    except BookkeepingError:
        return
    again = read_statement(file, Layout.from_dict(statement.layout))
    assert lines_of(again) == lines_of(statement)
    assert [a.proved for a in again.accounts] == [a.proved for a in statement.accounts]


@settings(max_examples=150, deadline=None)
@given(lines=statements(), style=styles(), opening=st.integers(0, 10_000_000))
def test_what_the_running_balance_states_is_proved_by_the_lines(lines: list[Line], style: Style, opening: int) -> None:
    if not style.balance or not style.header:
        return
    try:
        statement = read_statement(RawFile("bank.csv", written(lines, style, opening)))
    except BookkeepingError:
        return
    if any(problem.row for problem in statement.problems):
        return  # a row was left out, and said to be
    for account in statement.accounts:
        if account.proved is not None:
            assert account.proved
            assert account.opening_minor == opening


@settings(max_examples=300, deadline=None)
@given(content=st.binary(max_size=400))
def test_any_bytes_are_read_or_refused_with_a_sentence(content: bytes) -> None:
    try:
        read_statement(RawFile("any.csv", content))
    except BookkeepingError as refused:
        assert str(refused).endswith((".", "!"))  # noqa: PT017 - reading some of them is fine


@settings(max_examples=300, deadline=None)
@given(text=st.text(alphabet='0123456789.,;-/"\n\t|()abcDate€ \0', max_size=300))
def test_any_text_is_read_or_refused_with_a_sentence(text: str) -> None:
    try:
        read_statement(RawFile("any.csv", text.encode()))
    except BookkeepingError as refused:
        assert str(refused).endswith(".")  # noqa: PT017 - reading some of them is fine
