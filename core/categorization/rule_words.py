"""What rules ask of a line, in words: for reasons, and for pages."""

from collections.abc import Callable, Mapping, Sequence

from core.categorization.rule_conditions import (
    AmountIs,
    BankAccountIs,
    Condition,
    DayOfMonthIs,
    DirectionIs,
    Group,
    TextIs,
    WeekdayIs,
)
from core.categorization.rules import Rule
from core.money import decimal_text

# Words → field and test, as core.categorization.rule_conditions names them.
TESTS: Mapping[str, tuple[str, str]] = {
    "Bank text contains": ("text", "contains"),
    "Bank text starts with": ("text", "starts_with"),
    "Bank text equals": ("text", "equals"),
    "Bank text matches the pattern": ("text", "regex"),
    "Counterparty is": ("counterparty", "equals"),
    "Counterparty contains": ("counterparty", "contains"),
    "Counterparty starts with": ("counterparty", "starts_with"),
    "Counterparty matches the pattern": ("counterparty", "regex"),
}
WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
TOLD = 3  # conditions that a reason tells; a rule may have hundreds


def phrase(condition: Condition, amount: Callable[[int], str], banks: Mapping[str, str]) -> str:
    """One condition in words, without a capital.

    Args:
        amount: says minor units of the base currency.
        banks: bank account's code → name; a code without one is told itself.
    """
    match condition:
        case TextIs(value, test, field):
            words = next(words for words, kind in TESTS.items() if kind == (field, test))
            return f"{words.lower()} “{value}”"
        case AmountIs(None, most) if most is not None:
            return f"at most {amount(most)}"
        case AmountIs(least, None) if least is not None:
            return f"at least {amount(least)}"
        case AmountIs(least, most):
            return f"{amount(least or 0)} to {amount(most or 0)}"
        case DirectionIs(way):
            return f"money {way}"
        case BankAccountIs(code):
            return f"on {banks.get(code, code)}"
        case WeekdayIs(days):
            return f"on {', '.join(WEEKDAYS[number - 1] for number in sorted(days))}"
        case DayOfMonthIs(first, last):
            return f"day {first} to {last} of the month"
        case Group(join, of):
            between = " and " if join == "all" else " or "
            inside = between.join(phrase(one, amount, banks) for one in of)
            return f"not ({inside})" if join == "none" else f"({inside})"


def rule_reason(rule: Rule, currency: str) -> str:
    """Why a rule decides: rule “Adobe”: bank text contains “ADOBE”, money out."""
    told = _first(rule.conditions, currency)
    more = len(rule.conditions) - len(told)
    rest = [f"{more} more condition{'s' if more > 1 else ''}"] if more else []
    return f"rule “{rule.name}”: {', '.join([*told, *rest])}"


def _first(conditions: Sequence[Condition], currency: str) -> list[str]:
    told: list[str] = []
    for condition in conditions[:TOLD]:
        if isinstance(condition, Group) and len(condition.of) > TOLD:
            held = {"all": "all", "any": "one", "none": "none"}[condition.join]
            told.append(f"{held} of {len(condition.of)} conditions")
        else:
            told.append(phrase(condition, lambda minor: decimal_text(minor, currency), {}))
    return told
