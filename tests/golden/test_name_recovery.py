"""How often the name on an invoice is found again in the bank text that pays it; the sets are not of the product."""

import csv
import os
import re
from pathlib import Path

import pytest

from core.ingestion.normalising import counterparty_name

ROOT = Path(__file__).parents[2]
SETS = Path(os.environ.get("STATEMENT_COLLECTION", ROOT.parent / "shared" / "data")) / "matching"

pytestmark = [
    pytest.mark.shared_data,
    pytest.mark.skipif(not SETS.is_dir(), reason="the matching sets are not here"),
]

BARS = {"easy": 0.97, "medium": 0.92, "hard": 0.89}  # share of names recovered word for word
FORMS = {"inc", "llc", "ltd", "limited", "co", "corp", "plc", "gmbh"}


def rows(name: str, file: str) -> list[dict[str, str]]:
    with (SETS / name / file).open(newline="") as opened:
        return list(csv.DictReader(opened))


def words(text: str) -> list[str]:
    return [word for word in re.findall(r"[a-z0-9&']+", text.lower()) if word not in FORMS]


def names_that_can_be_found(name: str) -> list[tuple[str, str]]:
    """(bank text, item's counterparty) of single pairs whose text has all words of the name."""
    bank = {row["id"]: row["description"] for row in rows(name, "bank.csv")}
    items = {row["id"]: row["counterparty"] for row in rows(name, "items.csv")}
    pairs = [
        (bank[row["bank_ids"]], items[row["item_ids"]])
        for row in rows(name, "truth.csv")
        if row["bank_ids"] in bank and row["item_ids"] in items
    ]
    return [
        (text, party)
        for text, party in pairs
        if (wanted := set(words(counterparty_name(party)))) and wanted <= set(words(text))
    ]


@pytest.mark.parametrize("name", BARS)
def test_the_name_of_the_item_is_the_name_in_the_bank_text(name: str) -> None:
    pairs = names_that_can_be_found(name)
    found = sum(words(counterparty_name(text)) == words(counterparty_name(party)) for text, party in pairs)
    assert len(pairs) > 1_000
    assert found / len(pairs) >= BARS[name], f"{found} of {len(pairs)}"
