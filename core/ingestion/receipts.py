"""What became of an uploaded file: the conservation receipt, by bank account and currency."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import reduce
from operator import add
from uuid import UUID

from core.errors import BookkeepingError
from core.period import Period
from models import FileStatus


@dataclass(frozen=True, slots=True)
class AccountSums:
    """The lines of a file that are of one bank account and currency, in count and in minor units of that currency.

    New + duplicate + refused = lines, in both. Rows that cannot be read count among the refused with a money of 0,
    which is all that is known of it. `bank_account_id` is None for open items, and for rows of which nothing says
    whose they are; `currency` is "" where it is not known.
    """

    bank_account_id: UUID | None
    currency: str
    line_count: int = 0
    new_count: int = 0
    duplicate_count: int = 0
    refused_count: int = 0
    lines_minor: int = 0
    new_minor: int = 0
    duplicate_minor: int = 0
    refused_minor: int = 0

    def __post_init__(self) -> None:
        counted = self.new_count + self.duplicate_count + self.refused_count
        summed = self.new_minor + self.duplicate_minor + self.refused_minor
        if (counted, summed) != (self.line_count, self.lines_minor):  # a bug, not a refusal: nothing may be stored
            found = f"{counted} lines and {summed} are accounted for, of {self.line_count} and {self.lines_minor}"
            raise AssertionError(f"{self.currency or 'unknown currency'}: {found}")

    def __add__(self, other: "AccountSums") -> "AccountSums":
        """Both together; of two bank accounts it is of none."""
        owner = self.bank_account_id if self.bank_account_id == other.bank_account_id else None
        return AccountSums(owner, self.currency, *map(add, self.figures, other.figures))

    @property
    def figures(self) -> tuple[int, ...]:
        """The four counts, then the four sums of money, each in the order lines, new, duplicate, refused."""
        return (
            self.line_count, self.new_count, self.duplicate_count, self.refused_count,
            self.lines_minor, self.new_minor, self.duplicate_minor, self.refused_minor,
        )  # fmt: skip

    def as_duplicate(self) -> "AccountSums":
        """The same lines in a file whose bytes are stored already."""
        return _all_of(self, "duplicate")

    def as_refused(self) -> "AccountSums":
        """The same lines in a file that is not stored."""
        return _all_of(self, "refused")


def _all_of(sums: AccountSums, what: str) -> AccountSums:
    all_of_them = {f"{what}_count": sums.line_count, f"{what}_minor": sums.lines_minor}
    return AccountSums(
        sums.bank_account_id, sums.currency, sums.line_count, lines_minor=sums.lines_minor, **all_of_them
    )


def refused_sums(owner: UUID | None, currency: str, count: int, minor: int = 0) -> AccountSums:
    """Lines of which nothing is stored."""
    return AccountSums(owner, currency, count, refused_count=count, lines_minor=minor, refused_minor=minor)


def only_currency(sums: Iterable[AccountSums]) -> str:
    """The lines' currency; "" where there are several or none is known."""
    used = {one.currency for one in sums if one.currency or one.lines_minor}
    return used.pop() if len(used) == 1 else ""


def by_currency(sums: Iterable[AccountSums]) -> list[AccountSums]:
    """The sums a currency, in the order in which the currencies come up."""
    grouped: dict[str, list[AccountSums]] = {}
    for one in sums:
        grouped.setdefault(one.currency, []).append(one)
    return [reduce(add, some) for some in grouped.values()]


def total(sums: Sequence[AccountSums]) -> AccountSums:
    """All in one: the counts, and the money where all of it is in one currency; of several currencies it is 0."""
    figures = [sum(column) for column in zip(*(one.figures for one in sums), strict=True)] or [0] * 8
    if len({one.currency for one in sums if any(one.figures[4:])}) > 1:
        figures[4:] = [0] * 4
    return AccountSums(None, only_currency(sums), *figures)


@dataclass(frozen=True, slots=True)
class ImportReceipt:
    """New + duplicate + refused = lines, in count and in money, for every bank account and currency.

    The amounts of the whole file are minor units of `currency`; where the file holds several currencies that is "" and
    they are 0: `sums` has them apart. `line_count` is that of the file as read. `error` is the refusal with its facts.
    """

    file_id: UUID
    name: str
    status: FileStatus
    sums: tuple[AccountSums, ...] = ()
    line_count: int = 0
    period: Period | None = None  # from the first line to the last
    error: BookkeepingError | None = None

    def __post_init__(self) -> None:
        if (counted := self.total.line_count) != self.line_count:  # a bug, not a refusal: nothing may be stored
            raise AssertionError(f"{self.name}: {counted} lines are accounted for, of {self.line_count}")

    @property
    def total(self) -> AccountSums:
        return total(self.sums)

    @property
    def currency(self) -> str:
        """The lines' currency; "" where there are several or none is known."""
        return only_currency(self.sums)

    @property
    def new_count(self) -> int:
        return self.total.new_count

    @property
    def duplicate_count(self) -> int:
        return self.total.duplicate_count

    @property
    def refused_count(self) -> int:
        return self.total.refused_count

    @property
    def lines_minor(self) -> int:
        return self.total.lines_minor

    @property
    def new_minor(self) -> int:
        return self.total.new_minor

    @property
    def duplicate_minor(self) -> int:
        return self.total.duplicate_minor

    @property
    def refused_minor(self) -> int:
        return self.total.refused_minor

    @property
    def bank_account_ids(self) -> tuple[UUID, ...]:
        return tuple(dict.fromkeys(one.bank_account_id for one in self.sums if one.bank_account_id))

    @property
    def refusal(self) -> str:
        """Why nothing was stored, as a sentence; "" where the file was not refused."""
        return str(self.error) if self.error else ""
