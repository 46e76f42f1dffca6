"""The text model: hashed n-grams, company, size and direction of the amount → a probability for each class.

One logistic regression per class, trained by stochastic gradient descent (scikit-learn's SGDClassifier); the
probabilities of the classes are scaled to sum to one. Classes are accounts for a model of a company's own rows and
account meanings (codes of the chart template) for the starter. One regression over all classes at once was trained in
an eighth of the time and was better by itself (.704 right where this is .680 on one sample of card lines), but the
ranker on top of it was worse: .748 right instead of .756, calibration error .026 instead of .016.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.categorization.lines import U64, LineKeys
from core.categorization.ngrams import hashed_texts

F32 = NDArray[np.float32]

CONTEXT_WEIGHT = 0.6  # of a company, size or direction token beside a text row of length 1
ALPHA = 1e-5
EPOCHS = 5
JOBS = 2  # classes are learned apart from each other; the result does not depend on it
# Averaged steps of constant length: .705 right on one sample of card lines, plain steps .685 (five rounds each).
AVERAGED = {"alpha": 1e-7, "learning_rate": "constant", "eta0": 2.0, "average": True}


@dataclass(frozen=True)
class TextModel:
    """`weights` (2**bits, k) and `intercept` (k,) of k classes."""

    classes: tuple[str, ...]
    weights: NDArray[np.floating[Any]]
    intercept: F32
    bits: int
    knows_companies: bool

    def probabilities(self, keys: LineKeys) -> F32:
        """(n, k) probabilities, rows summing to 1."""
        rows = text_rows(keys, self.bits, self.knows_companies)
        return one_vs_rest(rows @ self.weights + self.intercept)


def one_vs_rest(scores: NDArray[np.floating[Any]]) -> F32:
    """Independent logistic scores (n, k) as probabilities summing to 1 a row."""
    odds = 1 / (1 + np.exp(-np.clip(scores, -30, 30)))
    scaled: F32 = (odds / np.maximum(odds.sum(axis=1, keepdims=True), 1e-12)).astype(np.float32)
    return scaled


def text_rows(keys: LineKeys, bits: int, knows_companies: bool) -> Any:
    """The CSR design matrix (n, 2**bits) of lines."""
    from scipy.sparse import csr_matrix

    tokens = [
        keys.inflow.astype(np.uint64) + np.uint64(3),
        (keys.band.astype(np.uint64) // np.uint64(2)) * np.uint64(2) + keys.inflow + np.uint64(101),
    ]
    if knows_companies:
        tokens.append(keys.company)
    columns = np.stack([_column(token, salt, bits) for salt, token in enumerate(tokens)], axis=1).ravel()
    count = len(keys.text)
    pointers = np.arange(0, count * len(tokens) + 1, len(tokens))
    weights = np.full(len(columns), CONTEXT_WEIGHT, np.float32)
    context = csr_matrix((weights, columns, pointers), shape=(count, 1 << bits))  # type: ignore[no-untyped-call]
    return (hashed_texts(keys.text, bits) + context).tocsr()


def _column(token: U64, salt: int, bits: int) -> NDArray[np.int32]:
    with np.errstate(over="ignore"):
        value = (token + np.uint64(salt * 7919 + 1)) * np.uint64(0x9E3779B97F4A7C15)
        value = (value ^ (value >> np.uint64(32))) * np.uint64(0xBF58476D1CE4E5B9)
    return (value >> np.uint64(64 - bits)).astype(np.int32)


class TextLearner:
    """Learns in instalments, so that a model of the past alone can score each next block of rows."""

    def __init__(
        self, classes: Sequence[str], bits: int, knows_companies: bool, seed: int, averaged: bool = False
    ) -> None:
        from sklearn.linear_model import SGDClassifier

        self.classes = tuple(classes) if len(classes) > 1 else (*classes, "")  # a boundary needs two sides
        self.bits, self.knows_companies = bits, knows_companies
        self._random = np.random.default_rng(seed)
        self._number = {name: i for i, name in enumerate(self.classes)}
        steps: dict[str, Any] = AVERAGED if averaged else {"alpha": ALPHA}
        self._estimator = SGDClassifier(  # type: ignore[no-untyped-call]
            loss="log_loss", random_state=seed, n_jobs=JOBS, **steps
        )
        self.rows_seen = 0

    def learn(self, keys: LineKeys, labels: Iterable[str], epochs: int = EPOCHS) -> None:
        """Take in n more labelled lines."""
        rows = text_rows(keys, self.bits, self.knows_companies)
        numbers = np.fromiter((self._number[label] for label in labels), np.int64, rows.shape[0])
        if not len(numbers):
            return
        # All epochs in one call: each call costs time with the width of the weights, whatever the rows.
        order = np.concatenate([self._random.permutation(len(numbers)) for _ in range(epochs)])
        self._estimator.partial_fit(rows[order], numbers[order], classes=np.arange(len(self.classes)))
        self.rows_seen += len(numbers)

    def model(self) -> TextModel:
        """What was learned so far."""
        coefficients = self._estimator.coef_
        intercept = self._estimator.intercept_
        if len(self.classes) == 2:  # scikit-learn keeps one row for two classes
            coefficients = np.vstack([-coefficients, coefficients])
            intercept = np.concatenate([-intercept, intercept])
        return TextModel(
            self.classes,
            np.ascontiguousarray(coefficients.T, dtype=np.float32),
            intercept.astype(np.float32),
            self.bits,
            self.knows_companies,
        )
