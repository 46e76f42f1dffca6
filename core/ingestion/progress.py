"""How far an upload has come, told while it runs."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum


class Stage(StrEnum):
    READ = "read"
    STORE = "store"
    MATCH = "match"
    BOOK = "book"


@dataclass(frozen=True, slots=True)
class Progress:
    """What begins now: the `number`-th of `total` files (from 1), or a stage of the whole upload with name ""."""

    stage: Stage
    name: str = ""
    number: int = 1
    total: int = 1


TellProgress = Callable[[Progress], None]


def tell_nobody(progress: Progress) -> None:
    """For callers that show no progress."""
