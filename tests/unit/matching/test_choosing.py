import numpy as np

from core.matching import choosing
from core.matching.choosing import choose, probabilities


def test_a_single_strong_pair_is_nearly_certain_and_a_rival_halves_it() -> None:
    zero = np.zeros(1)
    alone = probabilities(np.array([1000.0]), np.array([0]), np.array([0]), zero, zero)
    assert alone[0] > 0.999
    rival = probabilities(np.array([1000.0]), np.array([0]), np.array([0]), np.array([1000.0]), zero)
    assert 0.49 < rival[0] < 0.5


def test_the_choice_is_best_for_all_together_not_pair_by_pair() -> None:
    weight = np.array([100.0, 90.0, 80.0])  # (0, 0), (0, 1), (1, 0): the best pair alone would leave line 1 open
    i, j = np.array([0, 0, 1]), np.array([0, 1, 0])
    assert choose(weight, np.full(3, 0.5), i, j).tolist() == [False, True, True]


def test_pairs_not_worth_a_suggestion_are_not_chosen() -> None:
    assert not choose(np.array([100.0]), np.array([0.05]), np.array([0]), np.array([0])).any()


def test_a_crowd_is_matched_one_to_one_too(monkeypatch) -> None:
    monkeypatch.setattr(choosing, "CROWD", 1)
    i, j = (side.ravel() for side in np.mgrid[0:4, 0:4])
    weight = np.arange(1.0, 17.0)
    chosen = choose(weight, np.full(16, 0.5), i, j)
    assert sorted(i[chosen]) == sorted(j[chosen]) == [0, 1, 2, 3]
    assert chosen[15]  # the best pair goes first
