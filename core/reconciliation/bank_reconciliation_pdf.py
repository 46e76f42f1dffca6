"""Bank reconciliation statements as a PDF to print and to file; the same values give the same bytes."""

from collections.abc import Sequence
from datetime import date, datetime
from functools import lru_cache
from html import escape
from io import BytesIO
from pathlib import Path

from reportlab.lib.colors import HexColor
from reportlab.lib.enums import TA_RIGHT
from reportlab.lib.pagesizes import A4, letter
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.pdfbase.pdfmetrics import registerFont
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import BaseDocTemplate, Flowable, Frame, PageBreak, PageTemplate, Paragraph, Spacer, Table

from core.money import minor_digits, to_decimal
from core.reconciliation.bank_reconciliation import BankReconciliation, OutstandingPart
from core.reconciliation.statement_proof import Cause

_FONTS = Path(__file__).resolve().parents[2] / "data" / "fonts"
_PLAIN, _BOLD = "DejaVuSansCondensed", "DejaVuSansCondensed-Bold"
_INK, _MUTED, _LINE = HexColor("#1b1f24"), HexColor("#5c6570"), HexColor("#c9ced6")
_MARGIN, _DATE, _AMOUNT = 20 * mm, 24 * mm, 34 * mm

_TITLES = {
    Cause.OPENING: "Opening balance that is not, or not so, in the books",
    Cause.WAITING: "Bank lines that wait for review",
    Cause.UNBOOKED: "Bank lines without an entry",
    Cause.LEFT_OUT: "Bank lines left out of the books",
    Cause.DELETED: "Bank lines deleted on purpose",
    Cause.OTHER_ENTRIES: "Entries that no bank line led to",
    Cause.OTHER_DAYS: "Bank lines booked on another day",
    Cause.STATEMENTS: "Statements missing in between, overlapping or not adding up",
}


def reconciliation_pdf(found: Sequence[BankReconciliation], *, printed_at: datetime) -> bytes:
    """The statements one after the other, each on a page of its own, Letter in US dollars and A4 otherwise."""
    _register_fonts()
    buffer = BytesIO()
    size = letter if all(one.currency == "USD" for one in found) else A4
    document = BaseDocTemplate(
        buffer, pagesize=size, leftMargin=_MARGIN, rightMargin=_MARGIN, topMargin=18 * mm, bottomMargin=20 * mm,
        title=_title(found), author=found[0].company if found else "", invariant=1,
    )  # fmt: skip
    frame = Frame(_MARGIN, 20 * mm, size[0] - 2 * _MARGIN, size[1] - 38 * mm, 0, 0, 0, 0)
    told = f"{_title(found)} · printed {_day(printed_at.date())}, {printed_at:%H:%M} UTC"
    document.addPageTemplates(PageTemplate(frames=[frame], onPage=lambda canvas, _: _foot(canvas, size[0], told)))
    story: list[Flowable] = []
    for number, one in enumerate(found):
        story += [PageBreak()] if number else []
        story += _pages(one, size[0] - 2 * _MARGIN)
    document.build(story)
    return buffer.getvalue()


@lru_cache(maxsize=1)
def _register_fonts() -> None:
    for name in (_PLAIN, _BOLD):
        registerFont(TTFont(name, _FONTS / f"{name}.ttf"))


def _title(found: Sequence[BankReconciliation]) -> str:
    accounts = ", ".join(dict.fromkeys(one.bank_account for one in found))
    return f"Bank reconciliation, {accounts}, {_day(found[0].as_of)}" if found else "Bank reconciliation"


def _style(name: str = _PLAIN, size: float = 9, *, right: bool = False, muted: bool = False) -> ParagraphStyle:
    return ParagraphStyle(
        f"{name}{size}{right}{muted}", fontName=name, fontSize=size, leading=size * 1.35,
        textColor=_MUTED if muted else _INK, **({"alignment": TA_RIGHT} if right else {}),
    )  # fmt: skip


def _text(words: str, style: ParagraphStyle) -> Paragraph:
    return Paragraph(escape(words), style)


def _pages(one: BankReconciliation, width: float) -> list[Flowable]:
    number = f" · {one.bank_account_number}" if one.bank_account_number else ""
    head: list[Flowable] = [
        _text(one.company, _style(_BOLD, 10)),
        _text("Bank reconciliation statement", _style(_BOLD, 17)),
        Spacer(0, 2 * mm),
        _text(f"{one.bank_account}{number}", _style(size=11)),
        _text(f"As of {_day(one.as_of)} · {one.currency} · {one.ledger_account}", _style(muted=True)),
        Spacer(0, 6 * mm),
    ]
    return [*head, *_per_bank(one, width), *_outstanding(one, width), *_close(one, width)]


def _per_bank(one: BankReconciliation, width: float) -> list[Flowable]:
    opening = f"Opening balance, {_day(one.first_on)}"
    count = f"{one.line_count:,} bank line{'' if one.line_count == 1 else 's'}"
    rows = [(opening, one.opening_minor, False), (count, one.lines_minor, False)]
    if one.off_minor:
        rows.append(("The statement does not add up by", -one.off_minor, False))
    rows.append((f"Balance per bank, {_day(one.as_of)}", one.bank_minor, True))
    return [_sums(rows, one, width), _text(f"Bank statement: {one.file_name}", _style(size=8, muted=True)), _gap()]


