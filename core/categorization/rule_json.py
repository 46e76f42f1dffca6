"""Conditions and parts of rules as the database and rule files keep them."""

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any, cast

from core.categorization.rule_conditions import (
    AmountIs,
    BankAccountIs,
    Condition,
    DayOfMonthIs,
    DirectionIs,
    Group,
    Join,
    TextField,
    TextIs,
    TextTest,
    Way,
    WeekdayIs,
)
from core.categorization.rules import DEEPEST, Rule, RulePart, check_rule
from core.errors import InvalidInput
from models import Rule as StoredRule

_FIELDS: dict[str, set[str]] = {
    "text": {"kind", "field", "test", "value"},
    "amount": {"kind", "least_minor", "most_minor"},
    "direction": {"kind", "way"},
    "bank_account": {"kind", "code"},
    "weekday": {"kind", "days"},
    "day_of_month": {"kind", "first", "last"},
    "group": {"kind", "join", "of"},
}
_PART_FIELDS = {"account", "amount_minor", "percent"}


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
        case WeekdayIs(days):
            return {"kind": "weekday", "days": list(days)}
        case DayOfMonthIs(first, last):
            return {"kind": "day_of_month", "first": first, "last": last}
        case Group(join, of):
            return {"kind": "group", "join": join, "of": [condition_to_dict(one) for one in of]}


def condition_from_dict(values: Mapping[str, Any], depth: int = 1) -> Condition:
    """Read one condition. Raises InvalidInput for anything that `condition_to_dict` cannot have written."""
    kind = values.get("kind") if isinstance(values, Mapping) else None
    if not isinstance(kind, str) or kind not in _FIELDS or set(values) - _FIELDS[kind]:
        raise InvalidInput(f"There is no condition {values!r}; known are {', '.join(sorted(_FIELDS))}.")
    match kind:
        case "text":
            test, field = str(values.get("test", "contains")), str(values.get("field", "text"))
            return TextIs(str(values.get("value", "")), cast(TextTest, test), cast(TextField, field))
        case "amount":
            return AmountIs(_limit(values.get("least_minor")), _limit(values.get("most_minor")))
        case "direction":
            return DirectionIs(cast(Way, values.get("way")))
        case "bank_account":
            return BankAccountIs(str(values.get("code", "")))
        case "weekday":
            return WeekdayIs(tuple(_day(day) for day in _listed(values.get("days"))))
        case "day_of_month":
            return DayOfMonthIs(_day(values.get("first")), _day(values.get("last")))
        case _:
            if depth > DEEPEST:
                raise InvalidInput(f"Groups of conditions may lie {DEEPEST} deep.")
            of = tuple(condition_from_dict(one, depth + 1) for one in _listed(values.get("of")))
            return Group(cast(Join, values.get("join")), of)


def part_to_dict(part: RulePart) -> dict[str, Any]:
    """A part of a split; the percentage as text, since it is exact."""
    share = None if part.percent is None else str(part.percent)
    return {"account": part.account, "amount_minor": part.amount_minor, "percent": share}


def part_from_dict(values: Mapping[str, Any]) -> RulePart:
    """Read one part. Raises InvalidInput for anything that `part_to_dict` cannot have written."""
    if not isinstance(values, Mapping) or set(values) - _PART_FIELDS or not isinstance(values.get("account"), str):
        raise InvalidInput(f"There is no part {values!r}; a part has {', '.join(sorted(_PART_FIELDS))}.")
    percent = values.get("percent")
    if percent is not None and not isinstance(percent, str):
        raise InvalidInput(f"A percentage is written as text, not {percent!r}.")
    try:
        share = None if percent is None else Decimal(percent)
    except InvalidOperation:
        raise InvalidInput(f"“{percent}” is not a percentage.") from None
    return RulePart(values["account"], _limit(values.get("amount_minor")), share)


def _listed(values: object) -> list[Any]:
    if not isinstance(values, list):
        raise InvalidInput(f"A list is wanted, not {values!r}.")
    return values


def _day(value: object) -> int:
    if not isinstance(value, int) or isinstance(value, bool):
        raise InvalidInput(f"A day is a whole number, not {value!r}.")
    return value


def _limit(value: object) -> int | None:
    if value is not None and (not isinstance(value, int) or isinstance(value, bool)):
        raise InvalidInput(f"An amount is a whole number of minor units, not {value!r}.")
    return value


def rule_of_row(row: StoredRule) -> Rule:
    """The checked rule that a row stands for; account keys are str(account id). Raises InvalidInput."""
    return read_rule(
        row.name, row.conditions, str(row.account_id), parts=row.parts, memo=row.memo, first_on=row.first_on,
        last_on=row.last_on, goes_on=row.goes_on, tax_code=row.tax_code,
    )  # fmt: skip


def read_rule(
    name: str,
    conditions: Sequence[Mapping[str, Any]],
    account: str,
    *,
    parts: Sequence[Mapping[str, Any]] = (),
    memo: str = "",
    first_on: date | None = None,
    last_on: date | None = None,
    goes_on: bool = False,
    tax_code: str = "",
) -> Rule:
    """The checked rule from what the database keeps. Raises InvalidInput."""
    rule = Rule(
        name,
        tuple(condition_from_dict(values) for values in conditions),
        account,
        tuple(part_from_dict(values) for values in parts),
        memo,
        first_on,
        last_on,
        goes_on,
        tax_code,
    )
    check_rule(rule)
    return rule
