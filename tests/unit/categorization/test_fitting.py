import numpy as np
import pytest

from core.categorization.fitting import Labelled, fit, hidden_rows, instalments, months, outcomes, predictions_by_month
from core.categorization.history import History, no_decisions
from core.categorization.starter import load_starter
from tests.unit.categorization.builders import chart, company, lines_of


@pytest.fixture(scope="module")
def halves() -> tuple[Labelled, Labelled]:
    rows = company(seed=902, months=9)
    cut = int(len(rows) * 0.7)
    return rows.take(np.arange(cut)), rows.take(np.arange(cut, len(rows)))


def test_training_twice_gives_the_same_bytes_and_figures(halves: tuple[Labelled, Labelled]) -> None:
    base, prior = load_starter().ranker, load_starter().prior_for(chart())
    first, second = (fit(*halves, chart(), base, shared=prior) for _ in range(2))
    assert first.ranker.to_bytes() == second.ranker.to_bytes()
    assert first.figures == second.figures


def test_a_companys_own_model_is_about_as_good_as_the_starter_or_better(halves: tuple[Labelled, Labelled]) -> None:
    base, prior = load_starter().ranker, load_starter().prior_for(chart())
    training, later = halves
    fitted = fit(training, later, chart(), base, shared=prior)
    history = History(training.decisions(), prior)
    before, _ = predictions_by_month(later, chart(), history, base, feed=True, pooled=False)
    assert fitted.figures["accuracy"] is not None
    assert fitted.figures["accuracy"] > before.right.mean() - 0.02
    assert fitted.figures["ece"] is not None
    assert fitted.figures["ece"] < 0.08
    assert len(fitted.history.own) == len(training) + len(later)


def test_a_month_is_predicted_before_its_labels_are_fed() -> None:
    texts = ["BUBBLE WORLD 12"] * 4
    lines = lines_of(texts, days=["2024-01-05", "2024-01-20", "2024-02-05", "2024-03-05"])
    labelled = Labelled(lines, ["6950"] * 4)
    ranker = load_starter().ranker
    fed, end = predictions_by_month(labelled, chart(), History.empty(), ranker, feed=True, pooled=False)
    frozen, same = predictions_by_month(labelled, chart(), History.empty(), ranker, feed=False, pooled=False)
    assert fed.seen.tolist() == [False, False, True, True]
    assert frozen.seen.tolist() == [False] * 4
    assert (len(end.own), len(same.own)) == (4, 0)


def test_outcomes_agree_with_a_look_at_each_line() -> None:
    labelled = company().take(np.arange(60))
    history = History(no_decisions(), load_starter().prior_for(chart()))
    found = outcomes(labelled, chart(), history, load_starter().ranker)
    keys = [option.key for option in chart()]
    for i, truth in enumerate(labelled.account):
        assert found.right[i] == (keys[found.proposed[i]] == truth)
        assert found.right[i] == (found.rank_of_true[i] == 0)
        assert 0 < found.true_probability[i] <= 1
        if found.right[i]:
            assert found.true_probability[i] == pytest.approx(found.confidence[i])


def test_a_truth_that_is_no_account_is_wrong_but_counted() -> None:
    labelled = Labelled(lines_of(["COMCAST"]), ["elsewhere"])
    found = outcomes(labelled, chart(), History.empty(), load_starter().ranker)
    assert (found.right.tolist(), found.rank_of_true.tolist(), found.considered.tolist()) == ([False], [3], [False])


def test_months_and_instalments_follow_the_calendar() -> None:
    days = [f"2024-{month:02d}-10" for month in range(1, 9)]
    lines = lines_of(["A"] * 8, days=days)
    assert months(lines).tolist() == list(range(8))
    assert instalments(Labelled(lines, ["1"] * 8)).tolist() == list(range(8))
    short = Labelled(lines.take(np.arange(2)), ["1", "1"])
    assert (np.diff(instalments(short)) >= 0).all()


def test_half_the_companies_are_hidden_from_the_text_model_and_each_wholly() -> None:
    names = [f"company {i % 200}" for i in range(1000)]
    from_history, from_text = hidden_rows(lines_of(["A"] * 1000, companies=names))
    assert 0.35 < from_text.mean() < 0.65
    assert 0.05 < from_history.mean() < 0.3
    for number in range(200):
        assert len(set(from_text[number::200].tolist())) == 1
        assert len(set(from_history[number::200].tolist())) == 1


def test_in_a_single_company_payees_are_hidden_instead() -> None:
    texts = [f"PAYEE {chr(97 + i % 26)}{chr(97 + i // 26)}{chr(97 + i % 7)}" for i in range(300)]
    from_history, from_text = hidden_rows(lines_of(texts))
    assert 0.2 < from_history.mean() < 0.5
    assert not (from_text & ~from_history).any()
