"""What a file is that no reader reads, so that the refusal can say what to export instead."""

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
_MT940 = re.compile(rb"^:20:.*?^:(?:25|60F|60M|61):", re.MULTILINE | re.DOTALL)
_QIF = re.compile(rb"^\s*!(?:Type|Account|Option)\b", re.IGNORECASE)
_HEAD = 4096


def is_ofx(content: bytes) -> bool:
    """Whether the bytes announce an OFX document near their beginning, in an 8-bit or a 16-bit encoding."""
    return bool(_OFX.search(content[: 4 * _HEAD].replace(b"\0", b"")))


def name_of_unreadable(content: bytes) -> str:
    """A sentence naming what the file is, where that is certainly nothing the readers read; else ""."""
    head = content[:_HEAD]
    if not content.strip(b" \t\r\n\0\xef\xbb\xbf"):
        return "It is empty."
    for magic, sentence in _MAGIC:
        if head.startswith(magic):
            return sentence
    if is_ofx(content):
        return ""
    if _HTML.search(head):
        return "It is a web page, perhaps the bank's error or sign-in page; download the statement again."
    if head.lstrip(b"\xef\xbb\xbf \t\r\n").startswith((b"<?xml", b"<Document")):
        return "It is XML of a kind that is not read yet; export CSV or OFX instead."
    if head.lstrip().startswith((b"{", b"[{")):
        return "It is JSON; export CSV or OFX instead."
    if _QIF.search(head):
        return "It is a QIF file, which is not read yet; export CSV or OFX instead."
    if _MT940.search(head):
        return "It is an MT940 file, which is not read yet; export CSV or OFX instead."
    return _binary(content)


def _binary(content: bytes) -> str:
    """NUL bytes belong to UTF-16 text, and there to about every second byte; anything else is not text."""
    sample = content[:_HEAD]
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return ""
    nuls = sample.count(0)
    half = len(sample) // 2
    if nuls and not (nuls >= half * 0.6 and max(sample[0::2].count(0), sample[1::2].count(0)) >= nuls * 0.95):
        return "It holds binary data, not text; perhaps it is damaged. Download it again."
    controls = sum(1 for byte in sample if byte < 9 or 13 < byte < 27)
    if not nuls and controls > len(sample) * 0.02:
        return "It holds binary data, not text; perhaps it is damaged. Download it again."
    return ""
