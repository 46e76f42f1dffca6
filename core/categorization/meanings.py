"""What an account means: the row of the chart template that it resembles in name, type and role.

The starter model speaks of meanings, never of one company's codes. A chart from the template matches itself
exactly; any other chart, and any account added later, is matched by its name, so no account needs retraining.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.categorization.lines import AccountOption
from core.categorization.ngrams import hashed_texts

_NAME_BITS = 15
_OTHER_TYPE = 0.5  # an asset is not the expense of the same name
_OTHER_ROLE = 0.7
_LEAST = 0.3  # cosine of name n-grams below which two names have nothing to do with each other


@dataclass(frozen=True, slots=True)
class Meaning:
    """A row of the chart template."""

    code: str
    name: str
    type: str
    role: str
    about: str


@dataclass(frozen=True)
class MeaningMatch:
    """For each of a accounts: the number of its meaning (-1: none) and how alike they are, in [0, 1]."""

    meaning: NDArray[np.int32]
    similarity: NDArray[np.float32]

    def spread(self, by_meaning: NDArray[np.float32]) -> NDArray[np.float32]:
        """Probabilities by meaning (n, m) as evidence by account (n, a), weighted by likeness."""
        found = by_meaning[:, np.maximum(self.meaning, 0)]
        weighted: NDArray[np.float32] = found * np.where(self.meaning >= 0, self.similarity, 0).astype(np.float32)
        return weighted


def match_meanings(accounts: Sequence[AccountOption], meanings: Sequence[Meaning]) -> MeaningMatch:
    """Find what each account means. Cosine of hashed name n-grams, lowered where type or role differ."""
    if not accounts or not meanings:
        return MeaningMatch(np.full(len(accounts), -1, np.int32), np.zeros(len(accounts), np.float32))
    names = hashed_texts([account.name.lower() for account in accounts], _NAME_BITS)
    plain = hashed_texts([meaning.name.lower() for meaning in meanings], _NAME_BITS)
    wordy = hashed_texts([f"{meaning.name} {meaning.about}".lower() for meaning in meanings], _NAME_BITS)
    alike = np.maximum((names @ plain.T).toarray(), (names @ wordy.T).toarray())
    same_type = np.array([[a.type in {"", m.type} for m in meanings] for a in accounts])
    same_role = np.array([[a.role == m.role for m in meanings] for a in accounts])
    scored = alike * np.where(same_type, 1.0, _OTHER_TYPE) * np.where(same_role, 1.0, _OTHER_ROLE)
    best = scored.argmax(axis=1)
    similarity = np.minimum(scored[np.arange(len(accounts)), best], 1.0).astype(np.float32)
    return MeaningMatch(np.where(similarity >= _LEAST, best, -1).astype(np.int32), similarity)


def name_overlap(texts: Sequence[str], accounts: Sequence[AccountOption]) -> NDArray[np.float32]:
    """(n, a) cosine of word beginnings and trigrams of bank text and account name."""
    rows = hashed_texts(texts, 12, sizes=(4,))
    names = hashed_texts([account.name.lower() for account in accounts], 12, sizes=(4,))
    overlap: NDArray[np.float32] = (rows @ names.T).toarray().astype(np.float32)
    return overlap
