"""Which rules decisions speak for, and which of them state amounts."""

from uuid import UUID, uuid4

import numpy as np

from core.categorization.fitting import Labelled
from core.categorization.lines import Lines
from core.categorization.rule_conditions import AmountIs, Condition, DirectionIs, Group, TextIs
from core.categorization.rule_suggestions import RuleSuggestion, agreeing_decisions
from core.categorization.rules import Rule

RENT, REPAIRS, PAYROLL = (str(uuid4()) for _ in range(3))


def found(*rows: tuple[str, int, str], standing: bool = False, taken: tuple[int, ...] = ()) -> list[RuleSuggestion]:
    names, minor, account = zip(*rows, strict=True)
    lines = Lines(names, names, np.array(minor, np.int64), np.full(len(rows), np.datetime64("2025-03-01")))
    by_rule = np.isin(np.arange(len(rows)), taken)
    return agreeing_decisions(Labelled(lines, account), by_rule, agreeing=3, standing=standing)


def test_a_payee_always_booked_alike_is_suggested_whatever_the_amounts() -> None:
    (one,) = found(("Gusto", -100, PAYROLL), ("Gusto", -250, PAYROLL), ("Gusto", -90, PAYROLL), ("Cafe", -5, REPAIRS))
    assert (one.counterparty, one.account_id, one.decisions, one.most_minor) == ("Gusto", UUID(PAYROLL), 3, None)
    assert one.conditions == (TextIs("Gusto", "equals", "counterparty"), DirectionIs("out"))


def test_where_standing_rules_decide_the_suggestion_states_half_as_much_again_as_the_largest() -> None:
    (one,) = found(*[("Gusto", -minor, PAYROLL) for minor in (300_000, 410_000, 390_001)], standing=True)
    assert one.conditions[-1] == AmountIs(None, 620_000)
    assert Rule("Gusto", one.conditions, PAYROLL).is_standing


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
