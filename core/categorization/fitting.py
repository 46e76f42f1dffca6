"""Training: from labelled lines to a ranker that was never shown the future of what it was trained to predict."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields, replace
from itertools import chain
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.categorization.calibration import (
    Calibration,
    ChosenThreshold,
    choose_threshold,
    expected_calibration_error,
    fit_calibration,
)
from core.categorization.candidates import candidate_pairs
from core.categorization.features import FEATURES, pair_features
from core.categorization.history import Decisions, History
from core.categorization.lines import I64, AccountOption, Lines, mixed
from core.categorization.meanings import match_meanings
from core.categorization.model import THREADS, Ranker, evidence_for, rank
from core.categorization.text_model import TextLearner

BOOL = NDArray[np.bool_]
F64 = NDArray[np.float64]

PARAMETERS: dict[str, Any] = {
    "objective": "binary",
    "learning_rate": 0.06,
    "num_leaves": 31,
    "min_data_in_leaf": 40,
    "feature_fraction": 0.7,
    "bagging_fraction": 0.8,
    "bagging_freq": 1,
    "lambda_l2": 5.0,
    "deterministic": True,
    "force_row_wise": True,
    "verbosity": -1,
}
TREES = 200
EXTRA_TREES = 40  # grown on top of the starter's where rows are few
FEW_ROWS = 3000
# Rows of one company up to which its text model takes 13 bits: 5,000 rows were learned in a quarter of the time of 16
# bits, and as many lines were right (.898 and .900 of invented ones, .636 and .633 of card lines).
NARROW_ROWS = 10_000
CALIBRATION_ROWS = 10_000  # latest audited lines that calibrate
THRESHOLD_ROWS = 10_000  # latest audited lines that the threshold is chosen on
BLOCKS = 24  # most instalments the past is taken in


@dataclass(frozen=True)
class Labelled:
    """n lines with the account a person chose for each, in the order they were booked."""

    lines: Lines
    account: Sequence[str]

    def __len__(self) -> int:
        return len(self.account)

    def take(self, rows: I64) -> "Labelled":
        return Labelled(self.lines.take(rows), [self.account[i] for i in rows.tolist()])

    def by_date(self) -> "Labelled":
        return self.take(np.argsort(self.lines.keys.day, kind="stable").astype(np.int64))

    def decisions(self) -> Decisions:
        return Decisions.of(self.lines, self.account)


def joined_labelled(parts: Sequence[Labelled]) -> Labelled:
    """The lines of several parts one after the other."""
    lines = [part.lines for part in parts]
    return Labelled(
        Lines(
            list(chain.from_iterable(each.description for each in lines)),
            list(chain.from_iterable(each.counterparty for each in lines)),
            np.concatenate([each.amount_minor for each in lines]),
            np.concatenate([each.booked_on for each in lines]),
            list(chain.from_iterable(each.bank_account for each in lines)),
            list(chain.from_iterable(each.company for each in lines)),
        ),
        list(chain.from_iterable(part.account for part in parts)),
    )


@dataclass(frozen=True)
class Pairs:
    """Training pairs: features (p, f) and whether the account was the one chosen (p,)."""

    features: NDArray[np.float32]
    chosen: BOOL


@dataclass(frozen=True)
class Outcomes:
    """What a ranker said of n labelled lines and what was true; columns (n,) but where said.

    `true_probability` is what it gave to the right account, the mass it left unassigned being spread evenly over the
    accounts it did not consider; `rank_of_true` 0 for the first, 3 for beyond the third.
    """

    confidence: F64
    right: BOOL
    seen: BOOL
    proposed: NDArray[np.int32]
    true_probability: F64
    rank_of_true: I64
    considered: BOOL  # the right account was among the candidates
    score: F64  # of the first account, before calibration
    evidence: NDArray[np.float32]  # (n, k) what speaks for the first account
    unit: NDArray[np.uint64]  # key of the company and its counterparty: lines that are right or wrong together

    def latest(self, rows: int) -> "Outcomes":
        """The last lines only."""
        return Outcomes(*(getattr(self, each.name)[-rows:] for each in fields(self)))

    def take(self, rows: BOOL) -> "Outcomes":
        """These lines only."""
        return Outcomes(*(getattr(self, each.name)[rows] for each in fields(self)))


def months(lines: Lines) -> I64:
    """The number of each line's month since the first one, months without lines not counted."""
    month = lines.booked_on.astype("datetime64[M]").astype(np.int64)
    return np.unique(month, return_inverse=True)[1].astype(np.int64)


