"""Which free lines and items name the same party or number, whatever their amounts."""

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from core.matching.candidates import EARLIEST, LATEST, same_account
from core.matching.evidence import CLEAR_WORDS
from core.matching.joining import joined, within
from core.matching.reading import Read
from core.matching.texts import Bools, name_similarity, starts_alike
from core.matching.values import Integers
from core.matching.words import Rarity, WordTable, incidence, stems

ALIKE = 0.78  # similarity from which names tie a movement to a whole
NEAREST = 48  # items of one name looked at for a line, and lines for an item
_COMMON = 20_000  # pairs of names with one word in common from which that word ties nobody
_START = 6  # letters
_ROWS_AT_ONCE = 2_000  # of the sparse product of names, to bound memory


@dataclass(frozen=True)
class Ties:
    """Of the free lines and items: which names are alike, and who quotes whose document number."""

    read: Read
    lines: Bools  # which are free
    items: Bools
    alike: tuple[Integers, Integers]  # numbers of a line's name and of an item's name
    quoting: tuple[Integers, Integers]  # positions of lines and items

    @classmethod
    def of(cls, read: Read, lines: Bools, items: Bools) -> "Ties":
        """Compares the names that free lines and items have."""
        left, right = (np.unique(side.name.of_row[free]) for side, free in ((read.line, lines), (read.item, items)))
        a, b = tied_names(
            [read.line.name.keys[name] for name in left.tolist()],
            [read.item.name.keys[name] for name in right.tolist()],
            read.rarity,
        )
        i, j = read.quotes.pairs(lines, items)
        fits = _could_settle(read, i, j)
        return cls(read, lines, items, (left[a], right[b]), (i[fits], j[fits]))

    def pairs(self, *, by_line: bool) -> tuple[Integers, Integers]:
        """Positions of lines and items that share sign, currency, account and window, and a name or a number.

        Args:
            by_line: keep for each line and name the NEAREST items issued before it; else for each item and name the
                NEAREST lines booked after it.
        """
        a, b = self.alike
        lines, items = np.flatnonzero(self.lines), np.flatnonzero(self.items)
        line_name, item_name = self.read.line.name.of_row[lines], self.read.item.name.of_row[items]
        if by_line:
            rows, which = joined(line_name, a)
            named = self._joined(lines[rows], b[which], items, item_name, by_line=True)
        else:
            rows, which = joined(item_name, b)
            named = self._joined(lines, line_name, items[rows], a[which], by_line=False)
        i, j = (np.concatenate(both) for both in zip(named, self.quoting, strict=True))
        width = max(len(self.items), 1)
        distinct = np.unique(i * width + j)
        return distinct // width, distinct % width

    def _joined(
        self, i: Integers, line_name: Integers, j: Integers, item_name: Integers, *, by_line: bool
    ) -> tuple[Integers, Integers]:
        """Lines i and items j of the same name number, sign, currency, account and window."""
        line, item, read = self.read.line, self.read.item, self.read
        found: list[tuple[Integers, Integers]] = [(np.zeros(0, np.int64), np.zeros(0, np.int64))]
        anywhere = item.account[j] == 0
        for part, where in ((np.flatnonzero(anywhere), 0), (np.flatnonzero(~anywhere), 1)):
            if not len(part):
                continue
            q = j[part]
            line_block = (line_name * read.accounts + line.account[i] * where) * read.units + line.unit[i]
            item_block = (item_name[part] * read.accounts + item.account[q] * where) * read.units + item.unit[q]
            if by_line:
                a, b = within(line_block, line.day[i], item_block, item.day[q], -LATEST, -EARLIEST, last_of=NEAREST)
            else:
                b, a = within(item_block, item.day[q], line_block, line.day[i], EARLIEST, LATEST, first_of=NEAREST)
            found.append((i[a], q[b]))
        return np.concatenate([p for p, _ in found]), np.concatenate([q for _, q in found])


def tied_names(left: Sequence[str], right: Sequence[str], rarity: Rarity) -> tuple[Integers, Integers]:
    """Positions of names that are alike, short forms included; only names with a telling word in common are compared.

    Args:
        left, right: distinct name keys.
        rarity: of their words.
    """
    place = {name: row for row, name in enumerate(right)}
    same = np.array([(row, place[name]) for row, name in enumerate(left) if name and name in place], np.int64)
    a, b = _sharing_words(left, right)
    kept = WordTable(left, right, rarity).shared(a, b) >= CLEAR_WORDS
    initial = [np.array([ord(name[0]) if name else 0 for name in names], np.int64) for names in (left, right)]
    open_still = np.flatnonzero(~kept & (initial[0][a] == initial[1][b]))
    kept[open_still] = starts_alike(left, right, a[open_still], b[open_still])
    short, long = _initials(left, right)
    form = name_similarity([left[k] for k in short.tolist()], [right[k] for k in long.tolist()]) >= ALIKE
    same = same.reshape(-1, 2)
    width = max(len(right), 1)
    found = np.unique(
        np.concatenate([same[:, 0] * width + same[:, 1], a[kept] * width + b[kept], (short * width + long)[form]])
    )
    return found // width, found % width


def _sharing_words(left: Sequence[str], right: Sequence[str]) -> tuple[Integers, Integers]:
    """Names with a word, two words or the start in common that not too many share."""
    words = [[_signs_of(name) for name in names] for names in (left, right)]
    counts = [Counter(sign for found in side for sign in found) for side in words]
    shared = [sign for sign in counts[0] if counts[1][sign] > 0 and counts[0][sign] * counts[1][sign] <= _COMMON]
    column = {sign: number for number, sign in enumerate(shared)}
    has, asks = (incidence(side, column) for side in words)
    met: list[tuple[Integers, Integers]] = [(np.zeros(0, np.int64), np.zeros(0, np.int64))]
    for start in range(0, len(left), _ROWS_AT_ONCE):
        both = (has[start : start + _ROWS_AT_ONCE] @ asks.T).tocoo()
        met.append((both.row.astype(np.int64) + start, both.col.astype(np.int64)))
    return np.concatenate([a for a, _ in met]), np.concatenate([b for _, b in met])


def _signs_of(name: str) -> list[str]:
    """What names are compared by: their word stems, two neighbouring ones together, and the first letters."""
    found = stems(name)
    return [*found, *[f"{a} {b}" for a, b in pairwise(found)], f"^{name[:_START]}"]


def _initials(left: Sequence[str], right: Sequence[str]) -> tuple[Integers, Integers]:
    """Long names on the left whose initials are a short name on the right."""
    by_initials: dict[str, list[int]] = defaultdict(list)
    for row, name in enumerate(left):
        words = name.split()
        if len(words) > 1:
            by_initials["".join([word[0] for word in words])].append(row)
    pairs = [
        (row, column)
        for column, name in enumerate(right)
        if 2 <= len(name) <= 12 and " " not in name
        if 2 <= len(letters := "".join(filter(str.isalpha, name))) <= 6
        for key in (letters, letters[:-1])
        for row in by_initials.get(key, [])[:NEAREST]
    ]
    found = np.array(pairs, np.int64).reshape(-1, 2)
    return found[:, 0], found[:, 1]


def _could_settle(read: Read, i: Integers, j: Integers) -> Bools:
    line, item = read.line, read.item
    lag = line.day[i] - item.day[j]
    fits = (line.unit[i] == item.unit[j]) & (lag >= EARLIEST) & (lag <= LATEST)
    return np.asarray(fits & same_account(line, item, i, j), np.bool_)
