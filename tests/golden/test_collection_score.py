"""How much of a large collection of real statements is read exactly; it is not part of the product."""

import json
import os
import re
from collections.abc import Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from core.errors import StatementRefused
from core.ingestion.raw_file import RawFile
from core.ingestion.reading import FORMATS, read_statement
from core.ingestion.statement import StatementLine
from core.money import to_decimal

ROOT = Path(__file__).parents[2]
COLLECTION = Path(os.environ.get("STATEMENT_COLLECTION", ROOT.parent / "shared" / "data")) / "statements"

pytestmark = [
    pytest.mark.shared_data,
    pytest.mark.skipif(not COLLECTION.is_dir(), reason="the collection of statements is not here"),
]

BARS = {
    "CSV": (74, 80),
    "OFX": (42, 46),
    "MT940": (22, 22),
    "CAMT": (15, 15),
    "QIF": (4, 4),
    "XLSX": (4, 4),
    "XLS": (1, 1),
}  # at least so many of so many

# Its three statements are in three currencies, as their balances say; the truth sums them up as the first one's.
CORRECTED = {
    "mt940_cmxl_mt940.sta": {"sum_by_currency": {"DEM": "87.30", "EUR": "2200.00", "PLN": "10040.00"}},
}


def dates_of(truth: dict[str, Any], lines: Sequence[StatementLine]) -> tuple[bool, str]:
    """Whether first and last date are the truth's, which are value dates for MT940, and for QIF those of the first
    and the last line with the numbers as written."""
    if truth["format"] == "QIF":
        ends = [lines[0].booked_on, lines[-1].booked_on]
        written = [truth["first_date"], truth["last_date"]]
        numbers = [sorted(int(number) % 100 for number in re.findall(r"\d+", text)) for text in written]
        return numbers == [sorted((day.year % 100, day.month, day.day)) for day in ends], f"{ends}"
    days = [line.value_on if truth["format"] == "MT940" and line.value_on else line.booked_on for line in lines]
    read = [f"{min(days):%Y%m%d}", f"{max(days):%Y%m%d}"] if days else ["", ""]
    return read == [(truth[key] or "").replace("-", "") for key in ("first_date", "last_date")], f"{read}"


def outcome(truth: dict[str, Any]) -> tuple[str, str]:
    """exact, refused, warned (read otherwise than the truth, but with a problem that says so) or wrong; and why."""
    sums = {code: Decimal(total) for code, total in (truth.get("sum_by_currency") or {}).items()}
    only = next(iter(sums)) if len(sums) == 1 else ""
    try:
        statement = read_statement(RawFile(truth["name"], (COLLECTION / truth["name"]).read_bytes()))
    except StatementRefused as refused:
        return "refused", str(refused)
    found: dict[str, Decimal] = {}
    for line in statement.lines:
        # A file that names no currency is compared by value alone.
        code = line.currency if len(sums) > 1 or (line.currency and only != "?") else only
        found[code] = found.get(code, Decimal(0)) + to_decimal(line.amount_minor, line.currency)
    dated, dates = dates_of(truth, statement.lines)
    read = (len(statement.lines), found)
    if dated and read == (truth.get("transactions"), sums):
        return "exact", ""
    why = f"read {read}, {dates}; {[p.message for p in statement.problems]}"
    return ("warned" if statement.problems else "wrong"), why


def test_the_collection_is_read_exactly_or_refused_and_never_wrongly_in_silence(
    capsys: pytest.CaptureFixture[str],
) -> None:
    index = json.loads((COLLECTION / "index.json").read_text(encoding="utf-8"))
    results = {
        t["name"]: (t["format"], *outcome(t | CORRECTED.get(t["name"], {}))) for t in index if t["format"] in BARS
    }
    with capsys.disabled():
        for kind, (_, total) in BARS.items():
            counts = {
                word: sum(1 for each in results.values() if each[:2] == (kind, word))
                for word in ("exact", "refused", "warned", "wrong")
            }
            print(f"\n{kind}: {counts} of {total}")
        for name, (_, word, why) in results.items():
            if word != "exact":
                print(f"  {word}: {name}: {why}")
    assert not [name for name, (_, word, _) in results.items() if word == "wrong"]
    for kind, (least, total) in BARS.items():
        exact = [name for name, each in results.items() if each[:2] == (kind, "exact")]
        assert len([name for name, each in results.items() if each[0] == kind]) == total
        assert len(exact) >= least


def test_no_file_of_the_collection_is_recognised_by_two_formats() -> None:
    for path in COLLECTION.iterdir():
        file = RawFile(path.name, path.read_bytes())
        assert len([form.name for form in FORMATS if form.recognises(file)]) <= 1, path.name
