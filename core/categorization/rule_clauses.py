"""A rule's conditions as alternatives: clauses of plain limits, one of which has to hold.

In this form many rules are held against many lines at once (rule_matching), and rules are compared (rule_lint).
"""

from collections.abc import Iterable, Sequence
from functools import lru_cache, reduce
from typing import NamedTuple

from core.categorization.rule_conditions import (
    AmountIs,
    BankAccountIs,
    Condition,
    DayOfMonthIs,
    DirectionIs,
    Group,
    TextIs,
    WeekdayIs,
    clean_text,
)
from core.errors import InvalidInput

MOST_CLAUSES = 500
NO_LIMIT = (1 << 63) - 1
OUT, ZERO, IN = 1, 2, 4  # bits of a sign
ANY_SIGN, ANY_WEEKDAY, ANY_DAY = OUT | ZERO | IN, (1 << 7) - 1, (1 << 31) - 1
NONE: frozenset[TextIs] = frozenset()


class Clause(NamedTuple):
    """Limits that all have to hold; as made by default it holds for every line."""

    held: frozenset[TextIs] = NONE  # texts that must be there, values cleaned
    barred: frozenset[TextIs] = NONE  # texts that must not
    least: int = 0  # size of the amount, both included
    most: int = NO_LIMIT
    signs: int = ANY_SIGN
    weekdays: int = ANY_WEEKDAY  # bit 0 is Monday
    days: int = ANY_DAY  # bit 0 is the first of the month
    banks: frozenset[str] | None = None  # only these bank accounts; None: any …
    other_banks: frozenset[str] = frozenset()  # … but these

    @property
    def is_possible(self) -> bool:
        """Some line may fulfil the limits, as far as they can be told apart from the texts."""
        return bool(
            self.least <= self.most
            and self.signs
            and self.weekdays
            and self.days
            and (self.banks is None or self.banks)
            and not (self.held and self.barred and self.held & self.barred)
        )


@lru_cache(maxsize=20_000)  # rules are read anew for each booking, and most are as they were
def clauses_of(conditions: tuple[Condition, ...]) -> tuple[Clause, ...]:
    """The alternatives of which one holds exactly where all conditions hold; () where none can.

    Raises: InvalidInput where there would be more than MOST_CLAUSES.
    """
    if not any(isinstance(condition, Group) for condition in conditions):
        plain = _plain(conditions)
        return (plain,) if plain.is_possible else ()
    return tuple(_every(conditions, wanted=True))


def _plain(conditions: Sequence[Condition]) -> Clause:
    """The one clause of conditions without groups: most rules are so, and there may be thousands."""
    held: list[TextIs] = []
    least, most, signs, weekdays, days = 0, NO_LIMIT, ANY_SIGN, ANY_WEEKDAY, ANY_DAY
    banks: frozenset[str] | None = None
    for condition in conditions:
        match condition:
            case TextIs():
                held.append(_cleaned(condition))
            case DirectionIs(way):
                signs &= IN if way == "in" else OUT
            case AmountIs(low, high):
                least, most = max(least, low or 0), most if high is None else min(most, high)
            case BankAccountIs(code):
                banks = frozenset([code]) if banks is None else banks & {code}
            case WeekdayIs(chosen):
                weekdays &= _mask(chosen)
            case DayOfMonthIs(first, last):
                days &= _mask(_days(first, last))
            case Group():
                raise TypeError("a group is no plain condition")
    return Clause(frozenset(held), NONE, least, most, signs, weekdays, days, banks)


def _every(conditions: Iterable[Condition], *, wanted: bool) -> list[Clause]:
    """All of them hold (or, not wanted: none of them)."""
    return reduce(_both, (_expanded(condition, wanted) for condition in conditions), [Clause()])


def _some(conditions: Iterable[Condition], *, wanted: bool) -> list[Clause]:
    found = list(dict.fromkeys(clause for one in conditions for clause in _expanded(one, wanted)))
    return _bounded(found)


def _expanded(condition: Condition, wanted: bool) -> list[Clause]:
    if not isinstance(condition, Group):
        return _leaf(condition, wanted)
    match condition.join:
        case "all":
            return (_every if wanted else _some)(condition.of, wanted=wanted)
        case "any":
            return (_some if wanted else _every)(condition.of, wanted=wanted)
        case "none":
            return (_every if wanted else _some)(condition.of, wanted=not wanted)


def _leaf(condition: Condition, wanted: bool) -> list[Clause]:
    match condition:
        case TextIs():
            text = frozenset([_cleaned(condition)])
            return [Clause(held=text) if wanted else Clause(barred=text)]
        case AmountIs(least, most):
            if wanted:
                return [Clause(least=least or 0, most=NO_LIMIT if most is None else most)]
            below = [Clause(most=least - 1)] if least else []
            return below + ([Clause(least=most + 1)] if most is not None else [])
        case DirectionIs(way):
            sign = IN if way == "in" else OUT
            return [Clause(signs=sign if wanted else ANY_SIGN & ~sign)]
        case BankAccountIs(code):
            one = frozenset([code])
            return [Clause(banks=one) if wanted else Clause(other_banks=one)]
        case WeekdayIs(days):
            mask = _mask(days)
            return [Clause(weekdays=mask if wanted else ANY_WEEKDAY & ~mask)]
        case DayOfMonthIs(first, last):
            mask = _mask(_days(first, last))
            return [Clause(days=mask if wanted else ANY_DAY & ~mask)]
        case Group():
            raise TypeError("a group is no leaf")


def _cleaned(text: TextIs) -> TextIs:
    if text.test == "regex" or (value := clean_text(text.value)) == text.value:
        return text
    return TextIs(value, text.test, text.field)


def _mask(days: Iterable[int]) -> int:
    return sum(1 << (day - 1) for day in days)


def _days(first: int, last: int) -> list[int]:
    return [*range(first, last + 1)] if first <= last else [*range(first, 32), *range(1, last + 1)]


def _both(left: list[Clause], right: list[Clause]) -> list[Clause]:
    return _bounded([clause for a in left for b in right if (clause := _merged(a, b)).is_possible])


def _bounded(clauses: list[Clause]) -> list[Clause]:
    if len(clauses) > MOST_CLAUSES:
        raise InvalidInput(
            f"The groups of this rule make more than {MOST_CLAUSES} alternatives. Make several rules of it."
        )
    return clauses


def _merged(a: Clause, b: Clause) -> Clause:
    other = a.other_banks | b.other_banks
    banks = a.banks if b.banks is None else b.banks if a.banks is None else a.banks & b.banks
    return Clause(
        a.held | b.held,
        a.barred | b.barred,
        max(a.least, b.least),
        min(a.most, b.most),
        a.signs & b.signs,
        a.weekdays & b.weekdays,
        a.days & b.days,
        banks if banks is None else banks - other,
        frozenset() if banks is not None else other,
    )
