from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.categorization.artefact import packed
from core.categorization.history import History, no_decisions
from core.categorization.lines import AccountOption
from core.categorization.meanings import match_meanings
from core.categorization.model import NEVER_PROPOSED, Ranker, rank
from core.categorization.ngrams import hashed_texts
from core.categorization.starter import load_starter
from core.errors import UnreadableModel
from tests.unit.categorization.builders import chart, company, lines_of

TEXTS = st.lists(
    st.sampled_from(["COMCAST BUSINESS 88", "SQ *BLUE BOTTLE 12 RENO NV", "GUSTO PAYROLL 1", "ZZQ 9", "", "éß ☃"])
    | st.text(max_size=12),
    max_size=6,
)


def cold_history() -> History:
    return History(no_decisions(), load_starter().prior_for(chart()))


@settings(max_examples=30, deadline=None)
@given(TEXTS, st.sampled_from([-1, 5_000, -(10**15)]))
def test_probabilities_are_shares_that_fall_and_sum_to_one_at_most(texts: list[str], amount: int) -> None:
    lines = lines_of(texts, [amount] * len(texts))
    found = rank(lines, chart(), cold_history(), load_starter().ranker)
    assert found.account.shape == found.probability.shape == (len(texts), 3)
    assert ((found.probability >= 0) & (found.probability <= 1)).all()
    assert (np.diff(found.probability, axis=1) <= 1e-12).all()
    every = np.bincount(found.scores.line, weights=found.scores.probability)
    assert (every <= 1 + 1e-9).all()
    for row in found.account.tolist():
        real = [account for account in row if account >= 0]
        assert len(set(real)) == len(real)


def test_bank_clearing_and_suspense_accounts_are_never_proposed() -> None:
    found = rank(company().lines, chart(), cold_history(), load_starter().ranker)
    roles = {chart()[account].role for account in np.unique(found.account).tolist() if account >= 0}
    assert not roles & NEVER_PROPOSED


def test_the_same_input_gives_the_same_answer_whatever_stands_beside_it() -> None:
    lines = company().lines
    whole = rank(lines, chart(), cold_history(), load_starter().ranker)
    rows = np.arange(len(lines))[::-7].astype(np.int64)
    part = rank(lines.take(rows), chart(), cold_history(), load_starter().ranker)
    assert np.array_equal(part.account, whole.account[rows])
    assert np.allclose(part.probability, whole.probability[rows], atol=1e-6)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("COMCAST BUSINESS 8829", "6120"),
        ("STAPLES 00123 BOISE ID", "6400"),
        ("JOES PLUMBING TX", "6130"),
        ("MONTHLY SERVICE FEE", "6210"),
        ("GEICO AUTO PAY 88120", "6600"),
    ],
)
def test_a_new_company_gets_sensible_proposals_from_the_starter(text: str, code: str) -> None:
    found = rank(lines_of([text]), chart(), cold_history(), load_starter().ranker)
    assert chart()[found.account[0, 0]].code == code


def test_an_account_added_today_is_proposed_today() -> None:
    aquarium = AccountOption("7777", "7777", "Aquarium Upkeep", "expense")
    accounts = (*chart(), aquarium)
    line = lines_of(["BUBBLE WORLD FISHES 88"])
    before = rank(line, accounts, cold_history(), load_starter().ranker)
    assert accounts[before.account[0, 0]] != aquarium
    taught = cold_history().with_reviews(lines_of(["BUBBLE WORLD FISHES 12"] * 4), ["7777"] * 4)
    after = rank(line, accounts, taught, load_starter().ranker)
    assert accounts[after.account[0, 0]] == aquarium
    assert after.probability[0, 0] > 0.8


def test_one_review_changes_the_next_proposal_at_once() -> None:
    line = lines_of(["COMCAST BUSINESS 8829"])
    taught = cold_history().with_reviews(lines_of(["COMCAST BUSINESS 1112"] * 3), ["6500"] * 3)
    found = rank(line, chart(), taught, load_starter().ranker)
    assert chart()[found.account[0, 0]].code == "6500"
    assert found.seen.tolist() == [True]


