"""Rules a person wrote: conditions on text, amount, direction and bank account that lead to an account.

All conditions of a rule must hold; the first rule that holds decides. Texts are compared without regard to case and
runs of spaces. Patterns run on Rust's regular expressions, whose time is linear in the text whatever the pattern.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal, cast, get_args

from core.errors import InvalidInput

TextField = Literal["text", "counterparty"]
TextTest = Literal["contains", "equals", "starts_with", "regex"]
Way = Literal["in", "out"]

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


Condition = TextIs | AmountIs | DirectionIs | BankAccountIs


@dataclass(frozen=True, slots=True)
class Rule:
    """`account` is the key of the account the rule leads to."""

    name: str
    conditions: tuple[Condition, ...]
    account: str


def clean_text(text: str) -> str:
    """The text as rules compare it: lower case, single spaces."""
    return " ".join(text.lower().split())


def with_names(rule: Rule, names: Mapping[str, str]) -> Rule:
    """The rule for lines whose counterparties are called otherwise: “is Amzn Mktp” becomes “is Amazon”.

    Args:
        names: printed name → name shown. Other tests than “is” hold for the name shown alone.
    """
    if not names:
        return rule
    shown = {clean_text(printed): name for printed, name in names.items()}
    conditions = tuple(
        replace(one, value=shown.get(clean_text(one.value), one.value))
        if isinstance(one, TextIs) and one.field == "counterparty" and one.test == "equals"
        else one
        for one in rule.conditions
    )
    return replace(rule, conditions=conditions)


def check_rule(rule: Rule) -> None:
    """Raises InvalidInput, saying what to change, for a rule that can never be meant."""
    if not rule.conditions:
        raise InvalidInput(f"Rule “{rule.name}” has no condition and would take every line. Add one.")
    for condition in rule.conditions:
        match condition:
            case TextIs():
                _check_text(condition)
            case AmountIs(least, most):
                if least is None and most is None:
                    raise InvalidInput("An amount condition needs a lower or an upper limit.")
                if min(least or 0, most or 0) < 0:
                    raise InvalidInput("Limits of an amount are written without a sign; use the direction for that.")
                if least is not None and most is not None and least > most:
                    raise InvalidInput("The lower limit of the amount is above the upper one.")
            case DirectionIs(way):
                if way not in get_args(Way):
                    raise InvalidInput(f"A direction is “in” or “out”, not “{way}”.")
            case BankAccountIs(code):
                if not code:
                    raise InvalidInput("Name the bank account the rule is for.")


def _check_text(condition: TextIs) -> None:
    if condition.test not in get_args(TextTest) or condition.field not in get_args(TextField):
        raise InvalidInput(f"A rule cannot test whether {condition.field} {condition.test} a text.")
    if not clean_text(condition.value):
        raise InvalidInput("The text of a condition is empty.")
    if len(condition.value) > LONGEST:
        raise InvalidInput(f"The text of a condition is longer than {LONGEST} signs.")
    if condition.test != "regex" and not condition.value.isprintable():
        raise InvalidInput("The text of a condition holds signs that cannot be printed.")
    if condition.test == "regex":
        import polars as pl

        try:
            pl.Series([""]).str.contains(f"(?i){condition.value}")  # as it will be used: that takes more room
        except pl.exceptions.ComputeError as fault:
            raise InvalidInput(
                f"“{condition.value}” is not a pattern: {str(fault).splitlines()[-1].strip()}. "
                "Look-around and back-references are not available."
            ) from None


# --- conditions as JSON -----------------------------------------------------------------------


def condition_to_dict(condition: Condition) -> dict[str, Any]:
    """The condition as the database and rule files keep it."""
    match condition:
        case TextIs(value, test, field):
            return {"kind": "text", "field": field, "test": test, "value": value}
        case AmountIs(least, most):
            return {"kind": "amount", "least_minor": least, "most_minor": most}
        case DirectionIs(way):
            return {"kind": "direction", "way": way}
        case BankAccountIs(code):
            return {"kind": "bank_account", "code": code}


def condition_from_dict(values: Mapping[str, Any]) -> Condition:
    """Read one condition. Raises InvalidInput for anything that `condition_to_dict` cannot have written."""
    kind = values.get("kind")
    extra = set(values) - _FIELDS.get(str(kind), set())
    if kind not in _FIELDS or extra:
        raise InvalidInput(f"There is no condition {dict(values)}; known are {', '.join(sorted(_FIELDS))}.")
    match kind:
        case "text":
            test, field = str(values.get("test", "contains")), str(values.get("field", "text"))
            return TextIs(str(values.get("value", "")), cast(TextTest, test), cast(TextField, field))
        case "amount":
            return AmountIs(_limit(values.get("least_minor")), _limit(values.get("most_minor")))
        case "direction":
            return DirectionIs(cast(Way, values.get("way")))
        case _:
            return BankAccountIs(str(values.get("code", "")))


_FIELDS: dict[str, set[str]] = {
    "text": {"kind", "field", "test", "value"},
    "amount": {"kind", "least_minor", "most_minor"},
    "direction": {"kind", "way"},
    "bank_account": {"kind", "code"},
}


def _limit(value: object) -> int | None:
    if value is not None and (not isinstance(value, int) or isinstance(value, bool)):
        raise InvalidInput(f"A limit of an amount is a whole number of minor units, not {value!r}.")
    return value


def read_rule(name: str, conditions: Sequence[Mapping[str, Any]], account: str) -> Rule:
    """The checked rule from what the database keeps. Raises InvalidInput."""
    rule = Rule(name, tuple(condition_from_dict(values) for values in conditions), account)
    check_rule(rule)
    return rule
