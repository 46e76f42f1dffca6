"""How much of a large collection of real statements is read exactly; it is not part of the product."""

import json
import os
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from core.errors import StatementRefused
from core.ingestion.raw_file import RawFile
from core.ingestion.reading import read_statement
from core.money import to_decimal

ROOT = Path(__file__).parents[2]
COLLECTION = Path(os.environ.get("STATEMENT_COLLECTION", ROOT.parent / "shared" / "data")) / "statements"

pytestmark = [
    pytest.mark.shared_data,
    pytest.mark.skipif(not COLLECTION.is_dir(), reason="the collection of statements is not here"),
]

BARS = {"CSV": (60, 80), "OFX": (40, 46), "XLSX": (4, 4), "XLS": (1, 1)}  # at least so many of so many


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
    days = [line.booked_on for line in statement.lines]
    read = (len(days), found, f"{min(days):%Y%m%d}" if days else "", f"{max(days):%Y%m%d}" if days else "")
    first, last = ((truth.get(key) or "").replace("-", "") for key in ("first_date", "last_date"))
    if read == (truth.get("transactions"), sums, first, last):
        return "exact", ""
    return ("warned" if statement.problems else "wrong"), f"read {read}; {[p.message for p in statement.problems]}"


def test_the_collection_is_read_exactly_or_refused_and_never_wrongly_in_silence(
    capsys: pytest.CaptureFixture[str],
) -> None:
    index = json.loads((COLLECTION / "index.json").read_text(encoding="utf-8"))
    results = {truth["name"]: (truth["format"], *outcome(truth)) for truth in index if truth["format"] in BARS}
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
