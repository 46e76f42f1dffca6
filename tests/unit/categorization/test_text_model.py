from dataclasses import replace

import numpy as np
import pytest

from core.categorization.artefact import packed, unpacked
from core.categorization.model import Ranker
from core.categorization.starter import load_starter
from core.categorization.text_model import TextLearner, TextModel
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


def test_a_text_of_no_known_word_gets_the_shares_of_the_classes() -> None:
    learner = TextLearner(["food", "rent"], 10, knows_companies=False, seed=1)
    learner.learn(lines_of(["RENT OFFICE"] * 20 + ["CORNER CAFE"]).keys, ["rent"] * 20 + ["food"])
    assert learner.model().probabilities(lines_of([""]).keys)[0].argmax() == 1


def test_a_model_stored_when_classes_were_learned_alone_keeps_its_meaning() -> None:
    weights = np.zeros((1 << 10, 2), np.float32)
    alone = TextModel(("food", "rent"), weights, np.array([3.0, 1.0], np.float32), 10, False, jointly=False)
    base, keys = load_starter().ranker, lines_of(["CORNER CAFE"]).keys
    header, arrays = unpacked(replace(base, own_text=alone).to_bytes())
    del header["own_text"]["jointly"]  # as older versions wrote it
    read = Ranker.from_bytes(packed(header, arrays), base).own_text
    assert read is not None
    assert read.probabilities(keys)[0, 0] == pytest.approx(0.9525741 / (0.9525741 + 0.7310586), abs=1e-6)
    assert replace(read, jointly=True).probabilities(keys)[0, 0] > 0.85
