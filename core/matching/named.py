"""Which lines and items name the same party or number, whatever their amounts."""

from collections import Counter, defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from scipy.sparse import csr_matrix

from core.matching.candidates import EARLIEST, LATEST, blocks, day_numbers, within
from core.matching.evidence import CLEAR_WORDS
from core.matching.texts import (
    document_numbers,
    name_key,
    name_similarity,
    neighbours_swapped,
    reference_key,
    starts_alike,
    stems,
    words_shared,
)
from core.matching.values import BankLines, Integers, OpenItems

ALIKE = 0.78  # similarity from which names tie a movement to a whole
NEAREST = 48  # items of one name looked at for a line, and lines for an item
_COMMON = 20_000  # pairs of names with one word in common from which that word ties nobody
_START = 6  # letters
_ROWS_AT_ONCE = 2_000  # of the sparse product of names, to bound memory


@dataclass(frozen=True)
class Ties:
    """The names of lines and items by number, which of them are alike, and who quotes whose document number."""

    lines: BankLines
    items: OpenItems
    name_of_line: Integers
    name_of_item: Integers
    alike: tuple[Integers, Integers]  # numbers of a line's name and of an item's name
    quoting: tuple[Integers, Integers]  # positions of lines and items

    @classmethod
    def of(cls, lines: BankLines, items: OpenItems) -> "Ties":
        """Compares the names; of the other columns nothing is looked at but the numbers in the texts."""
        line_names = [name_key(text) for text in lines.text]
        item_names = [name_key(name) for name in items.counterparty]
        left = {name: number for number, name in enumerate(dict.fromkeys(line_names))}
        right = {name: number for number, name in enumerate(dict.fromkeys(item_names))}
        return cls(
            lines, items,
            np.array([left[name] for name in line_names], np.int64),
            np.array([right[name] for name in item_names], np.int64),
            tied_names(list(left), list(right)),
            _numbered(lines, items),
        )  # fmt: skip

    def pairs(self, *, by_line: bool) -> tuple[Integers, Integers]:
        """Positions of lines and items that share sign, currency, account and window, and a name or a number.

        Args:
            by_line: keep for each line and name the NEAREST items issued before it; else for each item and name the
                NEAREST lines booked after it.
        """
        a, b = self.alike
        if by_line:
            rows, names = _expanded(self.name_of_line, a, b)
            named = self._joined(rows, names, np.arange(len(self.items)), self.name_of_item, by_line=True)
        else:
            rows, names = _expanded(self.name_of_item, b, a)
            named = self._joined(np.arange(len(self.lines)), self.name_of_line, rows, names, by_line=False)
        i, j = (np.concatenate(both) for both in zip(named, self.quoting, strict=True))
        width = max(len(self.items), 1)
        distinct = np.unique(i * width + j)
        return distinct // width, distinct % width

    def _joined(
        self, i: Integers, line_name: Integers, j: Integers, item_name: Integers, *, by_line: bool
    ) -> tuple[Integers, Integers]:
        """Lines i and items j of the same name number, sign, currency, account and window."""
        lines, items = self.lines, self.items
        found: list[tuple[Integers, Integers]] = []
        named = np.array([bool(account) for account in items.account], np.bool_)[j]
        for with_account in (False, True):
            part, part_name = j[named == with_account], item_name[named == with_account]
            if not len(part):
                continue
            of_line, of_item = blocks(_columns(lines, with_account), _columns(items, with_account))
            kinds = int(max(of_line.max(initial=0), of_item.max(initial=0))) + 1
            line_block, item_block = line_name * kinds + of_line[i], part_name * kinds + of_item[part]
            line_day, item_day = day_numbers(lines.booked_on)[i], day_numbers(items.issued_on)[part]
            if by_line:
                p, q = within(line_block, line_day, item_block, item_day, -LATEST, -EARLIEST, last_of=NEAREST)
            else:
                q, p = within(item_block, item_day, line_block, line_day, EARLIEST, LATEST, first_of=NEAREST)
            found.append((i[p], part[q]))
        none = np.zeros(0, np.int64)
        return np.concatenate([none, *(p for p, _ in found)]), np.concatenate([none, *(q for _, q in found)])


def tied_names(left: Sequence[str], right: Sequence[str]) -> tuple[Integers, Integers]:
    """Positions of names that are alike, short forms included; only names with a telling word in common are compared.

    Args:
        left, right: distinct name keys.
    """
    place = {name: row for row, name in enumerate(right)}
    found = {(row, place[name]) for row, name in enumerate(left) if name and name in place}
    a, b = _sharing_words(left, right)
    kept = words_shared(left, right, a, b) >= CLEAR_WORDS
    initial = [np.array([ord(name[0]) if name else 0 for name in names], np.int64) for names in (left, right)]
    open_still = np.flatnonzero(~kept & (initial[0][a] == initial[1][b]))
    kept[open_still] = starts_alike(
        [left[k] for k in a[open_still].tolist()], [right[k] for k in b[open_still].tolist()]
    )
    found |= set(zip(a[kept].tolist(), b[kept].tolist(), strict=True))
    a, b = _initials(left, right)
    kept = name_similarity([left[k] for k in a.tolist()], [right[k] for k in b.tolist()]) >= ALIKE
    found |= set(zip(a[kept].tolist(), b[kept].tolist(), strict=True))
    pairs = np.array(sorted(found), np.int64).reshape(-1, 2)
    return pairs[:, 0], pairs[:, 1]


