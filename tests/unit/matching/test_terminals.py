"""Settlements of card terminals over several days, and less what customers brought back."""

from typing import Any

from core.matching.matching import find_matches
from core.matching.values import Decision, Kind, Matching
from tests.unit.matching.builders import bank_lines, item, line, open_items

SALES = (1250, 4380, 2210, 987, 6120, 3345, 7710, 1999, 5230, 845)


def sale(key: str, minor: int, day: int) -> dict[str, Any]:
    return item(key, minor, "Clover sale", day=day, kind="sale")


def days_settled_alone() -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Five days of two sales each whose settlements say that the terminal keeps 2.3 %."""
    lines, items = [], []
    for day in range(5):
        pair = [SALES[2 * day], SALES[2 * day + 1]]
        items += [sale(f"s{day}{n}", minor, 10 * day) for n, minor in enumerate(pair)]
        lines.append(settled(f"d{day}", pair, 10 * day + 1))
    return lines, items


def settled(key: str, minors: list[int], day: int) -> dict[str, Any]:
    kept = sum(round(abs(minor) * 0.023) * (1 if minor > 0 else -1) for minor in minors)
    return line(key, sum(minors) - kept, "CLOVER SETTLEMENT", day)


def found_for(line_key: str, found: Matching, lines: list[dict[str, Any]], items: list[dict[str, Any]]) -> Any:
    for match in found.matches:
        if line_key in [lines[i]["key"] for i in match.lines]:
            return match.kind, match.decision, {items[j]["key"] for j in match.items}, match.reason
    return None


def test_a_weekend_settled_in_one_sum_is_automatic_once_the_fee_is_known() -> None:
    lines, items = days_settled_alone()
    items += [sale("fri", 3120, 70), sale("sat", 8845, 71), sale("sun", 2275, 72), sale("mon", 1990, 73)]
    lines += [settled("weekend", [3120, 8845, 2275], 73), settled("monday", [1990], 74)]
    found = find_matches(bank_lines(lines), open_items(items))
    kind, decision, keys, reason = found_for("weekend", found, lines, items)
    assert (kind, decision, keys) == (Kind.PAYOUT, Decision.AUTO, {"fri", "sat", "sun"})
    assert reason == "The text names the processor; 3 sales of 3 days less exactly the processor's fee."
    assert found_for("monday", found, lines, items)[2] == {"mon"}


def test_what_customers_brought_back_is_taken_off_the_settlement() -> None:
    lines, items = days_settled_alone()
    items += [sale("a", 9120, 70), sale("b", 4410, 70), sale("back", -2075, 70)]
    lines.append(settled("less", [9120, 4410, -2075], 71))
    found = find_matches(bank_lines(lines), open_items(items))
    kind, decision, keys, _ = found_for("less", found, lines, items)
    assert (kind, decision, keys) == (Kind.PAYOUT, Decision.AUTO, {"a", "b", "back"})
    (match,) = [one for one in found.matches if found_for("less", found, lines, items)[3] == one.reason]
    assert match.difference_minor == lines[-1]["amount"] - (9120 + 4410 - 2075)


def test_the_fee_is_learned_from_weekends_alone() -> None:
    lines, items = [], []
    for week in range(5):
        minors = [SALES[2 * week] * 3, SALES[2 * week + 1] * 2 + week]
        items += [sale(f"s{week}{n}", minor, 20 * week + n) for n, minor in enumerate(minors)]
        lines.append(settled(f"w{week}", minors, 20 * week + 3))
    found = find_matches(bank_lines(lines), open_items(items))
    assert {match.decision for match in found.matches} == {Decision.AUTO}
    assert len(found.matches) == 5
    assert not found.open_items


def test_two_settlements_of_the_same_sum_for_a_weekend_are_never_automatic() -> None:
    lines, items = days_settled_alone()
    items += [sale("fri", 3120, 70), sale("sat", 8845, 71)]
    lines += [settled("one", [3120, 8845], 73), settled("two", [3120, 8845], 73)]
    found = find_matches(bank_lines(lines), open_items(items))
    decisions = [match.decision for match in found.matches if {items[j]["key"] for j in match.items} == {"fri", "sat"}]
    assert decisions == [Decision.SUGGEST]
