"""What the ranker has to beat, on the same split: two linear support vector machines and a lookup with back-off."""

from collections import Counter, defaultdict
from collections.abc import Hashable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.categorization.fitting import Labelled, month_rows
from core.categorization.lines import LineKeys, Lines
from core.ingestion.normalising import vendor_key

F64 = NDArray[np.float64]

SVM_TOLERANCE = 0.01


@dataclass(frozen=True)
class Answers:
    """What a method said of n labelled lines: its first answer with a confidence, the probability it gave the truth,
    and the place of the truth (0 first, 3 beyond the third). `seen` (n,): payee decided on in the company before."""

    predicted: NDArray[np.object_]
    truth: NDArray[np.object_]
    confidence: F64
    true_probability: F64
    rank_of_true: NDArray[np.int64]
    seen: NDArray[np.bool_]

    def take(self, rows: NDArray[np.bool_]) -> "Answers":
        return Answers(
            self.predicted[rows],
            self.truth[rows],
            self.confidence[rows],
            self.true_probability[rows],
            self.rank_of_true[rows],
            self.seen[rows],
        )

    @property
    def right(self) -> NDArray[np.bool_]:
        return np.asarray(self.predicted == self.truth, np.bool_)


def joined_answers(parts: Sequence[Answers]) -> Answers:
    """The answers of several parts one after the other."""
    names = ("predicted", "truth", "confidence", "true_probability", "rank_of_true", "seen")
    return Answers(*(np.concatenate([getattr(part, name) for part in parts]) for name in names))


def svm_answers(training: Labelled, test: Labelled, seen: NDArray[np.bool_], *, context: bool) -> Answers:
    """Word TF-IDF and a linear SVM, as smart_importer does; with `context` also company, size and direction tokens.

    Equal training documents with equal labels are one document of that weight, which is the same problem solved
    sooner; the tolerance was seen to leave the accuracy as it is (docs/categorising.md).
    """
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.svm import LinearSVC

    if len(classes := set(training.account)) < 2:  # nothing to tell apart
        return answers_from(np.ones((len(test), 1)), list(classes), test.account, seen)
    vectors: Any = TfidfVectorizer(tokenizer=str.split, token_pattern=None)  # type: ignore[no-untyped-call]
    machine: Any = LinearSVC(random_state=0, tol=SVM_TOLERANCE)  # type: ignore[no-untyped-call]
    labels = sorted(set(training.account))
    if len(labels) == 1:  # nothing to tell apart
        return answers_from(np.ones((len(test), 1)), labels, test.account, seen)
    documents = _documents(training.lines, context)
    number: dict[tuple[str, str], int] = {}
    distinct = [number.setdefault(pair, len(number)) for pair in zip(documents, training.account, strict=True)]
    _, first, times = np.unique(distinct, return_index=True, return_counts=True)
    machine.fit(vectors.fit_transform(documents)[first], np.array(training.account)[first], sample_weight=times)
    scores = machine.decision_function(vectors.transform(_documents(test.lines, context)))
    if scores.ndim == 1:
        scores = np.stack([-scores, scores], axis=1)
    odds = np.exp(scores - scores.max(axis=1, keepdims=True))
    return answers_from(odds / odds.sum(axis=1, keepdims=True), list(machine.classes_), test.account, seen)


def _documents(lines: Lines, context: bool) -> list[str]:
    if not context:
        return list(lines.description)
    keys = lines.keys
    return [
        f"{text} company={company.replace(' ', '_')} size={band} way={way}"
        for text, company, band, way in zip(
            lines.description, lines.company, keys.band.tolist(), keys.inflow.tolist(), strict=True
        )
    ]


def answers_from(probability: F64, classes: Sequence[str], truth: Sequence[str], seen: NDArray[np.bool_]) -> Answers:
    """Answers from (n, k) probabilities; a truth that is no class has the share of a class nobody thought of."""
    number = {name: i for i, name in enumerate(classes)}
    true = np.array([number.get(name, -1) for name in truth])
    given = np.where(true >= 0, probability[np.arange(len(true)), np.maximum(true, 0)], 1e-9)
    above = (probability > given[:, None]).sum(axis=1)
    best = probability.argmax(axis=1)
    return Answers(
        np.array(classes, dtype=object)[best],
        np.array(truth, dtype=object),
        probability[np.arange(len(best)), best],
        given,
        np.where(true >= 0, np.minimum(above, 3), 3).astype(np.int64),
        seen,
    )


def lookup_answers(training: Labelled, test: Labelled, seen: NDArray[np.bool_], *, feed: bool) -> Answers:
    """The most frequent account of the narrowest context that occurred before, fed each month like the ranker.

    From company × text over company × payee, vendor, text, payee, vendor and company to all rows.
    """
    counts: dict[Hashable, Counter[str]] = defaultdict(Counter)
    _count(counts, training)
    parts = []
    for rows in month_rows(test.lines):
        month = test.take(rows)
        parts.append(_looked_up(counts, month, seen[rows]))
        if feed:
            _count(counts, month)
    return joined_answers(parts)


def _contexts(lines: Lines) -> Iterator[tuple[Hashable, ...]]:
    keys: LineKeys = lines.keys
    for company, text, name in zip(lines.company, keys.text, lines.counterparty, strict=True):
        vendor = vendor_key(name)
        own = (("ct", company, text), ("cp", company, name), ("cv", company, vendor))
        yield (*own, ("t", text), ("p", name), ("v", vendor), ("c", company), "all")


def _count(counts: dict[Hashable, Counter[str]], labelled: Labelled) -> None:
    for contexts, account in zip(_contexts(labelled.lines), labelled.account, strict=True):
        for context in contexts:
            counts[context][account] += 1


def _looked_up(counts: dict[Hashable, Counter[str]], month: Labelled, seen: NDArray[np.bool_]) -> Answers:
    predicted, confidence, given, place = [], [], [], []
    classes = max(len(counts["all"]), 1)
    for contexts, truth in zip(_contexts(month.lines), month.account, strict=True):
        found = next(counts[context] for context in contexts if context == "all" or context in counts)
        total = sum(found.values()) + 1
        top = [name for name, _ in found.most_common(3)]
        predicted.append(top[0] if top else "")
        confidence.append(found[top[0]] / total if top else 0.0)
        given.append((found[truth] + 1 / classes) / total)
        place.append(top.index(truth) if truth in top else 3)
    return Answers(
        np.array(predicted, dtype=object),
        np.array(month.account, dtype=object),
        np.array(confidence),
        np.array(given),
        np.array(place, np.int64),
        seen,
    )
