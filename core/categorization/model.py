"""The ranker: for each line the accounts worth considering, each with the probability that a person would choose it."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.categorization.artefact import packed, unpacked
from core.categorization.calibration import Calibration
from core.categorization.candidates import Evidence, candidate_pairs
from core.categorization.features import FEATURES, pair_features
from core.categorization.history import History, HistoryTables
from core.categorization.lines import I64, AccountOption, LineKeys, Lines
from core.categorization.meanings import Meaning, MeaningMatch, match_meanings, name_overlap
from core.categorization.second_look import OWN_COLUMNS, evidence_of_best
from core.categorization.text_model import TextModel
from core.errors import UnreadableModel

I32 = NDArray[np.int32]
F32 = NDArray[np.float32]
F64 = NDArray[np.float64]

TOP = 3
# On busy cores LightGBM's threads wait for each other by spinning: two took five times the CPU time of one, for the
# same result.
THREADS = 1
WORKERS = 2
_BLOCK = 4096  # distinct lines a worker scores at a time, which bounds memory
# Nothing is ever proposed for these: the bank's own side, clearing, and the place of the undecided.
NEVER_PROPOSED = frozenset({"bank", "transfer_clearing", "suspense"})


@dataclass(frozen=True)
class Ranker:
    """A trained model: booster over pair features, text models, calibration.

    `starter_text` classifies texts by account meaning (its classes are codes of `meanings`); `own_text`, where there
    is one, by the account keys of the rows it was trained on.
    """

    booster_text: str  # LightGBM's own text form
    meanings: tuple[Meaning, ...]
    starter_text: TextModel
    own_text: TextModel | None = None
    calibration: Calibration = field(default_factory=Calibration)

    @property
    def booster(self) -> Any:
        return _booster(self.booster_text)

    def to_bytes(self) -> bytes:
        """Everything but the starter's text model and meanings, which `from_bytes` is given again."""
        arrays: dict[str, NDArray[Any]] = {"booster": np.frombuffer(self.booster_text.encode(), np.uint8)}
        header: dict[str, Any] = {
            "features": list(FEATURES),
            "calibration": self.calibration.to_dict(),
            "own_text": None,
        }
        if self.own_text is not None:
            arrays |= {
                "own_weights": self.own_text.weights.astype(np.float16),
                "own_intercept": self.own_text.intercept,
            }
            header["own_text"] = {
                "classes": list(self.own_text.classes),
                "bits": self.own_text.bits,
                "knows_companies": self.own_text.knows_companies,
            }
        return packed(header, arrays)

    @classmethod
    def from_bytes(cls, block: bytes, base: "Ranker") -> "Ranker":
        """A stored ranker on top of the starter's. Raises UnreadableModel."""
        header, arrays = unpacked(block)
        if header.get("features") != list(FEATURES):
            raise UnreadableModel("it was trained by another version of the program")
        own = header["own_text"]
        text = None
        if own is not None:
            weights = arrays["own_weights"].astype(np.float32)
            text = TextModel(
                tuple(own["classes"]),
                weights,
                arrays["own_intercept"],
                own["bits"],
                own["knows_companies"],
            )
        calibration = Calibration.from_dict(header["calibration"])
        return replace(base, booster_text=arrays["booster"].tobytes().decode(), own_text=text, calibration=calibration)


@lru_cache(maxsize=8)
def _booster(text: str) -> Any:
    """The trees of this text form; reading them takes longer than scoring a small file, and a new calibration or text
    model leaves them as they are."""
    import lightgbm

    return lightgbm.Booster(model_str=text)


@dataclass(frozen=True)
class Ranking:
    """Result for n lines and a accounts.

    `account` (n, 3) int32 numbers of the accounts, best first, -1 where there are fewer; `probability` (n, 3)
    float64, calibrated, falling along a row, summing to at most 1; `seen` (n,) whether a person has decided on the
    counterparty before.
    """

    account: I32
    probability: F64
    seen: NDArray[np.bool_]
    scores: "PairScores"
    distinct_of: I64  # (n,) number of each line's distinct line in `scores`


@dataclass(frozen=True)
class PairScores:
    """Every scored (distinct line, account) pair, by line; probabilities calibrated.

    `top_score` (u,) is each line's best score before calibration, `evidence` (u, k) what speaks for it: what a later
    calibration starts from.
    """

    keys: LineKeys  # of the u distinct lines
    line: I64
    account: I32
    probability: F64
    seen: NDArray[np.bool_]  # (u,)
    top_score: F64
    evidence: F32


def rank(
    lines: Lines,
    accounts: Sequence[AccountOption],
    history: History,
    ranker: Ranker,
    tables: HistoryTables | None = None,
) -> Ranking:
    """Rank the accounts for every line. Lines that agree in all of `LineKeys.distinct` share one result.

    Args:
        accounts: the chart, inactive accounts left out; those no line is ever booked to (bank, clearing, suspense)
            are passed over.
        tables: `history.tables` of these accounts where the caller has them already.
    """
    first, distinct_of = lines.keys.distinct
    keys = lines.keys.take(first)
    seen = history.has_seen(keys)
    counted = tables or history.tables([option.key for option in accounts])
    scores = pair_scores(keys, accounts, counted, ranker, seen)
    account, probability = best_of(scores, len(first))
    return Ranking(account[distinct_of], probability[distinct_of], seen[distinct_of], scores, distinct_of)


