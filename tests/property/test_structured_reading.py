"""Whatever dialect of MT940, CAMT, QIF or OFX a bank writes: its lines are read as they are, or refused."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any
from xml.sax.saxutils import escape

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.errors import StatementRefused
from core.ingestion.layout import Layout
from core.ingestion.raw_file import RawFile
from core.ingestion.reading import read_statement

Line = tuple[date, int, str]
Draw = Callable[[st.SearchStrategy[str]], str]

LINES = st.lists(
    st.tuples(
        st.dates(date(2001, 1, 1), date(2039, 12, 31)),
        st.integers(-(10**9), 10**9),
        st.sampled_from(
            ["Bäckerei Müller", "order 17", "Smith & Sons", "a/b: c", "50% off", "x" * 70, "^ caret", ":61:"]
        ),
    ),
    min_size=1,
    max_size=8,
)


def plain(minor: int, mark: str, *, padded: bool = False, thousands: str = "") -> str:
    whole, cents = divmod(abs(minor), 100)
    grouped = f"{whole:,}".replace(",", thousands)
    return f"{'0' * 3 if padded else ''}{grouped}{mark}{cents:02}"


def mt940(lines: list[Line], opening: int, draw: Draw) -> bytes:
    def signed(minor: int) -> str:
        return "C" if minor >= 0 else "D"

    head, foot = draw(st.sampled_from(["", "{1:F01BANKXXXX}{4:\n|-}", "BANK\n940\n|-", "|-"])).partition("|")[::2]
    padded, funds = draw(st.sampled_from(["", "padded"])) == "padded", draw(st.sampled_from(["", "R"]))
    total = opening + sum(minor for _, minor, _ in lines)
    written = [":20:X", ":25:DE123", f":60F:{signed(opening)}240101EUR{plain(opening, ',', padded=padded)}"]
    for booked_on, minor, text in lines:
        value_on = booked_on + timedelta(days=int(draw(st.sampled_from(["0", "-3", "2", "20"]))))
        reversal = {"C": ["C", "RD"], "D": ["D", "RC"]}[signed(minor)]
        mark = draw(st.sampled_from(reversal))
        written.append(
            f":61:{value_on:%y%m%d}{booked_on:%m%d}{mark}{funds}{plain(minor, ',', padded=padded)}NTRFNONREF"
        )
        written.append(f":86:{draw(st.sampled_from(['', '166?00TEXT?20']))}{text}")
    written.append(f":62F:{signed(total)}240101EUR{plain(total, ',', padded=padded)}")
    end = draw(st.sampled_from(["\n", "\r\n"]))
    return (
        (head + "\n".join(written) + "\n" + foot).replace("\n", end).encode(draw(st.sampled_from(["utf-8", "cp1252"])))
    )


def camt(lines: list[Line], opening: int, draw: Draw) -> bytes:
    def money(minor: int) -> str:
        mark = "CRDT" if minor >= 0 else "DBIT"
        return f'<Amt Ccy="EUR">{plain(minor, ".")}</Amt><CdtDbtInd>{mark}</CdtDbtInd>'

    def balance(code: str, minor: int) -> str:
        return f"<Bal><Tp><CdOrPrtry><Cd>{code}</Cd></CdOrPrtry></Tp>{money(minor)}</Bal>"

    status = draw(st.sampled_from(["<Sts>BOOK</Sts>", "<Sts><Cd>BOOK</Cd></Sts>", ""]))
    day = draw(st.sampled_from(["Dt>{}</Dt", "DtTm>{}T23:30:00+02:00</DtTm", "Dt>{}Z</Dt"]))
    body = balance(draw(st.sampled_from(["OPBD", "PRCD"])), opening)
    body += balance("CLBD", opening + sum(minor for _, minor, _ in lines))
    for booked_on, minor, text in lines:
        told = f"<NtryDtls><TxDtls><RmtInf><Ustrd>{escape(text)}</Ustrd></RmtInf></TxDtls></NtryDtls>"
        body += f"<Ntry>{money(minor)}{status}<BookgDt><{day.format(booked_on)}></BookgDt>{told}</Ntry>"
    space = draw(st.sampled_from(["", ' xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.08"']))
    stated = f"<Stmt><Acct><Id><IBAN>DE1</IBAN></Id></Acct>{body}</Stmt>"
    encoding = draw(st.sampled_from(["UTF-8", "ISO-8859-1", "UTF-16"]))
    head = f'<?xml version="1.0" encoding="{encoding}"?>'
    return f"{head}<Document{space}><BkToCstmrStmt>{stated}</BkToCstmrStmt></Document>".encode(encoding)


def qif(lines: list[Line], opening: int, draw: Draw) -> bytes:
    dates = draw(st.sampled_from(["%m/%d'%Y", "%m/%d/%y", "%d.%m.%Y", "%d/%m/%Y", "%Y-%m-%d", "%m/%d' %y"]))
    decimal = "," if dates.startswith("%d") and draw(st.sampled_from(["", "comma"])) else "."
    thousands = draw(st.sampled_from(["", "," if decimal == "." else "."]))
    written = [draw(st.sampled_from(["!Type:Bank", "!Type:CCard", "!Type:Cat\nNx\n^\n!Type:Oth A"]))]
    for booked_on, minor, text in lines:
        amount = ("-" if minor < 0 else "") + plain(minor, decimal, thousands=thousands)
        written += [f"D{booked_on.strftime(dates)}", f"{draw(st.sampled_from('TU'))}{amount}", f"P{text}", "^"]
    return draw(st.sampled_from(["\n", "\r\n"])).join([*written, ""]).encode("utf-8")


def ofx(lines: list[Line], opening: int, draw: Draw) -> bytes:
    mark, closed = draw(st.sampled_from([".", ","])), draw(st.sampled_from(["", "closed"])) == "closed"
    stamp = draw(st.sampled_from(["%Y%m%d", "%Y%m%d120000", "%Y%m%d233000.000[-5:EST]", "%Y-%m-%d"]))

    def leaf(tag: str, value: str) -> str:
        return f"<{tag}>{value}</{tag}>" if closed else f"<{tag}>{value}\n"

    def money(minor: int) -> str:
        return ("-" if minor < 0 else "") + plain(minor, mark)

    body = ""
    for number, (booked_on, minor, text) in enumerate(lines):
        cdata = draw(st.sampled_from(["", "cdata"])) and closed
        told = f"<![CDATA[{text}]]>" if cdata else escape(text)
        leaves = leaf("DTPOSTED", booked_on.strftime(stamp)) + leaf("TRNAMT", money(minor)) + leaf("FITID", str(number))
        body += f"<STMTTRN>{leaves}{leaf('NAME', told)}</STMTTRN>"
    total = opening + sum(minor for _, minor, _ in lines)
    head = draw(
        st.sampled_from(["OFXHEADER:100\nDATA:OFXSGML\n\n", "", '<?xml version="1.0"?><?OFX OFXHEADER="200"?>'])
    )
    stated = leaf("CURDEF", "EUR") + f"<BANKTRANLIST>{body}</BANKTRANLIST><LEDGERBAL>{leaf('BALAMT', money(total))}"
    return f"{head}<OFX><STMTRS>{stated}</LEDGERBAL></STMTRS></OFX>".encode()


@pytest.mark.parametrize("write", [mt940, camt, qif, ofx])
@settings(max_examples=60, deadline=None)
@given(data=st.data(), lines=LINES, opening=st.integers(-(10**8), 10**8))
def test_a_written_statement_is_read_back_or_refused(
    write: Callable[[list[Line], int, Draw], bytes], data: st.DataObject, lines: list[Line], opening: int
) -> None:
    content = write(lines, opening, data.draw)
    try:
        statement = read_statement(RawFile("bank", content), currency="EUR")
    except StatementRefused as refused:
        answers: list[dict[str, Any]] = getattr(refused, "layouts", [])  # only a question may refuse these files
        readings = [read_statement(RawFile("bank", content), Layout.from_dict(answer), "EUR") for answer in answers]
    else:
        readings = [statement]
    written = [(booked_on, minor) for booked_on, minor, _ in lines]
    found = [[(line.booked_on, line.amount_minor) for line in reading.lines] for reading in readings]
    assert written in found
    texts = [line.description for line in readings[found.index(written)].lines]
    assert all(" ".join(text.split()) in told for (_, _, text), told in zip(lines, texts, strict=True))
    if len(readings) == 1:
        assert readings[0].accounts[0].proved is not False
