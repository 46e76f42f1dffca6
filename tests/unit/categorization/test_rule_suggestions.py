"""Which rules decisions speak for, and which of them state amounts."""

from uuid import UUID, uuid4

import numpy as np

from core.categorization.fitting import Labelled
from core.categorization.lines import Lines
from core.categorization.rule_conditions import AmountIs, Condition, DirectionIs, Group, TextIs
from core.categorization.rule_suggestions import RuleSuggestion, Side, StandingLimits, agreeing_decisions
from core.categorization.rules import Rule

RENT, REPAIRS, PAYROLL = (str(uuid4()) for _ in range(3))


def found(
    *rows: tuple[str, int, str],
    standing: bool = False,
    taken: tuple[int, ...] = (),
    known: dict[Side, frozenset[str]] | None = None,
) -> list[RuleSuggestion]:
    limits = StandingLimits({PAYROLL}, 500_000) if standing else None
    names, minor, account = zip(*rows, strict=True)
    lines = Lines(names, names, np.array(minor, np.int64), np.full(len(rows), np.datetime64("2025-03-01")))
    by_rule = np.isin(np.arange(len(rows)), taken)
    return agreeing_decisions(Labelled(lines, account), by_rule, agreeing=3, standing=limits, known=known)


def test_a_payee_always_booked_alike_is_suggested_whatever_the_amounts() -> None:
    (one,) = found(("Gusto", -100, PAYROLL), ("Gusto", -250, PAYROLL), ("Gusto", -90, PAYROLL), ("Cafe", -5, REPAIRS))
    assert (one.counterparty, one.account_id, one.decisions, one.most_minor) == ("Gusto", UUID(PAYROLL), 3, None)
    assert one.conditions == (TextIs("Gusto", "equals", "counterparty"), DirectionIs("out"))


def test_where_standing_rules_decide_the_suggestion_states_half_as_much_again_as_the_largest() -> None:
    (one,) = found(*[("Gusto", -minor, PAYROLL) for minor in (300_000, 410_000, 390_001)], standing=True)
    assert one.conditions[-1] == AmountIs(None, 620_000)
    assert Rule("Gusto", one.conditions, PAYROLL).is_standing


def test_a_rule_states_no_amount_where_no_guard_would_hold_its_lines() -> None:
    (one,) = found(*[("Cafe", -minor, REPAIRS) for minor in (300, 410, 390)], standing=True)
    assert one.most_minor is None
    (large,) = found(*[("Cafe", -minor, REPAIRS) for minor in (300, 410, 390_000)], standing=True)
    assert large.most_minor == 590_000


def test_a_rule_that_takes_some_of_a_payee_s_lines_only_leaves_the_whole_to_be_suggested() -> None:
    rows = [("Cafe", -minor, REPAIRS) for minor in (300, 410, 900)]
    assert [one.decisions for one in found(*rows, taken=(0, 1))] == [3]
    assert found(*rows, taken=(0, 1, 2)) == []


def test_what_is_generally_known_of_a_payee_counts_for_two_decisions_and_against_two() -> None:
    four = [("Cafe", -minor, REPAIRS) for minor in range(4)]
    known = {("cafe", False): frozenset({REPAIRS})}
    (one,) = found(("Cafe", -310, REPAIRS), known=known)
    assert (one.decisions, one.least_minor, one.most_minor) == (1, 104, 930), "only amounts like the one decided"
    (three,) = found(*four[:3], known=known)
    assert (three.least_minor, three.most_minor) == (None, None)
    assert found(("Cafe", 310, REPAIRS), known=known) == [], "known for money out alone"
    for other in ({RENT}, {RENT, REPAIRS}):
        known = {("cafe", False): frozenset(other)}
        assert found(*four, known=known) == []
        assert [one.decisions for one in found(*four, ("Cafe", -9, REPAIRS), known=known)] == [5]


def test_over_a_guard_two_decisions_are_needed_where_it_is_generally_known() -> None:
    known = {("irs", False): frozenset({PAYROLL})}
    assert found(("IRS", -45_000, PAYROLL), standing=True, known=known) == []
    (one,) = found(("IRS", -45_000, PAYROLL), ("IRS", -90_000, PAYROLL), standing=True, known=known)
    assert (one.least_minor, one.most_minor) == (None, 140_000)


def test_of_a_guarded_account_two_of_about_one_amount_are_suggested_with_a_tenth_on_either_side() -> None:
    taxes = [("IRS", -45_000, PAYROLL), ("IRS", -49_000, PAYROLL), ("IRS", -150_000, RENT)]
    (one,) = found(*taxes, standing=True)
    assert (one.account_id, one.least_minor, one.most_minor) == (UUID(PAYROLL), 40_909, 53_900)
    assert found(*taxes) == []
    assert found(*taxes, ("IRS", -53_000, RENT), standing=True) == []
    assert found(("IRS", -45_000, REPAIRS), ("IRS", -49_000, REPAIRS), ("IRS", -150_000, RENT), standing=True) == []


def test_a_payee_booked_to_several_accounts_is_suggested_by_the_amount_that_always_went_to_one() -> None:
    checks = [("Check", -340_000, RENT)] * 3 + [("Check", -minor, REPAIRS) for minor in (10, 20, 30)]
    (one,) = found(*checks)
    assert (one.account_id, one.decisions, one.conditions[-1]) == (UUID(RENT), 3, AmountIs(340_000, 340_000))
    assert found(*checks, ("Check", -340_000, REPAIRS)) == []
    assert found(*checks, taken=(1,)) == []
    assert found(*[("", minor, account) for _, minor, account in checks]) == []


def test_a_rule_is_standing_only_where_every_alternative_names_a_text_and_a_largest_amount() -> None:
    payee, most = TextIs("gusto"), AmountIs(None, 500)

    def standing(*conditions: Condition) -> bool:
        return Rule("r", conditions, PAYROLL).is_standing

    assert standing(payee, most)
    assert not standing(payee)
    assert not standing(most)
    assert not standing(payee, AmountIs(500, None))
    assert standing(Group("any", (payee, TextIs("adp"))), most)
    assert not standing(Group("any", (Group("all", (payee, most)), TextIs("adp"))))
