"""Which accounts are worth scoring for a line: the best of each source of evidence."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.categorization.history import HistoryTables, context_keys
from core.categorization.lines import I64, LineKeys
from core.categorization.meanings import MeaningMatch

I32 = NDArray[np.int32]
F32 = NDArray[np.float32]

OWN_TEXT_TOP = 8
STARTER_TOP = 4
OVERLAP_TOP = 1


@dataclass(frozen=True)
class Evidence:
    """What speaks for each of a accounts on each of n lines: (n, a) scores and the history's counts."""

    own_text: F32 | None  # the company's own text model, where it has one
    starter: F32
    overlap: F32  # likeness of the text and the account's name
    meanings: MeaningMatch
    tables: HistoryTables


def candidate_pairs(keys: LineKeys, evidence: Evidence) -> tuple[I64, I32]:
    """(line, account) of every pair to score, sorted by line, then account; each pair once.

    Taken are the top accounts of the own text model, of the starter, of each history context, and the account
    whose name is most like the text.
    """
    parts = [_best(evidence.starter, STARTER_TOP), _best(evidence.overlap, OVERLAP_TOP)]
    if evidence.own_text is not None:
        parts.append(_best(evidence.own_text, OWN_TEXT_TOP))
    for shared, contexts in ((False, evidence.tables.own), (True, evidence.tables.shared)):
        for name, context in contexts.items():
            if len(context.keys):
                at = context.find(context_keys(keys, name, shared))
                parts.append(np.where((at >= 0)[:, None], context.top[np.maximum(at, 0)], -1))
    every = np.sort(np.concatenate(parts, axis=1).astype(np.int32), axis=1)
    fresh = every >= 0
    fresh[:, 1:] &= every[:, 1:] != every[:, :-1]
    return np.nonzero(fresh)[0].astype(np.int64), every[fresh]


def _best(scores: F32, count: int) -> I32:
    """The `count` best columns of each row with a score above zero, -1 elsewhere."""
    width = scores.shape[1]
    if width == 0:
        return np.full((len(scores), 1), -1, np.int32)
    if width <= count:
        top = np.tile(np.arange(width, dtype=np.int32), (len(scores), 1))
    else:
        top = np.argpartition(-scores, count - 1, axis=1)[:, :count].astype(np.int32)
    return np.where(np.take_along_axis(scores, top, axis=1) > 0, top, -1).astype(np.int32)
