"""Texts as sparse rows of hashed character n-grams and words, worked out on bytes for all texts at once."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

_PRIME = np.uint64(0x100000001B3)
_SPREAD = np.uint64(0x9E3779B97F4A7C15)
_SPACE = 32


def hashed_texts(texts: Sequence[str], bits: int, sizes: tuple[int, ...] = (3, 4, 5), words: bool = True) -> Any:
    """A scipy CSR matrix (n, 2**bits) of float32 with rows of length 1 (0 for an empty text).

    Columns are hashed character n-grams of the given sizes over " text " and, if asked, whole words, which count
    double. Values are 1 + log(count).
    """
    from scipy.sparse import csr_matrix

    joined = np.frombuffer("\n".join([f" {text} " for text in _single_lines(texts)]).encode(), np.uint8)
    ends = joined == 10
    row_of = np.cumsum(ends)
    shift = np.uint64(64 - bits)
    parts = [_grams(joined, ends, row_of, size, shift) for size in sizes]
    if words:
        parts.append(_words(joined, ends, row_of, shift))
    rows = np.concatenate([part[0] for part in parts])
    columns = np.concatenate([part[1] for part in parts])
    weights = np.concatenate([np.full(len(part[0]), 2.0 if part[2] else 1.0, np.float32) for part in parts])
    matrix: Any = csr_matrix(  # type: ignore[no-untyped-call]
        (weights, (rows, columns)), shape=(len(texts), 1 << bits), dtype=np.float32
    )
    matrix.sum_duplicates()
    matrix.data = (1 + np.log(matrix.data)).astype(np.float32)
    return scaled_rows(matrix)


def _single_lines(texts: Sequence[str]) -> Sequence[str]:
    """The texts, line breaks replaced where there are any."""
    return [text.replace("\n", " ") for text in texts] if "\n" in "".join(texts) else texts


def scaled_rows(matrix: Any) -> Any:
    """The CSR matrix with each row divided by its length; empty rows stay empty."""
    squares = np.asarray(matrix.multiply(matrix).sum(axis=1)).ravel()
    lengths = np.sqrt(np.where(squares > 0, squares, 1)).astype(np.float32)
    matrix.data /= np.repeat(lengths, np.diff(matrix.indptr))
    return matrix


def _column(value: NDArray[np.uint64], shift: np.uint64) -> NDArray[np.int32]:
    return ((value * _SPREAD) >> shift).astype(np.int32)


def _grams(
    data: NDArray[np.uint8], ends: NDArray[np.bool_], row_of: NDArray[np.int64], size: int, shift: np.uint64
) -> tuple[NDArray[np.int64], NDArray[np.int32], bool]:
    count = len(data) - size + 1
    if count <= 0:
        return np.empty(0, np.int64), np.empty(0, np.int32), False
    with np.errstate(over="ignore"):
        value = np.full(count, size, np.uint64)
        for offset in range(size):
            value = value * _PRIME + data[offset : offset + count]
        inside = (row_of[size - 1 :] == row_of[:count]) & ~ends[:count]
        return row_of[:count][inside], _column(value[inside], shift), False


def _words(
    data: NDArray[np.uint8], ends: NDArray[np.bool_], row_of: NDArray[np.int64], shift: np.uint64
) -> tuple[NDArray[np.int64], NDArray[np.int32], bool]:
    letter = (data != _SPACE) & ~ends
    if not letter.any():
        return np.empty(0, np.int64), np.empty(0, np.int32), True
    before = np.concatenate([[False], letter[:-1]])
    starts = np.flatnonzero(letter & ~before)
    at = np.flatnonzero(letter)
    word = np.cumsum((letter & ~before)[at]) - 1
    place = at - starts[word]
    with np.errstate(over="ignore"):
        powers = np.cumprod(np.full(int(place.max()) + 1, _PRIME, np.uint64))
        terms = (data[at].astype(np.uint64) + np.uint64(7)) * powers[place]
        value = np.add.reduceat(terms, np.flatnonzero(place == 0))
        return row_of[starts], _column(value ^ _SPREAD, shift), True
