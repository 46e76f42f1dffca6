"""What a rule can ask of a line, and the conditions that no rule can mean."""

from dataclasses import dataclass
from typing import Literal, get_args

from core.categorization.rule_patterns import check_pattern
from core.errors import InvalidInput

TextField = Literal["text", "counterparty"]
TextTest = Literal["contains", "equals", "starts_with", "regex"]
Way = Literal["in", "out"]
Join = Literal["all", "any", "none"]

LONGEST = 200  # signs of a text value


@dataclass(frozen=True, slots=True)
class TextIs:
    """The bank's text or the counterparty's name contains, equals, starts with or matches `value`."""

    value: str
    test: TextTest = "contains"
    field: TextField = "text"


@dataclass(frozen=True, slots=True)
class AmountIs:
    """The size of the amount, sign ignored, lies between the two, both included; None leaves a side open."""

    least_minor: int | None = None
    most_minor: int | None = None


@dataclass(frozen=True, slots=True)
class DirectionIs:
    """Money comes in (amount above zero) or goes out (below zero)."""

    way: Way


@dataclass(frozen=True, slots=True)
class BankAccountIs:
    """The line is of the bank account with this code."""

    code: str


@dataclass(frozen=True, slots=True)
class WeekdayIs:
    """The line was booked on one of these days, 1 Monday to 7 Sunday."""

    days: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class DayOfMonthIs:
    """The line was booked from the first to the last of these days, both included; 28 to 3 goes over a month's end."""

    first: int
    last: int


@dataclass(frozen=True, slots=True)
class Group:
    """All, any or none of these conditions hold."""

    join: Join
    of: tuple["Condition", ...]


Condition = TextIs | AmountIs | DirectionIs | BankAccountIs | WeekdayIs | DayOfMonthIs | Group


def clean_text(text: str) -> str:
    """The text as rules compare it: lower case, single spaces."""
    return " ".join(text.lower().split())


def check_condition(condition: Condition) -> None:
    """Raises InvalidInput for a condition that can never be meant; what is inside a group is checked by itself."""
    match condition:
        case TextIs():
            _check_text(condition)
        case AmountIs(least, most):
            _check_amount(least, most)
        case DirectionIs(way) if way not in get_args(Way):
            raise InvalidInput(f"A direction is “in” or “out”, not “{way}”.")
        case BankAccountIs(""):
            raise InvalidInput("Name the bank account the rule is for.")
        case WeekdayIs(days) if not days or len(set(days)) < len(days) or not set(days) <= set(range(1, 8)):
            raise InvalidInput("Choose at least one weekday, each once, 1 for Monday to 7 for Sunday.")
        case DayOfMonthIs(first, last) if not (1 <= first <= 31 and 1 <= last <= 31):
            raise InvalidInput("A day of the month is a number from 1 to 31.")
        case Group(join) if join not in get_args(Join):
            raise InvalidInput(f"A group asks for all, any or none of its conditions, not “{join}”.")
        case Group(_, ()):
            raise InvalidInput("A group of conditions is empty. Add a condition or remove the group.")


def _check_amount(least: int | None, most: int | None) -> None:
    if least is None and most is None:
        raise InvalidInput("An amount condition needs a lower or an upper limit.")
    if min(least or 0, most or 0) < 0:
        raise InvalidInput("Limits of an amount are written without a sign; use the direction for that.")
    if least is not None and most is not None and least > most:
        raise InvalidInput("The lower limit of the amount is above the upper one.")


def _check_text(condition: TextIs) -> None:
    if condition.test not in get_args(TextTest) or condition.field not in get_args(TextField):
        raise InvalidInput(f"A rule cannot test whether {condition.field} {condition.test} a text.")
    if not clean_text(condition.value):
        raise InvalidInput("The text of a condition is empty.")
    if len(condition.value) > LONGEST:
        raise InvalidInput(f"The text of a condition is longer than {LONGEST} signs.")
    if condition.test == "regex":
        check_pattern(condition.value)
    elif not condition.value.isprintable():
        raise InvalidInput("The text of a condition holds signs that cannot be printed.")