def instalments(labelled: Labelled) -> I64:
    """(n,) the block in which each line becomes known: its month, or a share of the rows where months are too many
    or too few to learn from."""
    month = months(labelled.lines)
    if 6 <= month.max(initial=0) + 1 <= BLOCKS:
        return month
    blocks = 12 if len(labelled) > FEW_ROWS else 6
    return (np.arange(len(labelled)) * blocks // max(len(labelled), 1)).astype(np.int64)


def hidden_rows(lines: Lines) -> tuple[BOOL, BOOL]:
    """(lines hidden from history in training, lines hidden from the text model), each (n,), so that the ranker learns
    both cold start and a company that its text model never met but that has been reviewed for a while.

    Half the companies are hidden from the text model, a third of those from history too. Where there is one company
    only, a third of its counterparties are hidden from history, half of those from the text model too.
    """
    single = len(np.unique(lines.keys.company)) < 2
    unit = lines.keys.counterparty_key if single else lines.keys.company
    coin = (mixed(unit, np.full(len(unit), 18, np.uint64)) >> np.uint64(40)) % np.uint64(6)
    from_history, from_text = (2, 1) if single else (1, 3)
    return np.asarray(coin < np.uint64(from_history)), np.asarray(coin < np.uint64(from_text))


def causal_pairs(
    labelled: Labelled,
    accounts: Sequence[AccountOption],
    base: Ranker,
    shared: Decisions | None,
    learner: TextLearner | None,
) -> Pairs:
    """Features of every line as they stood before the line's instalment, history and text model knowing the past only.

    Args:
        labelled: by date.
        shared: what is known across companies, or None to pool the rows themselves.
        learner: taught on the way; afterwards it knows all rows. None leaves out a text model of their own.
    """
    block, (unrecorded, untaught) = instalments(labelled), hidden_rows(labelled.lines)
    known = labelled.decisions()
    meanings = match_meanings(accounts, base.meanings)
    account_keys = [option.key for option in accounts]
    number = {key: i for i, key in enumerate(account_keys)}
    features, chosen = [], []
    for current in range(int(block.max(initial=-1)) + 1):
        now = np.flatnonzero(block == current).astype(np.int64)
        past = known.take(np.flatnonzero((block < current) & ~unrecorded).astype(np.int64))
        tables = History(past, past if shared is None else shared).tables(account_keys)
        keys = labelled.lines.keys.take(now)
        own = learner.model() if learner is not None and learner.rows_seen else None
        evidence = evidence_for(keys, accounts, meanings, tables, starter_text=base.starter_text, own_text=own)
        pairs = candidate_pairs(keys, evidence)
        truth = np.array([number.get(labelled.account[i], -1) for i in now.tolist()], np.int32)
        features.append(pair_features(keys, accounts, pairs, evidence))
        chosen.append(truth[pairs[0]] == pairs[1])
        learn_rows(learner, labelled, now[~untaught[now]])
    learn_rows(learner, labelled, np.flatnonzero(untaught).astype(np.int64))
    return Pairs(np.concatenate(features), np.concatenate(chosen))


def learn_rows(learner: TextLearner | None, labelled: Labelled, rows: I64) -> None:
    """Teach the learner these rows, if there is one; rows of an account that is no class of it teach nothing."""
    if learner is not None and len(rows):
        rows = rows[np.isin([labelled.account[i] for i in rows.tolist()], learner.classes)]
        learner.learn(labelled.lines.keys.take(rows), [labelled.account[i] for i in rows.tolist()])


def boosted(pairs: Pairs, seed: int, start: str | None = None) -> str:
    """Grow the trees on the pairs, on top of the ranker `start` where one is given; LightGBM's text form."""
    import lightgbm

    data = lightgbm.Dataset(pairs.features, pairs.chosen.astype(np.float32), feature_name=list(FEATURES))
    base = None if start is None else lightgbm.Booster(model_str=start)
    parameters = PARAMETERS | {"seed": seed, "num_threads": THREADS}
    trained = lightgbm.train(parameters, data, TREES if start is None else EXTRA_TREES, init_model=base)
    text: str = trained.model_to_string()
    return text


def predictions_by_month(
    labelled: Labelled, accounts: Sequence[AccountOption], history: History, ranker: Ranker, *, feed: bool, pooled: bool
) -> tuple[Outcomes, History]:
    """Predict month after month; with `feed` the labels of a month join the history once it was predicted.

    With `pooled` they join the shared history too. Returns the outcomes by line and the history at the end.
    """
    parts: list[Outcomes] = []
    for rows in month_rows(labelled.lines):
        month = labelled.take(rows)
        parts.append(outcomes(month, accounts, history, ranker))
        if feed:
            own = history.own.joined(month.decisions())
            history = History(own, own if pooled else history.shared)
    return joined_outcomes(parts), history


def month_rows(lines: Lines) -> Iterator[I64]:
    """Positions of the lines of each month, oldest first. The lines are by date."""
    month = months(lines)
    for current in range(int(month.max(initial=-1)) + 1):
        yield np.flatnonzero(month == current).astype(np.int64)


def outcomes(labelled: Labelled, accounts: Sequence[AccountOption], history: History, ranker: Ranker) -> Outcomes:
    """Compare the ranker's answers with the labels."""
    ranking = rank(labelled.lines, accounts, history, ranker)
    number = {option.key: i for i, option in enumerate(accounts)}
    truth = np.array([number.get(key, -2) for key in labelled.account], np.int32)
    scores, width = ranking.scores, max(len(accounts), 1)
    code = scores.line * width + scores.account
    wanted = ranking.distinct_of * width + np.maximum(truth, 0)
    at = np.minimum(np.searchsorted(code, wanted), max(len(code) - 1, 0))
    found = (code[at] == wanted) & (truth >= 0) if len(code) else np.zeros(len(truth), np.bool_)
    mass = np.bincount(scores.line, weights=scores.probability, minlength=len(scores.seen))
    count = np.bincount(scores.line, minlength=len(scores.seen))
    left = np.maximum(1 - mass, 1e-9) / np.maximum(width - count, 1)
    hit = ranking.account == truth[:, None]
    return Outcomes(
        ranking.probability[:, 0],
        hit[:, 0],
        ranking.seen,
        ranking.account[:, 0],
        np.where(found, scores.probability[at], left[ranking.distinct_of]) if len(code) else left[ranking.distinct_of],
        np.where(hit.any(axis=1), hit.argmax(axis=1), 3),
        np.asarray(found, np.bool_),
        scores.top_score[ranking.distinct_of],
        scores.evidence[ranking.distinct_of],
        mixed(labelled.lines.keys.company, labelled.lines.keys.counterparty_key),
    )


def joined_outcomes(parts: Sequence[Outcomes]) -> Outcomes:
    """The outcomes of several parts one after the other."""
    return Outcomes(*(np.concatenate([getattr(part, each.name) for part in parts]) for each in fields(Outcomes)))


@dataclass(frozen=True)
class Fitted:
    """A trained ranker, the history at the end of its rows, and what was measured on the calibration rows."""

    ranker: Ranker
    history: History
    threshold: ChosenThreshold | None
    figures: dict[str, float | int | None]
    audited: Outcomes  # of the calibration rows
    learner: TextLearner  # of the ranker's own text model, to go on from


def fit(
    training: Labelled,
    holdout: Labelled,
    accounts: Sequence[AccountOption],
    base: Ranker,
    *,
    shared: Decisions | None = None,
    target_error: float = 0.01,
    feed: bool = True,
    seed: int = 42,
) -> Fitted:
    """Train on the rows, calibrate on later ones.

    Args:
        training, holdout: by date, each holdout row later than the training rows (or of other companies).
        accounts: the chart; a row whose account is not on it teaches nothing.
        base: the starter: its text model, its meanings and, where rows are few, its trees.
        shared: knowledge across companies (the starter prior); None pools the rows themselves.
        target_error: the share of wrong lines the threshold must keep among those posted alone.
        feed: whether holdout labels join the history month after month, as they will when the ranker is used.
    """
    labels = sorted(set(training.account) | set(holdout.account))
    companies = len(np.unique(training.lines.keys.company))
    bits = 13 if len(training) <= (NARROW_ROWS if companies < 2 else FEW_ROWS) else 16
    learner = TextLearner(labels, bits, knows_companies=True, seed=seed, averaged=True)
    pairs = causal_pairs(training, accounts, base, shared, learner)
    few = len(training) < FEW_ROWS and bool(base.booster_text)
    ranker = replace(
        base,
        booster_text=boosted(pairs, seed, base.booster_text if few else None),
        own_text=learner.model(),
    )
    pooled = shared is None
    known = training.decisions()
    history = History(known, known if shared is None else shared)
    raw = replace(ranker, calibration=Calibration())
    result, history = predictions_by_month(holdout, accounts, history, raw, feed=feed, pooled=pooled)
    if not feed:
        own = history.own.joined(holdout.decisions())
        history = History(own, own if pooled else history.shared)
    calibration, threshold, confidence = promise_from(result, target_error)
    ranker = replace(ranker, calibration=calibration)
    # The text model may know the held-out lines from now on: what is newest is most like what comes next.
    learn_rows(learner, holdout, np.arange(len(holdout)))
    ranker = replace(ranker, own_text=learner.model())
    return Fitted(ranker, history, threshold, holdout_figures(result, confidence, len(training)), result, learner)


def promise_from(audited: Outcomes, target_error: float) -> tuple[Calibration, ChosenThreshold | None, F64]:
    """Calibration and threshold from lines that people decided on after the machine had proposed, oldest first.

    Only the latest count, since what was true of older lines may have passed. Returns the calibration, the threshold
    that the lines support for known counterparties, and the cross-calibrated confidence of every line.
    """
    recent = audited.latest(CALIBRATION_ROWS)
    calibration = calibration_of(recent)
    confidence = cross_calibrated(audited)
    tested = audited.latest(THRESHOLD_ROWS)
    known, sure = tested.seen, confidence[-THRESHOLD_ROWS:]
    threshold = choose_threshold(sure[known], tested.right[known], target_error, unit=tested.unit[known])
    return calibration, threshold, confidence


def calibration_of(audited: Outcomes) -> Calibration:
    return fit_calibration(audited.score, audited.right, audited.seen, audited.considered, audited.evidence)


def cross_calibrated(audited: Outcomes) -> F64:
    """Confidences of audited lines, each calibrated on lines of other counterparties only (two halves)."""
    half = (mixed(audited.unit, np.full(len(audited.unit), 5, np.uint64)) >> np.uint64(33)) % np.uint64(2) == 0
    confidence = audited.score.copy()
    for part in (half, ~half):
        fitted = calibration_of(audited.take(~part))
        confidence[part] = fitted(audited.score[part], audited.seen[part], audited.evidence[part])
    return confidence


def holdout_figures(result: Outcomes, confidence: F64, trained_on: int) -> dict[str, float | int | None]:
    """Figures of held-out rows with cross-calibrated confidences."""
    rows = len(result.right)
    return {
        "training_rows": trained_on,
        "holdout_rows": rows,
        "accuracy": round(float(result.right.mean()), 4) if rows else None,
        "top3_accuracy": round(float((result.rank_of_true < 3).mean()), 4) if rows else None,
        "log_loss": round(float(-np.log(np.maximum(result.true_probability, 1e-9)).mean()), 4) if rows else None,
        "ece": round(expected_calibration_error(confidence, result.right), 4) if rows else None,
    }
