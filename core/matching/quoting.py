"""Which lines quote which items' document numbers, to the letter or with two neighbouring digits swapped."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntEnum

import numpy as np

from core.matching.joining import joined
from core.matching.texts import Bools, is_marked, reference_key
from core.matching.values import Integers

MOST_HOLDERS = 48  # items of one number; of more it names none
_LONGEST = 32  # signs of a number in which swapped digits are looked for
_BASE = np.uint64(0x9E3779B97F4A7C15)  # of the hash of a number: odd, so that powers of it never vanish


class Quoted(IntEnum):
    """What the line's text says of the item's number."""

    NOT = 0
    OTHER = 1  # it quotes another document
    SWAPPED = 2  # two neighbouring digits in the other order
    EXACT = 3


@dataclass(frozen=True)
class Quotes:
    """Items' numbers as codes above 0. `line`, `code`, `exact`: a row a quote, sorted by line and code."""

    line: Integers
    code: Integers
    exact: Bools
    item: Integers  # with `item_code`: a row a number that an item has, sorted by item
    item_code: Integers
    marked: Bools  # by line: its text has a number that says that it is a document's
    codes: int

    @classmethod
    def of(cls, numbers: Sequence[Sequence[str]], text: Integers, references: Sequence[Sequence[str]]) -> "Quotes":
        """Compares what lines quote with the numbers of items.

        Args:
            numbers: of each text, as `texts.document_numbers` reads them.
            text: of each line.
            references: of each item, as the books have them.
        """
        known: dict[str, int] = {"": 0}
        codes = [known.setdefault(reference_key(reference), len(known)) for of in references for reference in of]
        item_code = np.array(codes, np.int64)
        item = np.repeat(np.arange(len(references)), [len(of) for of in references])
        said: dict[str, int] = {}
        places = [said.setdefault(number, len(said)) for of in numbers for number in of]
        telling = np.repeat(np.arange(len(numbers)), [len(of) for of in numbers])
        line, which = joined(text, telling)
        told = np.array(places, np.int64)[which]
        marks = np.array([is_marked(number) for number in said], np.bool_)
        marked = np.zeros(len(text), np.bool_)
        marked[line[marks[told]]] = True
        number, code, exact = _meanings(list(said), known)
        row, meaning = joined(told, number)
        quotes = _distinct(line[row], code[meaning], exact[meaning])
        return cls(*quotes, item[item_code > 0], item_code[item_code > 0], marked, len(known))

    def of_pairs(self, i: Integers, j: Integers) -> Integers:
        """What each line i says of the numbers of item j; see Quoted."""
        result = np.where(self.marked[i], Quoted.OTHER, Quoted.NOT).astype(np.int64)
        quoted, told = self.line * self.codes + self.code, np.where(self.exact, Quoted.EXACT, Quoted.SWAPPED)
        if not len(quoted) or not len(i):
            return result
        pair, held = joined(j, self.item)
        asked = i[pair] * self.codes + self.item_code[held]
        place = np.minimum(np.searchsorted(quoted, asked), len(quoted) - 1)
        hit = quoted[place] == asked
        np.maximum.at(result, pair[hit], told[place[hit]])
        return result

    def pairs(self, lines: Bools, items: Bools) -> tuple[Integers, Integers]:
        """Lines and items of these, pair by pair, where the line quotes a number that few of the items have."""
        mine, held = lines[self.line], items[self.item]
        code, line = self.code[mine], self.line[mine]
        item, item_code = self.item[held], self.item_code[held]
        few = np.bincount(item_code, minlength=self.codes) <= MOST_HOLDERS
        quote, place = joined(code[few[code]], item_code)
        return line[few[code]][quote], item[place]


def _distinct(line: Integers, code: Integers, exact: Bools) -> tuple[Integers, Integers, Bools]:
    """Each line and code once, sorted; to the letter where one of them is."""
    order = np.lexsort((~exact, code, line))
    line, code, exact = line[order], code[order], exact[order]
    first = np.ones(len(order), np.bool_)
    first[1:] = (line[1:] != line[:-1]) | (code[1:] != code[:-1])
    return line[first], code[first], exact[first]


def _meanings(said: Sequence[str], known: dict[str, int]) -> tuple[Integers, Integers, Bools]:
    """Numbers said (by position), the known code that each may mean, and whether to the letter; a row a meaning."""
    exact = [(place, code) for place, number in enumerate(said) if (code := known.get(number))]
    near = [(place, code) for place, swapped in _swaps(said, known) if (code := known.get(swapped))]
    rows = np.array([*exact, *near], np.int64).reshape(-1, 2)
    return rows[:, 0], rows[:, 1], np.arange(len(rows)) < len(exact)


def _swaps(said: Sequence[str], known: dict[str, int]) -> list[tuple[int, str]]:
    """Numbers said with two neighbouring digits swapped, where the hash says that the result may be known.

    Swapping two signs moves a polynomial hash by a known step, so that all swaps of all numbers are compared at once.
    """
    short = np.array([place for place, number in enumerate(said) if len(number) <= _LONGEST], np.int64)
    if not len(short):
        return []
    signs = _signs([said[place] for place in short.tolist()])
    power = _powers(signs.shape[1])
    here, after = signs[:, :-1], signs[:, 1:]
    swapped = (signs @ power)[:, np.newaxis] + (here - after) * (power[1:] - power[:-1])
    digits = (here >= ord("0")) & (here <= ord("9")) & (after >= ord("0")) & (after <= ord("9")) & (here != after)
    targets = _signs([number for number in known if len(number) <= _LONGEST] or [""])
    rows, columns = np.nonzero(digits & np.isin(swapped, targets @ _powers(targets.shape[1])))
    return [
        (place, number[:at] + number[at + 1] + number[at] + number[at + 2 :])
        for place, at in zip(short[rows].tolist(), columns.tolist(), strict=True)
        for number in (said[place],)
    ]


def _signs(numbers: Sequence[str]) -> np.ndarray[tuple[int, int], np.dtype[np.uint64]]:
    """A row a number, a column a sign, 0 behind its end."""
    column = np.array([number.encode("ascii", "replace") for number in numbers])
    return column.view(np.uint8).reshape(len(numbers), -1).astype(np.uint64)


def _powers(count: int) -> np.ndarray[tuple[int], np.dtype[np.uint64]]:
    return np.cumprod(np.full(max(count, 1), _BASE, np.uint64), dtype=np.uint64)