def _sharing_words(left: Sequence[str], right: Sequence[str]) -> tuple[Integers, Integers]:
    """Names with a word, two words or the start in common that not too many share."""
    words = [[_signs_of(name) for name in names] for names in (left, right)]
    counts = [Counter(sign for found in side for sign in found) for side in words]
    shared = [sign for sign in counts[0] if counts[1][sign] > 0 and counts[0][sign] * counts[1][sign] <= _COMMON]
    column = {sign: number for number, sign in enumerate(shared)}
    has, asks = (_incidence(side, column) for side in words)
    met: list[tuple[Integers, Integers]] = [(np.zeros(0, np.int64), np.zeros(0, np.int64))]
    for start in range(0, len(left), _ROWS_AT_ONCE):
        both = (has[start : start + _ROWS_AT_ONCE] @ asks.T).tocoo()
        met.append((both.row.astype(np.int64) + start, both.col.astype(np.int64)))
    return np.concatenate([a for a, _ in met]), np.concatenate([b for _, b in met])


def _signs_of(name: str) -> set[str]:
    """What names are compared by: their word stems, two neighbouring ones together, and the first letters."""
    found = stems(name)
    return {*found, *(f"{a} {b}" for a, b in pairwise(found)), f"^{name[:_START]}"}


def _incidence(side: Sequence[Collection[str]], column: dict[str, int]) -> csr_matrix:
    places = [(row, column[stem]) for row, found in enumerate(side) for stem in found if stem in column]
    rows, columns = zip(*places, strict=True) if places else ((), ())
    shape = (len(side), max(len(column), 1))
    return csr_matrix((np.ones(len(rows), np.int32), (rows, columns)), shape=shape)  # type: ignore[no-untyped-call]


def _initials(left: Sequence[str], right: Sequence[str]) -> tuple[Integers, Integers]:
    """Long names on the left whose initials are a short name on the right."""
    by_initials: dict[str, list[int]] = defaultdict(list)
    for row, name in enumerate(left):
        words = name.split()
        if len(words) > 1:
            by_initials["".join(word[0] for word in words)].append(row)
    pairs = [
        (row, column)
        for column, name in enumerate(right)
        if 2 <= len(letters := "".join(sign for sign in name if sign.isalpha())) <= 6 and " " not in name
        for key in (letters, letters[:-1])
        for row in by_initials.get(key, [])[:NEAREST]
    ]
    found = np.array(pairs, np.int64).reshape(-1, 2)
    return found[:, 0], found[:, 1]


def _expanded(of_row: Integers, key: Integers, value: Integers) -> tuple[Integers, Integers]:
    """Each row once for every value under its key: (rows, values)."""
    order = np.argsort(key, kind="stable")
    first = np.searchsorted(key[order], of_row, "left")
    counts = np.searchsorted(key[order], of_row, "right") - first
    rows = np.repeat(np.arange(len(of_row)), counts)
    starts = np.repeat(first - (np.cumsum(counts) - counts), counts)
    return rows, value[order[np.arange(len(rows)) + starts]] if len(rows) else rows


def _columns(table: BankLines | OpenItems, with_account: bool) -> list[Sequence[object]]:
    account = table.account if with_account else [""] * len(table)
    return [(table.amount_minor > 0).tolist(), table.currency, account]


def _numbered(lines: BankLines, items: OpenItems) -> tuple[Integers, Integers]:
    """Lines whose text quotes the number of an item, at most with two digits swapped."""
    holders: dict[str, list[int]] = defaultdict(list)
    for j in range(len(items)):
        for key in dict.fromkeys(map(reference_key, items.references[j])):
            if key:
                holders[key].append(j)
    pairs = [
        (i, j)
        for i in range(len(lines))
        for number in document_numbers(lines.text[i])
        for key in (number, *neighbours_swapped(number))
        for j in holders.get(key, ())[:NEAREST]
        if _could_settle(lines, items, i, j)
    ]
    found = np.array(pairs, np.int64).reshape(-1, 2)
    return found[:, 0], found[:, 1]


def _could_settle(lines: BankLines, items: OpenItems, i: int, j: int) -> bool:
    lag = int((lines.booked_on[i] - items.issued_on[j]).astype(np.int64))
    same_sign = (lines.amount_minor[i] > 0) == (items.amount_minor[j] > 0)
    here = items.account[j] in ("", lines.account[i]) and items.currency[j] == lines.currency[i]
    return bool(same_sign and here and EARLIEST <= lag <= LATEST)