def pair_scores(
    keys: LineKeys, accounts: Sequence[AccountOption], tables: HistoryTables, ranker: Ranker, seen: NDArray[np.bool_]
) -> PairScores:
    """Score the candidates of u distinct lines and calibrate them."""
    meanings = match_meanings(accounts, ranker.meanings)
    starts = range(0, len(keys.text) if accounts else 0, _BLOCK)

    def scored(start: int) -> tuple[I64, I32, F64, F32]:
        block = keys.take(np.arange(start, min(start + _BLOCK, len(keys.text))))
        evidence = evidence_for(
            block, accounts, meanings, tables, starter_text=ranker.starter_text, own_text=ranker.own_text
        )
        pairs = candidate_pairs(block, evidence)
        features = pair_features(block, accounts, pairs, evidence)
        raw = np.asarray(ranker.booster.predict(features, num_threads=THREADS), np.float64)
        return pairs[0] + start, pairs[1], raw, evidence_of_best(pairs[0], raw, features, len(block.text))

    # Numbers are worked out outside the interpreter's lock, so blocks keep both cores busy without spinning.
    with ThreadPoolExecutor(WORKERS) as pool:
        found = list(pool.map(scored, starts))
    line, account, raw, best = (
        (np.concatenate(part) for part in zip(*found, strict=True)) if found else _nothing(len(seen))
    )
    probability = calibrated(line, raw, seen, best, ranker.calibration)
    return PairScores(keys, line, account, probability, seen, top_scores(line, raw, len(seen)), best)


def _nothing(count: int) -> tuple[I64, I32, F64, F32]:
    columns = OWN_COLUMNS + len(FEATURES)
    return np.empty(0, np.int64), np.empty(0, np.int32), np.empty(0), np.zeros((count, columns), np.float32)


def evidence_for(
    keys: LineKeys,
    accounts: Sequence[AccountOption],
    meanings: MeaningMatch,
    tables: HistoryTables,
    *,
    starter_text: TextModel,
    own_text: TextModel | None,
) -> Evidence:
    """Bring the sources of evidence to the shape (n lines, a accounts); accounts never proposed get none."""
    allowed = np.array([option.role not in NEVER_PROPOSED for option in accounts], np.float32)
    own = None
    if own_text is not None:
        number = {name: i for i, name in enumerate(own_text.classes)}
        column = np.array([number.get(option.key, -1) for option in accounts], np.int64)
        own = own_text.probabilities(keys)[:, np.maximum(column, 0)] * np.where(column >= 0, allowed, 0)
    starter = meanings.spread(starter_text.probabilities(keys)) * allowed
    overlap = name_overlap(keys.text, accounts) * allowed
    return Evidence(
        None if own is None else own.astype(np.float32), starter, overlap.astype(np.float32), meanings, tables
    )


def top_scores(line: I64, raw: F64, count: int) -> F64:
    """(count,) each line's best raw score, divided by the line's sum where several accounts each look right."""
    best = np.zeros(count)
    np.maximum.at(best, line, raw)
    score: F64 = best / np.maximum(np.bincount(line, weights=raw, minlength=count), 1.0)
    return score


def calibrated(line: I64, raw: F64, seen: NDArray[np.bool_], evidence: F32, calibration: Calibration) -> F64:
    """Raw pair scores as probabilities: each line's best one calibrated, the others sharing what is left after the
    chance that the right account was not considered; a line's sum to at most 1 and keep their order."""
    if not len(line):
        return raw
    best = np.zeros(len(seen))
    np.maximum.at(best, line, raw)
    tops = np.bincount(line, weights=raw >= best[line], minlength=len(seen))
    others = np.bincount(line, weights=np.where(raw >= best[line], 0.0, raw), minlength=len(seen))
    top = np.minimum(calibration(top_scores(line, raw, len(seen)), seen, evidence), 1 / np.maximum(tops, 1))
    room = np.maximum(1 - tops * top, 0) * (1 - calibration.missed(seen)) / np.maximum(others, 1e-12)
    room = np.minimum(room, top / np.maximum(best, 1e-12))
    scaled: F64 = np.where(raw >= best[line], top[line], raw * room[line])
    return scaled


def best_of(scores: PairScores, count: int) -> tuple[I32, F64]:
    """The three most probable accounts of each of `count` distinct lines, ties by the chart's order."""
    account = np.full((count, TOP), -1, np.int32)
    probability = np.zeros((count, TOP))
    order = np.lexsort((scores.account, -scores.probability, scores.line))
    line = scores.line[order]
    place = np.arange(len(order)) - np.searchsorted(line, line)
    kept = place < TOP
    account[line[kept], place[kept]] = scores.account[order][kept]
    probability[line[kept], place[kept]] = scores.probability[order][kept]
    return account, probability
