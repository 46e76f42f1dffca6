"""Exchange rates in a file: one a row, with the columns date, currency and rate. Faults are returned as problems."""

from dataclasses import dataclass

from core.errors import InvalidInput, NoTable
from core.exchange.keeping import NewRate
from core.exchange.rates import Rate
from core.founding import checked_currency
from core.ingestion.formats.signatures import name_of_unreadable
from core.ingestion.formats.tabular.dates import certain_days
from core.ingestion.formats.tabular.decoding import decode
from core.ingestion.formats.tabular.records import Record, find_delimiter, split_records
from core.ingestion.formats.tabular.words import fold
from core.ingestion.raw_file import RawFile
from core.problems import Problem, Severity

COLUMNS = {
    "day": ("date", "day", "datum", "fecha"),
    "currency": ("currency", "ccy", "currency code", "code", "wahrung", "devise", "moneda"),
    "rate": ("rate", "exchange rate", "kurs", "wechselkurs", "taux", "tipo de cambio"),
}
_HEAD = 20  # records among which the header is looked for


@dataclass(frozen=True)
class RateFile:
    """What a file of rates holds. Rows in error are among the problems only."""

    rates: tuple[NewRate, ...]
    problems: tuple[Problem, ...]


def read_rates(file: RawFile) -> RateFile:
    """The rates of a delimited file, each the worth of one unit of its currency in base currency.

    Raises:
        NoTable: no row names the columns date, currency and rate, or nothing stands below it.
    """
    if why := name_of_unreadable(file.content):
        raise NoTable(file.name, "exchange rates", why)
    text, _ = decode(file.content)
    delimiter = find_delimiter(text) or ","
    records = split_records(file.name, text, delimiter)
    rates: list[NewRate] = []
    problems: list[Problem] = []
    for columns, rows in _tables(records):
        for record in rows:
            read = _read(record, columns, decimal_comma=delimiter != ",")
            if isinstance(read, NewRate):
                rates.append(read)
            else:
                problems.append(Problem(record.row, read, Severity.ERROR, record.text[:200]))
        return RateFile(tuple(rates), tuple(problems))
    raise NoTable(file.name, "exchange rates", "Name the columns in one row: Date, Currency, Rate.")


def _tables(records: list[Record]) -> list[tuple[dict[str, int], list[Record]]]:
    """The first header with the rows below it, if there is one."""
    for index, record in enumerate(records[:_HEAD]):
        words = [fold(cell) for cell in record.cells]
        columns = {
            role: next((at for at, word in enumerate(words) if word in names), -1) for role, names in COLUMNS.items()
        }
        if min(columns.values()) >= 0 and records[index + 1 :]:
            return [(columns, records[index + 1 :])]
    return []


def _read(record: Record, columns: dict[str, int], *, decimal_comma: bool) -> NewRate | str:
    """The rate of a row, or what is wrong with it."""
    day, currency, rate = (record.cell(columns[role]) for role in ("day", "currency", "rate"))
    days = certain_days(day)
    if len(days) != 1:
        return f"“{day}” is no certain date; write it like 2024-01-31"
    if decimal_comma and "." not in rate:
        rate = rate.replace(",", ".", 1)
    try:
        return NewRate(checked_currency(currency), days[0], Rate.parse(rate))
    except InvalidInput as refusal:
        return str(refusal)
