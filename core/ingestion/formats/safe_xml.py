"""XML from strangers: no DTD, no entities, nothing fetched, bounded in elements and depth; names without namespace."""

import io
from collections.abc import Iterator
from xml.etree.ElementTree import Element, ParseError  # nosec B405 - types; defusedxml does the parsing

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import iterparse

from core.errors import UnknownFormat
from core.ingestion.formats.tabular.decoding import decode

_DEEPEST = 60  # a CAMT message is some twenty elements deep
_MOST = 2_000_000  # tags
_LONGEST_TAG = 65_536  # bytes


def parse(name: str, content: bytes) -> Element:
    """The root of a document.

    Raises:
        UnknownFormat: it is not well formed, declares entities or a document type, or is too deep or too large.
    """
    if max(content.count(b"<"), content.count(b">")) > _MOST:
        raise UnknownFormat(name, "It holds too much to be read at once; export a shorter time.")
    if any(len(piece) > _LONGEST_TAG and len(piece) - _tag_at(piece) > _LONGEST_TAG for piece in content.split(b">")):
        # The parser takes the file in pieces and begins an unfinished tag anew with each: the square of its length.
        raise UnknownFormat(name, "Its XML is damaged: a tag does not end. Download it again.")
    try:
        return _built(name, content)
    except ParseError as broken:
        if "encoding" in str(broken) or "invalid token" in str(broken):
            text = decode(content)[0].lstrip("\ufeff \t\r\n")
            text = text[text.find("?>") + 2 :] if text.startswith("<?xml") else text
            try:
                return _built(name, text.encode("utf-8"))
            except ParseError:
                pass
        raise UnknownFormat(name, f"Its XML is damaged ({broken}). Download it again.") from None


def _tag_at(piece: bytes) -> int:
    at = piece.find(b"<")
    return len(piece) if at < 0 else at


def _built(name: str, content: bytes) -> Element:
    root: Element | None = None
    depth = 0
    try:
        for event, element in iterparse(io.BytesIO(content), events=("start", "end"), forbid_dtd=True):
            root = element if root is None else root
            depth += 1 if event == "start" else -1
            if depth > _DEEPEST:
                raise UnknownFormat(name, "Its XML is nested deeper than a statement is.")
    except DefusedXmlException:
        raise UnknownFormat(name, "Its XML declares entities or a document type, which no bank needs.") from None
    if root is None:
        raise UnknownFormat(name, "Its XML is empty.")
    return root


def children(element: Element, name: str) -> Iterator[Element]:
    """Children of a name, whatever their namespace."""
    for each in element:
        if each.tag == name or each.tag.endswith(f"}}{name}"):
            yield each


def child(element: Element, name: str) -> Element | None:
    """The first child of a name, None without one."""
    return next(children(element, name), None)


def texts_at(element: Element, *path: str) -> list[str]:
    """The texts at a path of names, blanks joined, empty ones left out."""
    found = [element]
    for name in path:
        found = [each for parent in found for each in children(parent, name)]
    return [text for each in found if (text := " ".join((each.text or "").split()))]


def text_at(element: Element, *path: str) -> str:
    """The first text at a path of names, "" without one."""
    return next(iter(texts_at(element, *path)), "")
