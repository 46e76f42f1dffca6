import pytest

from core.errors import InvalidInput
from core.matching.evaluating import evaluate
from core.matching.set_csv import read_bank, read_items, read_truth

BANK = b"""id,account,date,amount,description,reference
b1,1000,2025-01-10,120.00,CREDIT ACME LTD,INV-2044
b2,1000,2025-01-11,-80.00,ONLINE TRANSFER,
b3,1050,2025-01-12,80.00,ONLINE TRANSFER,
b4,1000,2025-01-12,-9.99,UNKNOWN,
"""
ITEMS = b"""id,account,date,amount,counterparty,reference,kind
i1,1000,2025-01-08,120.00,Acme Ltd,INV-2044,invoice
i2,1000,2025-01-08,-55.00,Nobody,RE1234,bill
"""
TRUTH = b"bank_ids,item_ids\nb1,i1\nb2|b3,\nb4,i2\n"


def test_figures_compare_found_groups_with_true_ones() -> None:
    ticks = iter([10.0, 10.5])
    found = evaluate(read_bank(BANK), read_items(ITEMS), read_truth(TRUTH), clock=lambda: next(ticks))
    assert [(match["bank_ids"], match["item_ids"], match["decision"]) for match in found["matches"]] == [
        (["b2", "b3"], [], "auto"),
        (["b1"], ["i1"], "auto"),
    ]
    assert found["seconds"] == 0.5
    assert found["precision"] == found["auto_precision"] == 1.0
    assert found["recall"] == found["auto_recall"] == pytest.approx(2 / 3, abs=1e-4)
    assert found["suggest_recall_at_3"] == 0.0
    assert found["by_kind"]["1:1"] == {
        "true": 2, "proposed": 1, "auto": 1, "precision": 1.0, "recall": 0.5, "auto_precision": 1.0,
        "auto_recall": 0.5,
    }  # fmt: skip
    assert (found["open_lines"], found["open_items"]) == (1, 1)


def test_without_the_truth_only_the_matches_are_given() -> None:
    found = evaluate(read_bank(BANK), read_items(ITEMS), None)
    assert "precision" not in found
    assert found["matches"][1]["difference"] == "0.00"


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"id,account,date,amount,description\n", "has no column reference"),
        (BANK.replace(b"120.00", b"12o.00"), "Row 2 of the bank lines"),
        (BANK.replace(b"2025-01-11", b"11/01/2025"), "Row 3 of the bank lines"),
        (BANK.replace(b"b2,", b"b1,"), "Row 3 of the bank lines repeats the id b1"),
        (b"\xff\xfe", "not UTF-8"),
    ],
)
def test_a_broken_file_is_refused_with_its_row(content: bytes, said: str) -> None:
    with pytest.raises(InvalidInput, match=said):
        read_bank(content)
