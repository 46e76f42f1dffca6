"""Rules in words: what they ask of a line, what they lead to and for how long."""

from collections.abc import Mapping, Sequence
from typing import Any

from core.categorization.rule_book import RuleRow
from core.categorization.rule_json import condition_from_dict
from core.categorization.rule_words import phrase
from ui.words import day, money


def in_words(conditions: Sequence[Mapping[str, Any]], currency: str, banks: Mapping[str, str]) -> str:
    """The conditions as a phrase; `banks` are the names of bank accounts by code."""
    said = " · ".join(
        phrase(condition_from_dict(values), lambda minor: money(minor, currency), banks) for values in conditions
    )
    return said[:1].upper() + said[1:]


def outcome_in_words(rule: RuleRow) -> str:
    """Where the rule books to, and what else it says."""
    said = [f"{rule.account} and {len(rule.parts) - 1} more" if rule.parts else rule.account]
    if rule.tax_code:
        said.append(f"contains {rule.tax_code}")
    if rule.memo:
        said.append(f"memo “{rule.memo}”")
    if rule.first_on:
        said.append(f"from {day(rule.first_on, year=True)}")
    if rule.last_on:
        said.append(f"to {day(rule.last_on, year=True)}")
    if rule.goes_on:
        said.append("goes on")
    return " · ".join(said)
