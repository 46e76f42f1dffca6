from core.matching.matching import find_matches
from core.matching.values import Decision, Kind
from tests.unit.matching.builders import bank_lines, item, line, open_items
from tests.unit.matching.test_matching import decisions

BILLS = [item("x", -7_310, "Rowan Foods", day=0), item("y", -2_545, "Rowan Foods", day=1)]


def test_one_line_pays_the_items_of_one_party_that_add_up_to_it() -> None:
    bills = [*BILLS, item("z", -9_120, "Rowan Foods", day=2), item("other", -1_777, "Thorn Legal", day=1)]
    lines = bank_lines([line("a", -7_310 - 2_545 - 9_120, "BACS ROWAN FOODS 4411", day=4)])
    found = find_matches(lines, open_items(bills))
    assert decisions(found) == [((0,), (0, 1, 2), Kind.BATCH, Decision.AUTO)]
    assert found.matches[0].reason == "3 items add up to the line to the cent, name or number of all agree."
    assert found.open_items == (3,)


def test_two_ways_to_add_up_are_suggestions() -> None:
    bills = [*BILLS, item("z", -2_545, "Rowan Foods", day=2)]
    lines = bank_lines([line("a", -7_310 - 2_545, "BACS ROWAN FOODS", day=4)])
    found = find_matches(lines, open_items(bills))
    assert [match.decision for match in found.matches] == [Decision.SUGGEST]
    suggested = {match.items for match in (*found.matches, *found.alternatives)}
    assert suggested == {(0, 1), (0, 2)}
    assert "1 other combination would too" in found.matches[0].reason


def test_an_item_of_another_name_in_a_batch_makes_it_a_suggestion() -> None:
    bills = [*BILLS, item("z", -9_120, "Thorn Legal", day=1)]
    lines = bank_lines([line("a", -7_310 - 2_545 - 9_120, "BACS ROWAN FOODS", day=4)])
    found = find_matches(lines, open_items(bills))
    assert decisions(found) == [((0,), (0, 1, 2), Kind.BATCH, Decision.SUGGEST)]
    assert "1 of them without its name or number" in found.matches[0].reason


def test_an_item_is_paid_in_parts() -> None:
    rows = [
        line("a", 4_120, "ACME LTD INV-2044", day=3),
        line("b", 2_205, "ACME LTD", day=9),
        line("c", 1_090, "ACME LTD", day=20),
    ]
    found = find_matches(bank_lines(rows), open_items([item("x", 7_415, "Acme Ltd", "INV-2044")]))
    assert decisions(found) == [((0, 1, 2), (0,), Kind.PARTS, Decision.AUTO)]
    assert found.matches[0].difference_minor == 0


def test_parts_come_from_one_account_with_one_sign_and_currency() -> None:
    first = line("a", 4_120, "ACME LTD INV-2044", day=3)
    items = open_items([item("x", 6_325, "Acme Ltd", "INV-2044")])
    for other in (
        line("b", 2_205, "ACME LTD", day=9, account="savings"),
        line("b", -2_205, "ACME LTD", day=9),
        line("b", 2_205, "ACME LTD", day=9, currency="EUR"),
        line("b", 2_205, "ACME LTD", day=9, transfers_only=True),
    ):
        assert find_matches(bank_lines([first, other]), items).matches == ()


def test_lines_of_one_payer_that_add_up_to_an_item_of_another_name_are_suggested() -> None:
    rows = [line("a", 4_117, "BRAMBLE VETS", day=3), line("b", 2_208, "BRAMBLE VETS", day=9)]
    found = find_matches(bank_lines(rows), open_items([item("x", 6_325, "Quay Motors", "INV-2044")]))
    assert decisions(found) == [((0, 1), (0,), Kind.PARTS, Decision.SUGGEST)]


def test_a_dismissed_group_is_not_proposed_again() -> None:
    lines = bank_lines([line("a", -7_310 - 2_545, "BACS ROWAN FOODS", day=4)])
    found = find_matches(lines, open_items(BILLS), excluded=[frozenset({"a", "x", "y"})])
    assert found.matches == found.alternatives == ()


def test_fifty_identical_payments_of_a_batch_stay_bounded_and_undecided() -> None:
    lines = bank_lines([line(f"l{n:02}", -5_000, "ROWAN FOODS", day=5) for n in range(50)])
    items = open_items([item(f"i{n:02}", -2_500, "Rowan Foods") for n in range(50)])
    found = find_matches(lines, items)
    assert all(match.decision is Decision.SUGGEST for match in found.matches)


def test_two_payouts_share_out_the_sales_of_one_day() -> None:
    sales = [item(f"s{n}", minor, "Stripe sale", kind="sale") for n, minor in enumerate((5_345, 6_566, 8_319))]
    # 53.45 − 1.85 and 65.66 − 2.20 together, 83.19 − 2.71 alone
    lines = bank_lines([line("a", 11_506, "STRIPE PAYOUT", day=2), line("b", 8_048, "STRIPE PAYOUT", day=2)])
    assert decisions(find_matches(lines, open_items(sales))) == [
        ((0,), (0, 1), Kind.PAYOUT, Decision.AUTO),
        ((1,), (2,), Kind.PAYOUT, Decision.AUTO),
    ]
