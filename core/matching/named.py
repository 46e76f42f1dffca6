"""Which lines and items name the same party or number, whatever their amounts."""

from collections import Counter, defaultdict
from collections.abc import Sequence

import numpy as np
from scipy.sparse import csr_matrix

from core.matching.candidates import EARLIEST, LATEST, blocks, day_numbers, within
from core.matching.evidence import CLEAR_NAME, CLEAR_WORDS
from core.matching.texts import (
    document_numbers,
    name_key,
    name_similarity,
    neighbours_swapped,
    reference_key,
    stems,
    words_shared,
)
from core.matching.values import BankLines, Integers, OpenItems

NEAREST = 48  # items of one name looked at for a line, and lines for an item
_COMMON = 200_000  # pairs of names with one word in common from which that word ties nobody
_ROWS_AT_ONCE = 2_000  # of the sparse product of names, to bound memory


def tied_pairs(
    lines: BankLines, items: OpenItems, free_lines: Integers, free_items: Integers, *, by_line: bool
) -> tuple[Integers, Integers]:
    """Positions of free lines and items that share sign, currency, account and window, and a name or a number.

    Args:
        by_line: keep for each line and name the NEAREST items issued before it; else for each item and name the
            NEAREST lines booked after it.
    """
    line_names = [name_key(lines.text[i]) for i in free_lines.tolist()]
    item_names = [name_key(items.counterparty[j]) for j in free_items.tolist()]
    left_known = {name: row for row, name in enumerate(dict.fromkeys(line_names))}
    right_known = {name: row for row, name in enumerate(dict.fromkeys(item_names))}
    a, b = tied_names(list(left_known), list(right_known))
    of_line = np.array([left_known[name] for name in line_names], np.int64)
    of_item = np.array([right_known[name] for name in item_names], np.int64)
    line_rows, line_ties = _expanded(of_line, a, np.arange(len(a)), len(left_known))
    item_rows, item_ties = _expanded(of_item, b, np.arange(len(b)), len(right_known))
    numbered = _numbered(lines, items, free_lines, free_items)
    if by_line:
        named = _joined(lines, items, free_lines[line_rows], b[line_ties], free_items, of_item, by_line=True)
    else:
        named = _joined(lines, items, free_lines, of_line, free_items[item_rows], a[item_ties], by_line=False)
    i, j = np.concatenate([named[0], numbered[0]]), np.concatenate([named[1], numbered[1]])
    distinct = np.unique(i * max(len(items), 1) + j)
    return distinct // max(len(items), 1), distinct % max(len(items), 1)


def tied_names(left: Sequence[str], right: Sequence[str]) -> tuple[Integers, Integers]:
    """Positions of names that are alike, short forms included; only names with a telling word in common are compared.

    Args:
        left, right: distinct name keys.
    """
    place = {name: row for row, name in enumerate(right)}
    found = {(row, place[name]) for row, name in enumerate(left) if name and name in place}
    a, b = _sharing_words(left, right)
    initials = _initials(left, right)
    a, b = np.concatenate([a, initials[0]]), np.concatenate([b, initials[1]])
    if len(a):
        alike = name_similarity([left[k] for k in a.tolist()], [right[k] for k in b.tolist()])
        kept = (alike >= CLEAR_NAME - 0.07) | (words_shared(left, right, a, b) >= CLEAR_WORDS)
        found |= set(zip(a[kept].tolist(), b[kept].tolist(), strict=True))
    pairs = np.array(sorted(found), np.int64).reshape(-1, 2)
    return pairs[:, 0], pairs[:, 1]


def _sharing_words(left: Sequence[str], right: Sequence[str]) -> tuple[Integers, Integers]:
    """Names with a word stem in common that not too many share."""
    words = [[stems(name) for name in names] for names in (left, right)]
    counts = [Counter(stem for found in side for stem in found) for side in words]
    shared = [stem for stem in counts[0] if counts[1][stem] > 0 and counts[0][stem] * counts[1][stem] <= _COMMON]
    column = {stem: number for number, stem in enumerate(shared)}
    has, asks = (_incidence(side, column) for side in words)
    a: list[Integers] = [np.zeros(0, np.int64)]
    b: list[Integers] = [np.zeros(0, np.int64)]
    for start in range(0, len(left), _ROWS_AT_ONCE):
        met = (has[start : start + _ROWS_AT_ONCE] @ asks.T).tocoo()
        a.append(met.row.astype(np.int64) + start)
        b.append(met.col.astype(np.int64))
    return np.concatenate(a), np.concatenate(b)


def _incidence(side: Sequence[Sequence[str]], column: dict[str, int]) -> csr_matrix:
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


def _expanded(of_row: Integers, key: Integers, value: Integers, count: int) -> tuple[Integers, Integers]:
    """Each row once for every value under its key: (rows, values)."""
    order = np.argsort(key, kind="stable")
    first = np.searchsorted(key[order], np.arange(count), "left")
    counts = (np.searchsorted(key[order], np.arange(count), "right") - first)[of_row]
    rows = np.repeat(np.arange(len(of_row)), counts)
    starts = np.repeat(first[of_row] - (np.cumsum(counts) - counts), counts)
    return rows, value[order[np.arange(len(rows)) + starts]] if len(rows) else rows


def _joined(
    lines: BankLines,
    items: OpenItems,
    i: Integers,
    line_name: Integers,
    j: Integers,
    item_name: Integers,
    *,
    by_line: bool,
) -> tuple[Integers, Integers]:
    """Lines i and items j of the same name number, sign, currency, account and window."""
    found: list[tuple[Integers, Integers]] = []
    named = np.array([bool(account) for account in items.account], np.bool_)[j]
    for with_account in (False, True):
        part, part_name = j[named == with_account], item_name[named == with_account]
        if not len(part):
            continue
        line_block, item_block = blocks(
            _columns(lines, i, line_name, with_account), _columns(items, part, part_name, with_account)
        )
        line_day, item_day = day_numbers(lines.booked_on)[i], day_numbers(items.issued_on)[part]
        if by_line:
            p, q = within(line_block, line_day, item_block, item_day, -LATEST, -EARLIEST, last_of=NEAREST)
        else:
            q, p = within(item_block, item_day, line_block, line_day, EARLIEST, LATEST, first_of=NEAREST)
        found.append((i[p], part[q]))
    none = np.zeros(0, np.int64)
    return np.concatenate([none, *(p for p, _ in found)]), np.concatenate([none, *(q for _, q in found)])


def _columns(table: BankLines | OpenItems, rows: Integers, name: Integers, with_account: bool) -> list[list[object]]:
    amount = table.amount_minor[rows]
    currency = [table.currency[row] for row in rows.tolist()]
    account = [table.account[row] if with_account else "" for row in rows.tolist()]
    return [name.tolist(), (amount > 0).tolist(), currency, account]


def _numbered(
    lines: BankLines, items: OpenItems, free_lines: Integers, free_items: Integers
) -> tuple[Integers, Integers]:
    """Lines whose text quotes the number of an item, at most with two digits swapped."""
    holders: dict[str, list[int]] = defaultdict(list)
    for j in free_items.tolist():
        for key in dict.fromkeys(map(reference_key, items.references[j])):
            if key:
                holders[key].append(j)
    pairs = [
        (i, j)
        for i in free_lines.tolist()
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
