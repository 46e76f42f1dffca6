"""A statement file written again as a whole: line ends, envelopes, headers and namespaces of other programs."""

import csv
import io
import random
import re
from collections.abc import Iterator
from dataclasses import replace

from openpyxl import Workbook

from tests.golden import rewriting
from tests.golden.rewriting import Copy

AT_ONCE = 8  # copies of a file in which several habits are changed together

_OFX2 = (
    b'<?xml version="1.0" encoding="UTF-8" standalone="no"?>\n'
    b'<?OFX OFXHEADER="200" VERSION="211" SECURITY="NONE" OLDFILEUID="NONE" NEWFILEUID="NONE"?>\n'
)
_OFX1 = (
    b"OFXHEADER:100\r\nDATA:OFXSGML\r\nVERSION:102\r\nSECURITY:NONE\r\nENCODING:UTF-8\r\nCHARSET:NONE\r\n"
    b"COMPRESSION:NONE\r\nOLDFILEUID:NONE\r\nNEWFILEUID:NONE\r\n\r\n"
)


def of_any_text(content: bytes) -> Iterator[tuple[str, bytes]]:
    """Other line ends; a file that already has them, or none, is left as it is."""
    lines = content.replace(b"\r\n", b"\n").replace(b"\r", b"\n")
    yield "line ends CRLF", lines.replace(b"\n", b"\r\n")
    yield "line ends LF", lines
    yield "line end missing at the end", lines.rstrip(b"\n")
    yield "blank lines at the end", lines + b"\n\n\n"


def of_ofx(content: bytes) -> Iterator[tuple[str, bytes]]:
    start = re.search(rb"<OFX>", content, re.IGNORECASE)
    if start is None:
        return
    body = content[start.start() :]
    ascii_only = body.isascii()
    if ascii_only:
        yield "OFX 2 header", _OFX2 + body
        yield "OFX 1 header", _OFX1 + body
        yield "OFX no header", body
        yield "OFX byte order mark", b"\xef\xbb\xbf" + _OFX1 + body
    closed = re.sub(rb"<([A-Z0-9.]+)>([^<\r\n]+?)[ \t]*(?:</\1>)?[ \t]*(?=\r?\n|<)", rb"<\1>\2</\1>", body)
    if ascii_only:
        yield "OFX all tags closed", _OFX2 + closed
        yield "OFX no tag of a value closed", _OFX1 + re.sub(rb"<([A-Z0-9.]+)>([^<>]+)</\1>", rb"<\1>\2", body)
        yield "OFX on one line", _OFX1 + re.sub(rb"\s*[\r\n]+\s*", b"", closed)


def of_camt(content: bytes) -> Iterator[tuple[str, bytes]]:
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return
    kind = re.search(r"camt\.(05\d)\.001\.\d\d", text)
    if kind:
        for version in ("02", "04", "08", "11", "13"):
            renamed = re.sub(r"camt\.05\d\.001\.\d\d", f"camt.{kind[1]}.001.{version}", text)
            yield f"CAMT version {version}", renamed.encode()
    bare = re.sub(r'\sxmlns="[^"]*"', "", text, count=1)
    if "<Document" in bare:
        yield "CAMT no namespace", bare.encode()
        prefixed = re.sub(r"<(/?)([A-Z])", r"<\1ns0:\2", bare)
        yield "CAMT namespace prefix", prefixed.replace("<ns0:Document", '<ns0:Document xmlns:ns0="urn:x"', 1).encode()
    yield "CAMT between tags nothing", re.sub(r">\s+<", "><", text).encode()
    head = re.sub(r"<\?xml[^>]*\?>", "", text, count=1)
    yield "CAMT UTF-16", ('<?xml version="1.0" encoding="UTF-16"?>' + head).encode("utf-16")


def of_mt940(content: bytes) -> Iterator[tuple[str, bytes]]:
    body = re.sub(rb"\{[1-5]:[^{}]*(?:\{[^{}]*\})*[^{}:]*\}", b"", content) if b"{4:" not in content else content
    if b"{" not in content:
        yield "MT940 envelope", b"{1:F01BANKDEFFXXXX0000000000}{2:I940X}{4:\r\n" + body.rstrip() + b"\r\n-}"
    yield "MT940 blank lines first", b"\r\n\r\n" + content


def of_table(copy: Copy) -> Iterator[tuple[str, bytes]]:
    """A table's file with other ends of lines, more columns or rows, as a workbook, and with several habits at once."""
    text = copy.content()
    if not any("\n" in cell or "\r" in cell for row in copy.rows for cell in row):
        yield "line ends CR", text.replace(b"\n", b"\r")
    yield "line ends CRLF", text.replace(b"\n", b"\r\n")
    spread = replace(copy, rows=[[*row, "", ""] for row in copy.rows])
    yield "two empty columns", replace(spread, header=[*copy.header, "", ""] if copy.header else None).content()
    yield "cells quoted", _quoted(copy)
    yield "totals below", _with_totals(copy).content()
    yield "workbook of texts", _workbook(copy)
    dice = random.Random(len(text))
    for number in range(AT_ONCE):
        try:
            yield f"habits at once {number}", _recombined(copy, dice).content()
        except UnicodeEncodeError:
            continue


def _quoted(copy: Copy) -> bytes:
    out = io.StringIO()
    writer = csv.writer(out, quoting=csv.QUOTE_ALL, delimiter=copy.delimiter, lineterminator="\r\n")
    writer.writerows([*copy.preamble, *([copy.header] if copy.header else []), *copy.rows, *copy.footer])
    return out.getvalue().encode("utf-8")


def _with_totals(copy: Copy) -> Copy:
    """A row below the lines that sums up a money column, named in the column of texts."""
    at = copy.layout.position("description")
    money = [one for one in copy.money if one >= 0]
    if at < 0 or not money:
        return copy
    row = [""] * copy.width
    row[at], row[money[0]] = "Total", next((line[money[0]] for line in copy.rows if line[money[0] :][:1]), "")
    return replace(copy, footer=[row])


def _workbook(copy: Copy) -> bytes:
    """Every cell a text, as exports do that are written by a web page."""
    book = Workbook()
    sheet = book.active
    for row in [*copy.preamble, *([copy.header] if copy.header else []), *copy.rows, *copy.footer]:
        sheet.append([cell or None for cell in row])
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _recombined(copy: Copy, dice: random.Random) -> Copy:
    """One habit of each kind changed, in an order in which none undoes what another needs to know."""

    def one_of(made: Iterator[tuple[str, Copy]], *without: str) -> Copy | None:
        fitting = [each for name, each in made if not name.startswith(without)]
        return dice.choice(fitting) if fitting else None

    money = dice.choice([rewriting.of_amounts, rewriting.of_signs])
    made = (
        one_of(rewriting.of_headers(copy), "header gone", "header words unknown", "header over", "header rep") or copy
    )
    made = one_of(rewriting.of_dates(made), "dates month") or made
    made = one_of(money(made)) or made
    made = one_of(rewriting.of_rows(made), "text goes", "footer") or made
    delimiter = dice.choice(",;\t|")
    return replace(made, delimiter=delimiter, encoding=dice.choice(["utf-8", "utf-8-sig", "utf-16", "cp1252"]))