def test_a_stored_ranker_answers_like_the_one_that_was_stored() -> None:
    starter = load_starter().ranker
    again = Ranker.from_bytes(starter.to_bytes(), starter)
    lines = company().lines.take(np.arange(50))
    assert np.array_equal(
        rank(lines, chart(), cold_history(), again).probability,
        rank(lines, chart(), cold_history(), starter).probability,
    )


def test_a_damaged_or_foreign_model_is_refused() -> None:
    starter = load_starter().ranker
    with pytest.raises(UnreadableModel):
        Ranker.from_bytes(starter.to_bytes()[:1000], starter)
    with pytest.raises(UnreadableModel, match="another version"):
        Ranker.from_bytes(packed({"features": ["weather"]}, {}), starter)


def test_accounts_are_understood_by_name_type_and_role() -> None:
    meanings = load_starter().ranker.meanings
    options = [
        AccountOption("a", "500", "Telephone & Internet", "expense"),
        AccountOption("b", "501", "Loans Payable", "liability", "loan"),
        AccountOption("c", "502", "Xylophones", "expense"),
    ]
    match = match_meanings(options, meanings)
    assert [meanings[i].code for i in match.meaning[:2].tolist()] == ["6120", "2500"]
    assert match.meaning[2] == -1
    exact = match_meanings([o for o in chart() if o.code in {m.code for m in meanings}], meanings)
    assert exact.similarity == pytest.approx(1, abs=1e-5)


def test_hashed_texts_have_length_one_and_do_not_depend_on_their_neighbours() -> None:
    texts = ["amazon mktp", "", "a", "blue bottle\ncoffee", "éß ☃"]
    whole = hashed_texts(texts, 14)
    lengths = np.sqrt(np.asarray(whole.multiply(whole).sum(axis=1)).ravel())
    assert lengths == pytest.approx([1, 0, 1, 1, 1], abs=1e-5)
    for i, text in enumerate(texts):
        assert (hashed_texts([text], 14) != whole[i]).nnz == 0


def test_without_accounts_or_lines_there_is_an_empty_answer() -> None:
    ranker = load_starter().ranker
    assert rank(lines_of([]), chart(), cold_history(), ranker).account.shape == (0, 3)
    nobody = rank(lines_of(["COMCAST"]), [], History.empty(), replace(ranker))
    assert nobody.account.tolist() == [[-1, -1, -1]]


def test_history_learns_the_habits_of_a_company_that_books_otherwise() -> None:
    labelled, cut = company(), len(company()) // 2
    habit = {"5020": "5000", "6810": "6800", "6300": "6320"}
    truth = np.array([habit.get(code, code) for code in labelled.account])
    past, future = labelled.lines.take(np.arange(cut)), labelled.lines.take(np.arange(cut, len(labelled)))
    codes = np.array([option.key for option in chart()])
    ranker = load_starter().ranker
    cold = codes[rank(future, chart(), cold_history(), ranker).account[:, 0]]
    taught = cold_history().with_reviews(past, truth[:cut].tolist())
    warm = codes[rank(future, chart(), taught, ranker).account[:, 0]]
    assert (warm == truth[cut:]).mean() > (cold == truth[cut:]).mean() + 0.1
    assert (warm == truth[cut:]).mean() > 0.75


def test_scoring_in_blocks_changes_no_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    lines = company().lines
    whole = rank(lines, chart(), cold_history(), load_starter().ranker)
    monkeypatch.setattr("core.categorization.model._BLOCK", 50)
    parts = rank(lines, chart(), cold_history(), load_starter().ranker)
    assert (whole.account == parts.account).all()
    assert whole.probability == pytest.approx(parts.probability, abs=1e-6)
