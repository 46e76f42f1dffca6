"""Rules in words: what they ask of a line, what they lead to and for how long."""

from collections.abc import Mapping, Sequence
from typing import Any

from core.categorization.rule_book import RuleRow
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
from core.categorization.rule_json import condition_from_dict
from ui.words import day, money

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


def in_words(conditions: Sequence[Mapping[str, Any]], currency: str, banks: Mapping[str, str]) -> str:
    """The conditions as a phrase; `banks` are the names of bank accounts by code."""
    phrase = " · ".join(_phrase(condition_from_dict(values), currency, banks) for values in conditions)
    return phrase[:1].upper() + phrase[1:]


def _phrase(condition: Condition, currency: str, banks: Mapping[str, str]) -> str:
    match condition:
        case TextIs(value, test, field):
            words = next(words for words, kind in TESTS.items() if kind == (field, test))
            return f"{words.lower()} “{value}”"
        case AmountIs(None, most):
            return f"at most {money(most, currency)}"
        case AmountIs(least, None):
            return f"at least {money(least, currency)}"
        case AmountIs(least, most):
            return f"{money(least, currency)} to {money(most, currency)}"
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
            inside = between.join(_phrase(one, currency, banks) for one in of)
            return f"not ({inside})" if join == "none" else f"({inside})"


def outcome_in_words(rule: RuleRow) -> str:
    """Where the rule books to, and what else it says."""
    said = [f"{rule.account} and {len(rule.parts) - 1} more" if rule.parts else rule.account]
    if rule.memo:
        said.append(f"memo “{rule.memo}”")
    if rule.first_on:
        said.append(f"from {day(rule.first_on, year=True)}")
    if rule.last_on:
        said.append(f"to {day(rule.last_on, year=True)}")
    if rule.goes_on:
        said.append("goes on")
    return " · ".join(said)
