"""What a file is: the one format that may read it, or, where none does, what to export instead."""

import re

_MAGIC = (
    (b"%PDF", "It is a PDF; export the account's transactions as CSV or OFX instead."),
    (b"PK\x03\x04", "It is a ZIP archive or a damaged document; unpack it first."),
    (b"PK\x05\x06", "It is an empty ZIP archive."),
    (
        b"\xd0\xcf\x11\xe0",
        "It is a damaged Excel workbook or another old Office document; open it and save it as XLSX or CSV.",
    ),
    (b"\x1f\x8b", "It is a compressed file; unpack it first."),
    (b"7z\xbc\xaf", "It is a compressed file; unpack it first."),
    (b"Rar!", "It is a compressed file; unpack it first."),
    (b"\x89PNG", "It is a picture; export the account's transactions as CSV or OFX instead."),
    (b"\xff\xd8\xff", "It is a picture; export the account's transactions as CSV or OFX instead."),
    (b"GIF8", "It is a picture; export the account's transactions as CSV or OFX instead."),
    (b"{\\rtf", "It is a text document; export the account's transactions as CSV or OFX instead."),
)
_HTML = re.compile(rb"<\s*(?:!doctype\s+html|html|head|body)\b", re.IGNORECASE)
_OFX = re.compile(rb"<\s*OFX\b|OFXHEADER", re.IGNORECASE)
_CAMT = re.compile(rb"<(?:[A-Za-z_][\w.-]{0,40}:)?BkToCstmr(?:Stmt|AcctRpt|DbtCdtNtfctn)(?:V\d\d)?[\s/>]")
_MT940 = (
    re.compile(rb"(?:^|@@)[ \t]*:(?:20|25):", re.MULTILINE),
    re.compile(rb"(?:^|@@)[ \t]*:(?:60[FM]|61|62[FM]|28C?|34F|90[CD]):", re.MULTILINE),
)
_QIF = re.compile(rb"^[ \t]*!(?:Type:|Account\b|Option:)", re.IGNORECASE | re.MULTILINE)
_QIF_RECORD = (
    re.compile(rb"\AD *\d[\d/.' -]{4,12}\r?$", re.MULTILINE),
    re.compile(rb"^[TU][-+]?[\d.,]+\r?$", re.MULTILINE),
    re.compile(rb"^\^\r?$", re.MULTILINE),
)
_HEAD = 4096
_ONE_SIDE, _FEWEST_NULS, _READABLE = 0.95, 0.2, 0.95  # shares
_BLANKS = b" \t\r\n\0\xef\xbb\xbf"


def signature(content: bytes) -> str:
    """The name of the structured format that the bytes announce near their beginning: ofx, camt, mt940, qif or "".

    Read in an 8-bit or a 16-bit encoding. At most one holds, so that no two formats can claim the same file.
    """
    head = content[: 4 * _HEAD].replace(b"\0", b"").lstrip(b"\xef\xbb\xbf\xff\xfe \t\r\n")
    if _OFX.search(head):
        return "ofx"
    if _CAMT.search(head):
        return "camt"
    if all(part.search(head) for part in _MT940):
        return "mt940"
    if _QIF.search(head) or all(part.search(head) for part in _QIF_RECORD):
        return "qif"
    return ""


def name_of_unreadable(content: bytes) -> str:
    """A sentence naming what the file is, where that is certainly nothing the readers read; else ""."""
    head = content[:_HEAD]
    if not head.strip(_BLANKS) and not content.strip(_BLANKS):
        return "It is empty."
    for magic, sentence in _MAGIC:
        if head.startswith(magic):
            return sentence
    if signature(content):
        return ""
    if _HTML.search(head):
        return "It is a web page, perhaps the bank's error or sign-in page; download the statement again."
    if head.lstrip(b"\xef\xbb\xbf \t\r\n").startswith((b"<?xml", b"<Document")):
        return "It is XML, but no CAMT or OFX statement; export one of these, or CSV, instead."
    if head.lstrip().startswith((b"{", b"[{")):
        return "It is JSON; export CSV or OFX instead."
    return _binary(content)


def _binary(content: bytes) -> str:
    """NUL bytes belong to UTF-16 text, and there to one byte of each pair; anything else is not text."""
    sample = content[:_HEAD]
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return ""
    nuls = sample.count(0)
    if nuls and not _is_utf_16(sample, nuls):
        return "It holds binary data, not text; perhaps it is damaged. Download it again."
    controls = sum(1 for byte in sample if byte < 9 or 13 < byte < 27)
    if not nuls and controls > len(sample) * 0.02:
        return "It holds binary data, not text; perhaps it is damaged. Download it again."
    return ""


def _is_utf_16(sample: bytes, nuls: int) -> bool:
    """Whether the NUL bytes stand on one side of the pairs, where Latin text has most, and other text delimiters'."""
    sides = {"utf-16-le": sample[1::2].count(0), "utf-16-be": sample[0::2].count(0)}
    encoding = max(sides, key=lambda name: sides[name])
    if sides[encoding] < nuls * _ONE_SIDE:
        return False
    if nuls >= len(sample) // 2 * 0.6:
        return True
    text = sample[: len(sample) // 2 * 2].decode(encoding, errors="replace")
    readable = sum(c.isalnum() or c.isspace() or c.isascii() for c in text if c not in "\ufffd\0")
    return nuls >= len(sample) // 2 * _FEWEST_NULS and readable >= _READABLE * len(text)
