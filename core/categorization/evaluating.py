"""Measure the categoriser on labelled lines: split by time or by company, against baselines of the same run."""

from dataclasses import dataclass, replace
from time import perf_counter
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from core.categorization.baselines import Answers, joined_answers, lookup_answers, svm_answers
from core.categorization.calibration import expected_calibration_error
from core.categorization.fitting import (
    THRESHOLD_ROWS,
    Fitted,
    Labelled,
    Outcomes,
    fit,
    joined_labelled,
    joined_outcomes,
    learn_rows,
    month_rows,
    outcomes,
    promise_from,
)
from core.categorization.history import History
from core.categorization.lines import AccountOption
from core.categorization.model import Ranker
from core.categorization.policy import Policy
from core.errors import InvalidInput

Split = Literal["time", "company"]
Reviews = Literal["monthly", "frozen"]
BOOL = NDArray[np.bool_]

FOLDS = 5
LEAST_ROWS = 200
CALIBRATION_COMPANIES = 0.15  # share of the training companies' rows that calibrates in a split by company


@dataclass(frozen=True)
class Part:
    """One training and its test rows, with the ranker's and the baselines' answers on them."""

    ranker: Answers
    baselines: dict[str, Answers]
    auto: BOOL  # what the policy would post alone
    sure: BOOL  # confidence at or above the threshold, whether or not the policy holds the line for another reason
    thresholds: list[float]  # one a month, all alike where no reviews are fed
    measured: list[bool]  # whether audited rows support it; else the stated default held
    fit_seconds: float
    predict_seconds: float


def evaluate(
    rows: Labelled, base: Ranker, *, split: Split = "time", reviews: Reviews = "monthly", promise: float = 0.98
) -> dict[str, Any]:
    """All figures of the command `evaluate_categorizer`, on the test rows.

    Args:
        rows: by date, with companies.
        base: the starter.
        reviews: monthly feeds the labels of a test month after it was predicted; frozen never.
        promise: the share of right lines the policy must keep among those posted alone; shares are in [0, 1].
    Raises: InvalidInput where there is too little to split.
    """
    if len(rows) < LEAST_ROWS:
        raise InvalidInput(f"{len(rows)} labelled rows are too few to measure anything; {LEAST_ROWS} are needed.")
    if not 0.5 <= promise < 1:
        raise InvalidInput("A promise is a share from 0.5 to below 1, such as 0.98.")
    parts = by_time(rows, base, reviews, promise) if split == "time" else by_company(rows, base, reviews, promise)
    answers = joined_answers([part.ranker for part in parts])
    auto = np.concatenate([part.auto for part in parts])
    new = ~answers.seen
    held = new & np.concatenate([part.sure for part in parts])
    names = list(parts[0].baselines)
    seconds = sum(part.predict_seconds for part in parts)
    return {
        "split": split,
        "reviews": reviews,
        "classes": len(set(rows.account)),
        **block(answers, auto, promise),
        "thresholds": [threshold for part in parts for threshold in part.thresholds],
        "thresholds_measured": [measured for part in parts for measured in part.measured],
        "unseen_counterparty": block(answers.take(new), auto[new], promise)
        | {"held_above_threshold": int(held.sum()), "held_above_threshold_precision": _share(answers.right[held])},
        "baselines": {
            name: block(joined_answers([part.baselines[name] for part in parts]), None, promise) for name in names
        },
        "fit_seconds": round(sum(part.fit_seconds for part in parts), 2),
        "predict_rows_per_second": round(len(answers.truth) / max(seconds, 1e-9)),
    }


def by_time(rows: Labelled, base: Ranker, reviews: Reviews, promise: float) -> list[Part]:
    """The first 60 % of the rows train, the next 10 % calibrate, the last 30 % test."""
    place = np.arange(len(rows))
    train, test = round(len(rows) * 0.6), round(len(rows) * 0.7)
    return [
        _part(rows.take(place[:train]), rows.take(place[train:test]), rows.take(place[test:]), base, reviews, promise)
    ]


