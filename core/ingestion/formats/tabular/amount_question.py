"""The question which of several readings of the amounts is meant."""

from core.errors import AmbiguousStatement
from core.ingestion.formats.tabular.signs import Reading
from core.ingestion.formats.tabular.table import Table
from core.ingestion.layout import SEPARATE


def which_amounts(table: Table, why: str, readings: list[Reading]) -> AmbiguousStatement:
    """The refusal that asks which reading holds, with the answer that leads to each."""
    labels = [label_of(table, reading) for reading in readings]
    layouts = [
        {
            "sign": r.sign,
            "positions": {
                role: [[at, table.header_name(at)]]
                for role, at in r.columns.items()
                if role in ("amount", "debit", "credit")
            },
        }
        for r in readings
    ]
    return AmbiguousStatement(table.name, why + ".", labels, layouts)


def label_of(table: Table, reading: Reading) -> str:
    """A reading in words, with the names of its columns."""

    def named(role: str) -> str:
        position = reading.columns[role]
        return table.header_name(position) or f"column {position + 1}"

    if reading.sign in SEPARATE:
        return f"{named('debit')} is money out, {named('credit')} is money in"
    return f"{named('amount')}: {reading.words.split(': ')[-1]}"
