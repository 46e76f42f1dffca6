"""The fields of an MT940 file, and which of them make one statement."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from core.errors import UnknownFormat

# The beginning of a field, or the line that ends a statement or opens an envelope.
_MARK = re.compile(r"^[ \t]*(?::(\d{2}[A-Z]?|\d{3}|NS):|(?:-[A-Z]{0,3}|-?\}.*|\{\d:.*)$)", re.MULTILINE)
_LONGEST = 8_000  # characters of a field; SWIFT allows some 400
_MOST = 1_000_000  # fields of a file
_MOST_MESSAGES = 100_000
_TOO_MUCH = "It holds too much to be read at once; export a shorter time."
OPENING, CLOSING = {"60F", "60M"}, {"62F", "62M"}


@dataclass(slots=True)
class Field:
    row: int
    tag: str
    lines: list[str]

    @property
    def text(self) -> str:
        return self.lines[0].strip()


@dataclass(slots=True)
class Movement:
    """One :61: with the texts that follow it."""

    head: Field
    information: list[str] = field(default_factory=list)
    bank_own: list[str] = field(default_factory=list)


@dataclass(slots=True)
class Message:
    """One statement: its fields that stand alone, and its movements."""

    row: int
    fields: dict[str, Field] = field(default_factory=dict)
    movements: list[Movement] = field(default_factory=list)
    late: list[Movement] = field(default_factory=list)  # behind the closing balance, which so cannot count them

    @property
    def empty(self) -> bool:
        return not self.movements and not self.late and self.fields.keys() <= {"20", "-"}


def fields_of(name: str, text: str) -> Iterator[Field]:
    """The fields in order; a statement's end is a field with the tag "-".

    Raises:
        UnknownFormat: there are more than can be read at once.
    """
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    if "@@:" in text[:2000]:
        text = text.replace("@@", "\n")  # how some banks end lines
    if text.count("\n:") > _MOST:
        raise UnknownFormat(name, _TOO_MUCH)
    row, counted = 1, 0
    tag, start, begins_on = "", 0, 0
    for mark in _MARK.finditer(text):
        if tag == "-" and not mark[1]:
            continue
        if tag:
            yield Field(begins_on, tag, _lines(text, start, mark.start()))
        row += text.count("\n", counted, mark.start())
        counted = mark.start()
        tag, start, begins_on = mark[1] or "-", mark.end(), row
    if tag:
        yield Field(begins_on, tag, _lines(text, start, len(text)))


def _lines(text: str, start: int, end: int) -> list[str]:
    return text[start : min(end, start + _LONGEST)].rstrip("\n").split("\n")


def messages_of(name: str, fields: Iterator[Field]) -> list[Message]:
    """The statements. A new one begins with :20:, or with a second opening balance or account.

    Lines before all of these, of a file that was cut, are a statement of their own.

    Raises:
        UnknownFormat: there are more than can be read at once.
    """
    messages: list[Message] = []
    movement: Movement | None = None
    for each in fields:
        begins = (
            each.tag == "20"
            or (each.tag[:2] in {"25", "60"} and (not messages or _repeats(messages[-1], each.tag)))
            or (each.tag == "61" and not messages)
        )
        if begins:
            if messages and messages[-1].empty:
                messages.pop()
            messages.append(Message(each.row))
            if len(messages) > _MOST_MESSAGES:
                raise UnknownFormat(name, _TOO_MUCH)
        if not messages:
            continue
        message = messages[-1]
        if each.tag == "61":
            movement = Movement(each)
            closed = CLOSING & message.fields.keys()
            (message.late if closed else message.movements).append(movement)
        elif each.tag in {"86", "NS"}:
            if movement:
                (movement.information if each.tag == "86" else movement.bank_own).extend(each.lines)
        else:
            movement = None
            message.fields.setdefault(each.tag, each)
    return messages


def _repeats(message: Message, tag: str) -> bool:
    return any(known[:2] == tag[:2] for known in message.fields)