def by_company(rows: Labelled, base: Ranker, reviews: Reviews, promise: float) -> list[Part]:
    """Five folds of companies: each is tested with a model that never saw them; some of the others calibrate."""
    names, company = np.unique(np.array(rows.lines.company), return_inverse=True)
    if len(names) < 2 * FOLDS:
        raise InvalidInput(f"A split by company needs at least {2 * FOLDS} companies; the file has {len(names)}.")
    fold = _balanced_folds(company, len(names))[company]
    parts = []
    for number in range(FOLDS):
        rest = fold != number
        calibrates = _calibration_companies(company, rest)[company]
        train, hold = np.flatnonzero(rest & ~calibrates), np.flatnonzero(rest & calibrates)
        test = np.flatnonzero(fold == number)
        parts.append(_part(rows.take(train), rows.take(hold), rows.take(test), base, reviews, promise))
    return parts


def _calibration_companies(company: NDArray[np.int64], rest: BOOL) -> BOOL:
    """(c,) companies of the rest that calibrate: drawn until they hold their share of its rows."""
    size = np.bincount(company[rest], minlength=int(company.max()) + 1)
    order = np.random.default_rng(99).permutation(len(size))
    before = np.cumsum(size[order]) - size[order]
    chosen = np.zeros(len(size), np.bool_)
    chosen[order[before < CALIBRATION_COMPANIES * size.sum()]] = True
    return chosen


def _balanced_folds(company: NDArray[np.int64], count: int) -> NDArray[np.int64]:
    """A fold for each company; the largest first, each to the fold with the fewest rows."""
    size = np.bincount(company, minlength=count)
    fold, filled = np.zeros(count, np.int64), np.zeros(FOLDS)
    for each in np.lexsort((np.arange(count), -size)).tolist():
        fold[each] = filled.argmin()
        filled[fold[each]] += size[each]
    return fold


def _part(
    training: Labelled, holdout: Labelled, test: Labelled, base: Ranker, reviews: Reviews, promise: float
) -> Part:
    feed = reviews == "monthly"
    started = perf_counter()
    names = sorted(set(training.account) | set(holdout.account))
    target = 1 - promise
    fitted = fit(training, holdout, _options(names), base, target_error=target, feed=feed)
    fitted_at = perf_counter()
    tested = Tested(fitted, names, target)
    answers = tested.all_months(test, feed=feed)
    known = joined_labelled([training, holdout])
    return Part(
        answers,
        {
            "svm_text": svm_answers(known, test, answers.seen, context=False),
            "svm_context": svm_answers(known, test, answers.seen, context=True),
            "history": lookup_answers(known, test, answers.seen, feed=feed),
        },
        np.concatenate(tested.auto),
        np.concatenate(tested.sure),
        tested.thresholds,
        tested.measured,
        fitted_at - started,
        tested.seconds,
    )


