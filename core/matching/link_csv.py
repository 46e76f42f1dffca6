"""The truth of what lines refer to without settling it, as a file: payments turned back, items paid in part."""

from dataclasses import dataclass

from core.errors import BookkeepingError, InvalidInput
from core.matching.set_csv import DEFAULT_CURRENCY, csv_rows
from core.money import Money

LINK_COLUMNS = ("bank_id", "target_id", "kind", "amount")
LINK_KINDS = ("refund", "chargeback", "part")


@dataclass(frozen=True, slots=True)
class TrueLink:
    """A line and the line or item that it turns back, or the item that it pays in part, by how much in its sign."""

    bank_id: str
    target_id: str
    kind: str  # of LINK_KINDS
    minor: int


def read_links(content: bytes) -> list[TrueLink]:
    """Links of a CSV. Raises InvalidInput naming the first row that cannot be read."""
    links = []
    for number, row in enumerate(csv_rows(content, LINK_COLUMNS, "links"), 2):
        try:
            minor = Money.parse(row["amount"], row.get("currency") or DEFAULT_CURRENCY).minor
        except BookkeepingError as fault:
            raise InvalidInput(f"Row {number} of the links cannot be read: {fault}") from None
        if row["kind"] not in LINK_KINDS:
            raise InvalidInput(f"Row {number} of the links has the kind {row['kind']}; it is {', '.join(LINK_KINDS)}.")
        links.append(TrueLink(row["bank_id"], row["target_id"], row["kind"], minor))
    return links
