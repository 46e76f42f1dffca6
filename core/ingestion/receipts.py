"""What became of an uploaded file: the conservation receipt."""

from dataclasses import dataclass
from uuid import UUID

from core.errors import BookkeepingError
from core.period import Period
from models import FileStatus


@dataclass(frozen=True, slots=True)
class ImportReceipt:
    """New + duplicate + refused = lines, in count and in money.

    Amounts are minor units of `currency`; where that is "" the file holds several currencies (or none is known) and
    the sums are of minor units whatever the currency. `error` is the refusal with its facts.
    """

    file_id: UUID
    name: str
    status: FileStatus
    currency: str = ""
    period: Period | None = None  # from the first line to the last
    new_count: int = 0
    duplicate_count: int = 0
    refused_count: int = 0
    line_count: int = 0
    new_minor: int = 0
    duplicate_minor: int = 0
    refused_minor: int = 0
    lines_minor: int = 0
    bank_account_ids: tuple[UUID, ...] = ()
    error: BookkeepingError | None = None

    def __post_init__(self) -> None:
        counted = self.new_count + self.duplicate_count + self.refused_count
        summed = self.new_minor + self.duplicate_minor + self.refused_minor
        if (counted, summed) != (self.line_count, self.lines_minor):  # a bug, not a refusal: nothing may be stored
            found = f"{counted} lines and {summed} are accounted for, of {self.line_count} and {self.lines_minor}"
            raise AssertionError(f"{self.name}: {found}")

    @property
    def refusal(self) -> str:
        """Why nothing was stored, as a sentence; "" where the file was not refused."""
        return str(self.error) if self.error else ""