class Tested:
    """Lives through the test months as a firm would: predict, post by policy, review, then recalibrate and choose the
    threshold again on what was reviewed last. Nothing of a month is known before it was predicted."""

    def __init__(self, fitted: Fitted, names: list[str], target_error: float) -> None:
        self.ranker, self.history, self.names = fitted.ranker, fitted.history, list(names)
        self.learner = fitted.learner
        self.audited, self.chosen, self.target = fitted.audited, fitted.threshold, target_error
        # Until audited rows support a threshold, half the promised error is asked of each line's own confidence.
        self.default = max(Policy().default_threshold, 1 - target_error / 2)
        self.auto: list[BOOL] = []
        self.sure: list[BOOL] = []
        self.thresholds: list[float] = []
        self.measured: list[bool] = []
        self.seconds = 0.0  # spent on predicting alone

    def all_months(self, test: Labelled, *, feed: bool) -> Answers:
        """The answers on the test lines, which are by date; with `feed` each month is learned from afterwards."""
        parts = []
        for rows in month_rows(test.lines):
            month = test.take(rows)
            found = self._predicted(month)
            parts.append(self._answers(month, found))
            if feed:
                self._review(month, found)
        return joined_answers(parts)

    def _predicted(self, month: Labelled) -> Outcomes:
        started = perf_counter()
        found = outcomes(month, _options(self.names), self.history, self.ranker)
        self.seconds += perf_counter() - started
        threshold = self.default if self.chosen is None else self.chosen.threshold
        self.sure.append(found.confidence >= threshold)
        self.auto.append(found.seen & self.sure[-1])
        self.thresholds.append(threshold)
        self.measured.append(self.chosen is not None)
        return found

    def _answers(self, month: Labelled, found: Outcomes) -> Answers:
        return Answers(
            np.array([*self.names, ""], dtype=object)[found.proposed],
            np.array(month.account, dtype=object),
            found.confidence,
            found.true_probability,
            found.rank_of_true,
            found.seen,
        )

    def _review(self, month: Labelled, found: Outcomes) -> None:
        """Fed months also bring accounts nobody had used before."""
        own = self.history.own.joined(month.decisions())
        self.history, self.names = History(own, own), sorted({*self.names, *month.account})
        self.audited = joined_outcomes([self.audited, found]).latest(THRESHOLD_ROWS)
        calibration, self.chosen, _ = promise_from(self.audited, self.target)
        learn_rows(self.learner, month, np.arange(len(month)))
        self.ranker = replace(self.ranker, calibration=calibration, own_text=self.learner.model())


def _options(names: list[str]) -> list[AccountOption]:
    return [AccountOption(name, "", name) for name in names]


def block(answers: Answers, auto: BOOL | None, promise: float) -> dict[str, Any]:
    """The figures of one method on its rows; None where there are no rows to measure on.

    `coverage_at_p` is the largest share of rows, most confident first, that is right with share p: what the best
    threshold would reach with hindsight. `auto_approved` counts what the policy posted alone at its own threshold.
    """
    rows, right = len(answers.truth), answers.right
    found: dict[str, Any] = {"rows": rows}
    found["accuracy"] = _share(right)
    found["top3_accuracy"] = _share(answers.rank_of_true < 3)
    found["macro_f1"] = round(macro_f1(answers.truth, answers.predicted), 4) if rows else None
    found["log_loss"] = round(float(-np.log(np.clip(answers.true_probability, 1e-9, 1)).mean()), 4) if rows else None
    found["ece"] = round(expected_calibration_error(answers.confidence, right), 4) if rows else None
    for percent in (99, 98, 95):
        found[f"coverage_at_{percent}"] = round(coverage_at(answers.confidence, right, percent / 100), 4)
    if auto is not None:
        found["promise"] = promise
        found["auto_approved"] = int(auto.sum())
        found["auto_approved_rate"] = _share(auto)
        found["auto_approved_precision"] = _share(right[auto])
    return found


def _share(flags: BOOL) -> float | None:
    return round(float(flags.mean()), 4) if len(flags) else None


def macro_f1(truth: NDArray[np.object_], predicted: NDArray[np.object_]) -> float:
    """Mean over the classes that occur, true or predicted, of the harmonic mean of precision and recall."""
    names, number = np.unique(np.concatenate([truth, predicted]).astype(str), return_inverse=True)
    true, said = number[: len(truth)], number[len(truth) :]
    hits = np.bincount(true[true == said], minlength=len(names))
    occurrences = np.bincount(true, minlength=len(names)) + np.bincount(said, minlength=len(names))
    return float((2 * hits / np.maximum(occurrences, 1)).mean())


def coverage_at(confidence: NDArray[np.float64], right: BOOL, precision: float) -> float:
    """The largest share of rows above some confidence of which at least `precision` are right."""
    if not len(right):
        return 0.0
    order = np.argsort(-confidence, kind="stable")
    ranked, hits = confidence[order], np.cumsum(right[order])
    last_of_tie = np.append(ranked[1:] != ranked[:-1], True)
    count = np.arange(1, len(right) + 1)
    good = last_of_tie & (hits >= precision * count)
    return float(count[good].max() / len(right)) if good.any() else 0.0
