"""Faults in data: returned beside a result, never raised."""

from dataclasses import dataclass
from enum import StrEnum


class Severity(StrEnum):
    WARNING = "warning"  # the value was read; a person should look
    ERROR = "error"  # the row could not be read


@dataclass(frozen=True, slots=True)
class Problem:
    """A fault at one place of a file. `row` counts physical lines of the file from 1; 0 means the file as a whole."""

    row: int
    message: str
    severity: Severity
    text: str = ""  # the row as the file has it
