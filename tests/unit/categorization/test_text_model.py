import numpy as np

from core.categorization.text_model import TextLearner
from tests.unit.categorization.builders import company, lines_of


def test_what_was_learned_first_scores_what_comes_later() -> None:
    rows = company()
    cut = len(rows) * 2 // 3
    classes = sorted(set(rows.account))
    learner = TextLearner(classes, 13, knows_companies=False, seed=1)
    learner.learn(rows.lines.keys.take(np.arange(cut)), rows.account[:cut])
    found = learner.model().probabilities(rows.lines.keys.take(np.arange(cut, len(rows))))
    assert np.allclose(found.sum(axis=1), 1, atol=1e-5)
    right = np.array(classes)[found.argmax(axis=1)] == np.array(rows.account[cut:])
    assert right.mean() > 0.6


def test_a_model_taken_earlier_does_not_change_when_more_is_learned() -> None:
    keys = lines_of(["RENT OFFICE", "CORNER CAFE"]).keys
    learner = TextLearner(["food", "rent"], 10, knows_companies=False, seed=1)
    learner.learn(keys, ["rent", "food"])
    model = learner.model()
    before = model.probabilities(keys)
    learner.learn(keys, ["food", "rent"], epochs=20)
    assert (model.probabilities(keys) == before).all()
    assert learner.model().probabilities(keys)[0].argmax() == 0
