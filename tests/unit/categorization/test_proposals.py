import numpy as np
import pytest

from core.categorization.history import Decisions, History, no_decisions
from core.categorization.lines import AccountOption, Lines, amount_bands
from core.categorization.policy import Hold, Policy
from core.categorization.proposals import RULE_CONFIDENCE, propose
from core.categorization.rules import Rule, TextIs
from core.categorization.starter import load_starter
from core.errors import InvalidInput
from tests.unit.categorization.builders import chart, company, lines_of


def history(own: Decisions | None = None) -> History:
    return History(own or no_decisions(), load_starter().prior_for(chart()))


def test_a_rule_goes_before_the_model_and_frees_a_new_counterparty() -> None:
    rule = Rule("phones", (TextIs("comcast"),), "6500")
    found = propose(lines_of(["COMCAST 12"]), [rule], chart(), history(), load_starter().ranker, policy=Policy())
    assert (found.account[0], found.method[0], found.rule[0]) == ("6500", "rule", 0)
    assert found.confidence[0] == RULE_CONFIDENCE
    assert found.reason[0] == "rule “phones”: bank text contains “comcast”"
    assert found.auto[0]
    assert found.alternatives[0, 0] == "6120"


def test_a_rule_to_an_account_that_is_gone_is_passed_over() -> None:
    rules = [Rule("gone", (TextIs("comcast"),), "1234"), Rule("there", (TextIs("comcast"),), "6500")]
    found = propose(lines_of(["COMCAST 12"]), rules, chart(), history(), load_starter().ranker, policy=Policy())
    assert (found.account[0], found.rule[0]) == ("6500", 1)


def test_what_resembles_nothing_goes_to_suspense_and_waits() -> None:
    policy = Policy(abstain_below=0.9)
    found = propose(lines_of(["QZX 99 WVU"]), [], chart(), history(), load_starter().ranker, policy=policy)
    assert (found.account[0], found.method[0], found.confidence[0]) == ("9000", "none", 0)
    assert found.hold_reason[0] == Hold.NO_BASIS
    assert not found.auto[0]


def test_the_reason_counts_what_was_decided() -> None:
    own = Decisions.of(lines_of(["COMCAST 1"] * 14, days=["2024-03-05"] * 14), ["6120"] * 14)
    found = propose(lines_of(["COMCAST 77"]), [], chart(), history(own), load_starter().ranker, policy=Policy())
    assert found.reason[0] == (
        "lines with this text were booked 14 of 14 times to 6120 Telephone and Internet since March 2024"
        "; same amount band"
    )
    assert found.auto[0]


def reason_for(amount_minor: int, decided: list[tuple[int, str]], name: str = "Comcast") -> str:
    """The reason for a line of this amount after these decisions (minor units, account) on the same payee."""
    days = np.full(len(decided), "2024-03-05", "datetime64[D]")
    amounts = np.array([amount for amount, _ in decided], np.int64)
    past = Lines(["COMCAST"] * len(decided), [name] * len(decided), amounts, days)
    own = Decisions.of(past, [account for _, account in decided])
    line = Lines(["COMCAST"], [name], np.array([amount_minor], np.int64), days[:1])
    found = propose(line, [], chart(), history(own), load_starter().ranker, policy=Policy(abstain_below=0.0))
    return str(found.reason[0])


def test_the_reason_says_when_the_payee_never_took_an_amount_near_this_one() -> None:
    assert reason_for(-900_000, [(-5_000, "6120")] * 14).endswith("; never this payee with an amount near this one")


def test_amounts_on_both_sides_of_the_edge_of_a_band_are_near() -> None:
    decided = -5_000
    edges = [a for a in range(-7_000, -4_000) if amount_bands(np.array([a]))[0] != amount_bands(np.array([a + 1]))[0]]
    assert edges
    assert all(reason_for(edge, [(decided, "6120")] * 14).endswith("; same amount band") for edge in edges)


def test_the_reason_counts_the_amounts_near_where_they_went_to_several_accounts() -> None:
    decided = [(-5_000, "6120")] * 12 + [(-5_000, "6500")]
    assert reason_for(-5_000, decided).endswith("; 12 of 13 times with an amount near this one")


def test_lines_without_a_name_are_not_told_to_be_of_one_payee() -> None:
    assert "amount" not in reason_for(-900_000, [(-5_000, "6120")] * 14, name="")


def test_a_known_payee_in_new_books_is_held_and_says_so() -> None:
    found = propose(lines_of(["COMCAST BUSINESS 77"]), [], chart(), history(), load_starter().ranker, policy=Policy())
    assert found.account[0] == "6120"
    assert "known elsewhere" in found.reason[0]
    assert found.hold_reason[0] == Hold.NEW_COUNTERPARTY


def test_every_line_is_either_posted_alone_or_has_a_reason_to_wait() -> None:
    labelled = company()
    own = labelled.take(np.arange(400)).decisions()
    found = propose(labelled.lines, [], chart(), history(own), load_starter().ranker, policy=Policy())
    assert (found.auto == (found.hold_reason == "")).all()
    assert set(found.method) <= {"model", "none"}
    assert ((found.method == "none") == (found.account == "9000")).all()
    assert all(found.reason)
    sure = found.auto
    assert (found.account[sure] == np.array(labelled.account)[sure]).mean() > 0.95
    assert 0.2 < sure.mean() < 0.95


def test_a_chart_needs_one_suspense_account() -> None:
    with pytest.raises(InvalidInput, match="exactly one suspense"):
        propose(
            lines_of(["A"]), [], [AccountOption("1", "1", "Rent")], history(), load_starter().ranker, policy=Policy()
        )
