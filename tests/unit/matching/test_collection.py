"""The matching sets with truth, which are no part of the product."""

import os
from pathlib import Path

import pytest

from core.matching.evaluating import evaluate
from core.matching.set_csv import read_bank, read_items, read_truth

ROOT = Path(__file__).parents[3]
COLLECTION = Path(os.environ.get("STATEMENT_COLLECTION") or ROOT.parent / "shared" / "data") / "matching"


@pytest.mark.shared_data
@pytest.mark.skipif(not COLLECTION.is_dir(), reason="the collection of matching sets is not here")
@pytest.mark.parametrize(("level", "auto_recall"), [("easy", 0.97), ("medium", 0.88), ("hard", 0.69)])
def test_what_is_automatic_is_right_in_995_of_1000_cases(level: str, auto_recall: float) -> None:
    folder = COLLECTION / level
    lines, items = (folder / "bank.csv").read_bytes(), (folder / "items.csv").read_bytes()
    truth = read_truth((folder / "truth.csv").read_bytes())
    found = evaluate(read_bank(lines), read_items(items), truth)
    names = ("precision", "recall", "auto_precision", "auto_recall", "suggest_recall_at_3", "seconds")
    print(level, {name: found[name] for name in names})
    assert found["auto_precision"] >= 0.995
    assert found["auto_recall"] >= auto_recall
    assert found["suggest_recall_at_3"] >= 0.75
    assert found["seconds"] < 10
