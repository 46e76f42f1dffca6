"""Reading open items without a database."""

from core.ingestion.items.detecting import ItemSetting, detect_items
from core.ingestion.items.layout import ItemLayout
from core.ingestion.items.reading import read_items
from core.ingestion.items.tables import find_items
from core.ingestion.items.values import ItemReading
from core.ingestion.raw_file import RawFile

SETTING = ItemSetting(
    "USD", frozenset({"1100", "2000", "6000", "6300", "8000"}),
    {"invoice": "1100", "bill": "2000", "payout": "8000", "payroll": "6000"},
)  # fmt: skip


def read(file: RawFile, answer: ItemLayout | None = None, setting: ItemSetting = SETTING) -> ItemReading:
    """The items of a file for a company that has booked such items before."""
    given = answer or ItemLayout()
    table, sheet = find_items(file, given)
    return read_items(table, detect_items(table, sheet, given, setting), setting)
