"""OFX as banks write it: 1.02 in SGML without closing tags, and 2.11 in XML as QFX."""

from html import escape

from core.simulation.layouts import Page, Written, plain
from core.simulation.values import CURRENCY, Movement

NAME_LENGTH = 32  # the most that OFX allows for NAME; the rest of the text goes to MEMO

SGML_HEADER = (
    "OFXHEADER:100\r\nDATA:OFXSGML\r\nVERSION:102\r\nSECURITY:NONE\r\nENCODING:USASCII\r\nCHARSET:1252\r\n"
    "COMPRESSION:NONE\r\nOLDFILEUID:NONE\r\nNEWFILEUID:NONE\r\n\r\n"
)
XML_HEADER = (
    '<?xml version="1.0" encoding="UTF-8" standalone="no"?>\n'
    '<?OFX OFXHEADER="200" VERSION="211" SECURITY="NONE" OLDFILEUID="NONE" NEWFILEUID="NONE"?>\n'
)


def name_and_memo(text: str) -> tuple[str, str]:
    """The text cut at a blank so that the first part fits into NAME; ("text", "") where it fits whole."""
    if len(text) <= NAME_LENGTH:
        return text, ""
    cut = text.rfind(" ", 0, NAME_LENGTH + 1)
    cut = cut if cut > 0 else NAME_LENGTH
    return text[:cut].rstrip(), text[cut:].strip()


def sgml(page: Page) -> Written:
    """A bank's OFX 1.02 download with LEDGERBAL."""
    body = _document(page, closed=False)
    return (SGML_HEADER + "\r\n".join(body) + "\r\n").encode("cp1252"), tuple(range(1, len(page.movements) + 1))


def xml(page: Page) -> Written:
    """A bank's QFX download: OFX 2.11 with the marks of Intuit, and LEDGERBAL."""
    body = _document(page, closed=True)
    return (XML_HEADER + "\n".join(body) + "\n").encode("utf-8"), tuple(range(1, len(page.movements) + 1))


def _document(page: Page, *, closed: bool) -> list[str]:
    def leaf(tag: str, value: str) -> str:
        return f"<{tag}>{escape(value, quote=False)}</{tag}>" if closed else f"<{tag}>{escape(value, quote=False)}"

    first, last = (f"{on:%Y%m%d}" for on in (page.period.first_on, page.period.last_on))
    status = ["<STATUS>", leaf("CODE", "0"), leaf("SEVERITY", "INFO"), "</STATUS>"]
    institution = ["<FI>", leaf("ORG", "RIVERBEND"), leaf("FID", "10482"), "</FI>"]
    return [
        "<OFX>",
        *("<SIGNONMSGSRSV1>", "<SONRS>", *status, leaf("DTSERVER", f"{last}120000"), leaf("LANGUAGE", "ENG")),
        *(*institution, *([leaf("INTU.BID", "10482")] if closed else []), "</SONRS>", "</SIGNONMSGSRSV1>"),
        *("<BANKMSGSRSV1>", "<STMTTRNRS>", leaf("TRNUID", "1"), *status, "<STMTRS>", leaf("CURDEF", CURRENCY)),
        *("<BANKACCTFROM>", leaf("BANKID", "042000314"), leaf("ACCTID", f"00071{page.bank.number}")),
        *(leaf("ACCTTYPE", page.bank.kind.upper()), "</BANKACCTFROM>"),
        *("<BANKTRANLIST>", leaf("DTSTART", first), leaf("DTEND", last)),
        *(
            line
            for number, move in enumerate(page.movements, start=1)
            for line in (
                "<STMTTRN>",
                *(leaf(tag, value) for tag, value in _transaction(page, number, move) if value),
                "</STMTTRN>",
            )
        ),
        *("</BANKTRANLIST>", "<LEDGERBAL>", leaf("BALAMT", plain(page.closing_minor)), leaf("DTASOF", last)),
        *("</LEDGERBAL>", "</STMTRS>", "</STMTTRNRS>", "</BANKMSGSRSV1>", "</OFX>"),
    ]


def _transaction(page: Page, number: int, move: Movement) -> list[tuple[str, str]]:
    """Tags and values of one STMTTRN; an empty value means that the tag is left out."""
    name, memo = name_and_memo(move.text)
    check = move.text.split()[1] if move.text.startswith("CHECK ") else ""
    kind = "CHECK" if check else ("CREDIT" if move.minor > 0 else "DEBIT")
    return [
        ("TRNTYPE", kind),
        ("DTPOSTED", f"{move.on:%Y%m%d}120000"),
        ("TRNAMT", plain(move.minor)),
        ("FITID", f"{move.on:%Y%m%d}{page.bank.number}{number:04d}"),
        ("CHECKNUM", check),
        ("NAME", name),
        ("MEMO", memo),
    ]