def _outstanding(one: BankReconciliation, width: float) -> list[Flowable]:
    if one.bank_minor is None:
        return [_text("The balance per bank is not known, so nothing can be set against the books.", _style()), _gap()]
    if not one.parts:
        return [_text("Nothing is outstanding.", _style()), _gap()]
    story: list[Flowable] = []
    for part in one.parts:
        story += [_part(part, one, width), Spacer(0, 3 * mm)]
    return story


def _part(part: OutstandingPart, one: BankReconciliation, width: float) -> Table:
    """One cause with its rows; the heading is repeated where the table goes over a page."""
    sign = "Add" if part.amount_minor > 0 else "Less"
    rows: list[list[object]] = [[_text(f"{sign}: {_TITLES[part.cause]}", _style(_BOLD)), "", ""]]
    for row in part.rows:
        name = f"{row.text} · {row.counterparty}" if row.counterparty else row.text
        rows.append(
            [_text(_day(row.booked_on), _style(size=8, muted=True)), _text(name, _style(size=8)),
             _text(_amount(row.amount_minor, one.currency), _style(size=8, right=True))]
        )  # fmt: skip
    if (more := part.count - len(part.rows)) > 0 and part.rows:
        rest = part.amount_minor - sum(row.amount_minor for row in part.rows)
        rows.append(["", _text(f"and {more:,} more", _style(size=8)), _cell(rest, one)])
    if part.rows:
        rows.append(["", _text("Sum", _style(_BOLD, 8)), _cell(part.amount_minor, one, bold=True)])
    else:
        rows[0][2] = _cell(part.amount_minor, one, bold=True)
    return Table(
        rows, [_DATE, width - _DATE - _AMOUNT, _AMOUNT], repeatRows=1,
        style=[("SPAN", (0, 0), (1, 0)), ("VALIGN", (0, 0), (-1, -1), "TOP"), *_PADDING,
               ("LINEBELOW", (0, 0), (-1, 0), 0.5, _LINE)],
    )  # fmt: skip


_PADDING = [("LEFTPADDING", (0, 0), (-1, -1), 0), ("RIGHTPADDING", (0, 0), (-1, -1), 0),
            ("TOPPADDING", (0, 0), (-1, -1), 1.5), ("BOTTOMPADDING", (0, 0), (-1, -1), 1.5)]  # fmt: skip


def _close(one: BankReconciliation, width: float) -> list[Flowable]:
    rows = [(f"Balance per books, {_day(one.as_of)}", one.books_minor, True)]
    if one.bank_minor is not None:
        rows.insert(0, ("Outstanding altogether", one.outstanding_minor, False))
        rows.append(("Difference", one.bank_minor + one.outstanding_minor - one.books_minor, False))
    if one.is_closed:
        by = f" by {one.closed_by}" if one.closed_by else ""
        told = f"Closed{by} on {_day(one.closed_on)}." if one.closed_on else f"Closed{by}."
    elif one.blockers:
        told = f"Not closed. Before it can be: {'; '.join(one.blockers)}."
    else:
        told = "Not closed yet."
    small = _style(size=8, muted=True)
    signed = Table(
        [["", "", ""], [_text("Prepared by, date", small), "", _text("Reviewed by, date", small)]],
        [width * 0.44, width * 0.12, width * 0.44], [14 * mm, 6 * mm],
        style=[*_PADDING, ("LINEABOVE", (0, 1), (0, 1), 0.5, _INK), ("LINEABOVE", (2, 1), (2, 1), 0.5, _INK)],
    )  # fmt: skip
    return [_sums(rows, one, width), _text(told, _style()), signed]


def _sums(rows: Sequence[tuple[str, int | None, bool]], one: BankReconciliation, width: float) -> Table:
    """Lines of a sum; the bold ones are results, ruled off above."""
    cells = [[_text(words, _style(_BOLD if bold else _PLAIN, 10)), _cell(minor, one, bold=bold, size=10)]
             for words, minor, bold in rows]  # fmt: skip
    ruled = [("LINEABOVE", (1, at), (1, at), 0.7, _INK) for at, (_, _, bold) in enumerate(rows) if bold]
    return Table(cells, [width - _AMOUNT, _AMOUNT], style=[*_PADDING, *ruled])


def _cell(minor: int | None, one: BankReconciliation, *, bold: bool = False, size: float = 8) -> Paragraph:
    words = "not stated" if minor is None else _amount(minor, one.currency)
    return _text(words, _style(_BOLD if bold else _PLAIN, size, right=True))


def _gap() -> Spacer:
    return Spacer(0, 5 * mm)


def _amount(minor: int, currency: str) -> str:
    """1,234.50; (1,234.50) below zero, as accountants write it."""
    written = f"{to_decimal(abs(minor), currency):,.{minor_digits(currency)}f}"
    return f"({written})" if minor < 0 else written


def _day(day: date) -> str:
    return f"{day:%B} {day.day}, {day.year}"


def _foot(canvas: Canvas, width: float, told: str) -> None:
    canvas.saveState()
    canvas.setFont(_PLAIN, 7.5)
    canvas.setFillColor(_MUTED)
    canvas.drawString(_MARGIN, 12 * mm, told)
    canvas.drawRightString(width - _MARGIN, 12 * mm, f"Page {canvas.getPageNumber()}")
    canvas.restoreState()
