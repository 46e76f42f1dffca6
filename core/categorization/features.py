"""What the ranker knows of a (line, account) pair: one row of numbers a pair.

Text probability, and per history context how often, out of how many, what share, and whether it was so last time;
size and direction of the amount; the account's type, role and likeness to the text. Day and weekday never mattered
in trials and are left out.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from core.categorization.candidates import Evidence
from core.categorization.history import OWN_CONTEXTS, SHARED_CONTEXTS, Context, context_keys
from core.categorization.lines import I64, AccountOption, LineKeys

I32 = NDArray[np.int32]
F32 = NDArray[np.float32]

_TYPES = ("asset", "liability", "equity", "revenue", "expense")
_ROLES = ("bank", "transfer_clearing", "suspense", "receivable", "payable", "owner", "loan", "tax", "payroll")

FEATURES = (
    "own_text",
    "own_text_to_best",
    "starter",
    "starter_to_best",
    "likeness_to_meaning",
    "name_overlap",
    "inflow",
    "size",
    "type",
    "role",
    *(f"own_{name}_{what}" for name in OWN_CONTEXTS for what in ("count", "share", "last", "total")),
    *(f"shared_{name}_{what}" for name in SHARED_CONTEXTS for what in ("count", "share", "total")),
)


def pair_features(
    keys: LineKeys,
    accounts: Sequence[AccountOption],
    pairs: tuple[I64, I32],
    evidence: Evidence,
) -> F32:
    """(p, len(FEATURES)) float32 for p pairs of (line, account); a source that is missing is NaN."""
    line, account = pairs
    tables = evidence.tables
    table = np.empty((len(line), len(FEATURES)), np.float32)
    nothing = np.full(len(line), np.nan, np.float32)
    columns = iter(range(len(FEATURES)))
    for scores in (evidence.own_text, evidence.starter):
        table[:, next(columns)] = nothing if scores is None else scores[line, account]
        table[:, next(columns)] = nothing if scores is None else _to_best(scores, line, account)
    table[:, next(columns)] = evidence.meanings.similarity[account]
    table[:, next(columns)] = evidence.overlap[line, account]
    table[:, next(columns)] = keys.inflow[line]
    table[:, next(columns)] = keys.band[line]
    table[:, next(columns)] = _numbers([option.type for option in accounts], _TYPES)[account]
    table[:, next(columns)] = _numbers([option.role for option in accounts], _ROLES)[account]
    for name in OWN_CONTEXTS:
        context, at = tables.own[name], tables.own[name].find(context_keys(keys, name, shared=False))[line]
        count, total = context.counts(at, account), _total(context, at)
        table[:, next(columns)] = np.log1p(count)
        table[:, next(columns)] = _share(count, total)
        table[:, next(columns)] = _was_last(context, at, account)
        table[:, next(columns)] = np.log1p(total)
    for name in SHARED_CONTEXTS:
        context, at = tables.shared[name], tables.shared[name].find(context_keys(keys, name, shared=True))[line]
        count, total = context.counts(at, account), _total(context, at)
        table[:, next(columns)] = np.log1p(count)
        table[:, next(columns)] = _share(count, total)
        table[:, next(columns)] = np.log1p(total)
    return table


def _to_best(scores: F32, line: I64, account: I32) -> F32:
    ratio: F32 = scores[line, account] / np.maximum(scores.max(axis=1), 1e-6)[line]
    return ratio


def _numbers(values: Sequence[str], known: tuple[str, ...]) -> F32:
    number = {value: float(i) for i, value in enumerate(known)}
    return np.array([number.get(value, np.nan) for value in values], np.float32)


def _total(context: Context, at: I64) -> I64:
    if not len(context.total):
        return np.zeros(len(at), np.int64)
    return np.where(at >= 0, context.total[np.maximum(at, 0)], 0)


def _share(count: I64, total: I64) -> NDArray[np.float64]:
    """Share of the context's decisions; NaN where it never occurred."""
    return np.where(total > 0, count / np.maximum(total, 1), np.nan)


def _was_last(context: Context, at: I64, account: I32) -> NDArray[np.float64]:
    if not len(context.last):
        return np.full(len(at), np.nan)
    return np.where(at >= 0, context.last[np.maximum(at, 0)] == account, np.nan)
