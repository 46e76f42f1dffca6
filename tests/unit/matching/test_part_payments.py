"""Lines that pay a part of an item, and figures of what lines refer to."""

from typing import Any

import pytest

from core.errors import InvalidInput
from core.matching.evaluating import evaluate
from core.matching.link_csv import TrueLink, read_links
from core.matching.links import find_links, links_measured
from core.matching.matching import find_matches
from core.matching.part_payments import find_part_payments
from core.matching.values import Decision
from tests.unit.matching.builders import bank_lines, item, line, open_items

INVOICE = item("i", 12_000, "Acme Ltd", "INV-2044")


def parts(lines: list[dict[str, Any]], items: list[dict[str, Any]], **given: Any) -> list[tuple[int, int, str]]:
    return [
        (one.line, one.item, str(one.decision))
        for one in find_part_payments(bank_lines(lines), open_items(items), **given)
    ]


def test_a_part_payment_that_quotes_its_item_is_automatic_where_the_name_agrees() -> None:
    assert parts([line("a", 5_000, "ACME LTD INV-2044", 3)], [INVOICE]) == [(0, 0, "auto")]
    assert parts([line("a", 5_000, "QUAY MOTORS INV-2044", 3)], [INVOICE]) == [(0, 0, "suggest")]
    (one,) = find_part_payments(bank_lines([line("a", 5_000, "ACME LTD INV-2044", 3)]), open_items([INVOICE]))
    assert one.reason == "Pays 50.00 of 120.00, its number is in the text, same name."


def test_parts_never_come_to_more_than_the_item() -> None:
    lines = [line("c", 5_000, "ACME LTD INV-2044", 9), line("a", 5_000, "ACME LTD INV-2044", 3),
             line("b", 5_000, "ACME LTD INV-2044", 6)]  # fmt: skip
    assert parts(lines, [INVOICE]) == [(1, 0, "auto"), (2, 0, "auto")]


@pytest.mark.parametrize(
    "given",
    [
        line("a", 5_000, "ACME LTD", 3),  # quotes nothing
        line("a", -5_000, "ACME LTD INV-2044", 3),
        line("a", 12_000, "ACME LTD INV-2044", 3),  # pays all: no part
        line("a", 5_000, "ACME LTD INV-2044", -6),
        line("a", 5_000, "ACME LTD INV-2044", 3, currency="EUR"),
        line("a", 5_000, "ACME LTD INV-2044", 3, transfers_only=True),
        line("a", 5_000, "ACME LTD INV-2044 INV-2051", 3),  # which of the two it pays nobody knows
    ],
)
def test_what_cannot_be_a_part_of_the_item_is_left(given: dict[str, Any]) -> None:
    assert parts([given], [INVOICE, item("j", 9_000, "Acme Ltd", "INV-2051")]) == []


def test_what_a_person_said_no_to_is_not_proposed_again() -> None:
    assert parts([line("a", 5_000, "ACME LTD INV-2044", 3)], [INVOICE], excluded={("a", "i")}) == []


def test_links_are_looked_for_among_what_matching_left_open_and_held_against_the_truth() -> None:
    lines = bank_lines([
        line("full", 12_000, "ACME LTD INV-2044", 3), line("part", 4_000, "HAZEL WATER INV-2051", 4),
        line("back", -12_000, "REFUND ACME LTD INV-2044", 9), line("alone", -777, "QUAY MOTORS", 9),
    ])  # fmt: skip
    items = open_items([INVOICE, item("j", 9_000, "Hazel Water", "INV-2051")])
    links = find_links(lines, items, find_matches(lines, items))
    assert [(one.bank_id, one.target_id, one.kind, one.minor, one.decision) for one in links] == [
        ("part", "j", "part", 4_000, Decision.AUTO), ("back", "full", "refund", -12_000, Decision.AUTO),
    ]  # fmt: skip
    truth = read_links(
        b"bank_id,target_id,kind,amount\npart,j,part,40.00\nback,full,refund,-120.00\nx,full,chargeback,-1.00\n"
    )
    assert truth[0] == TrueLink("part", "j", "part", 4_000)
    figures = links_measured(links, truth, [])
    assert figures["refund"] == {"true": 1, "recall": 1.0, "auto_recall": 1.0}
    assert figures["chargeback"] == {"true": 1, "recall": 0.0, "auto_recall": 0.0}
    assert figures["found as part"] == {"proposed": 1, "precision": 1.0, "auto": 1, "auto_precision": 1.0}
    told = evaluate(lines, items, [], truth)
    assert told["links_measured"] == figures
    assert [one["amount"] for one in told["links"]] == ["40.00", "-120.00"]


def test_a_part_of_an_item_that_several_lines_pay_whole_is_right_too() -> None:
    lines, items = bank_lines([line("a", 4_000, "ACME LTD INV-2044", 4)]), open_items([INVOICE])
    links = find_links(lines, items, find_matches(lines, items))
    group = (frozenset({"a", "b"}), frozenset({"i"}))
    assert links_measured(links, [], [group])["found as part"]["precision"] == 1.0


@pytest.mark.parametrize(
    ("row", "said"), [(b"a,b,gift,1.00", "has the kind gift"), (b"a,b,part,1.00x", "Row 2 of the links")]
)
def test_a_broken_file_of_links_is_refused_with_its_row(row: bytes, said: str) -> None:
    with pytest.raises(InvalidInput, match=said):
        read_links(b"bank_id,target_id,kind,amount\n" + row + b"\n")
