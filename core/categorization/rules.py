"""Rules a person wrote: conditions on a line that lead to an account, or to several.

All conditions of a rule must hold. A group is a condition too: all, any or none of what it holds; groups nest. Texts
are compared without regard to case and runs of spaces. Patterns are RE2's, whose time is linear in the text.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import cast

from core.categorization.rule_clauses import NO_LIMIT, Clause, clauses_of
from core.categorization.rule_conditions import Condition, Group, TextIs, check_condition, clean_text
from core.errors import InvalidInput
from core.money import MINOR_MAX
from core.posting.lines import PERCENT_DIGITS, WHOLE

DEEPEST, MOST_CONDITIONS, MOST_PARTS, MEMO_MAX = 5, 200, 12, 200


@dataclass(frozen=True, slots=True)
class RulePart:
    """What one account takes of a line: a fixed amount, or a percentage of what the fixed amounts leave.

    `amount_minor` counts in the direction of the line: of a payment of 100, 60 and 40 are parts; of a payout of 97,
    100 and -3. `account` is the account's key. Exactly one of the two is given.
    """

    account: str
    amount_minor: int | None = None
    percent: Decimal | None = None


@dataclass(frozen=True)
class Rule:
    """`account` is the key of the account the rule leads to; with `parts`, that of the first of them.

    A rule holds for lines booked from `first_on` to `last_on`, both included. The first rule that holds decides,
    unless it `goes_on`: then rules after it that hold replace what it says. `memo` goes to the entry.
    `tax_code` names the tax that its lines contain, "" for none.
    """

    name: str
    conditions: tuple[Condition, ...]
    account: str
    parts: tuple[RulePart, ...] = ()
    memo: str = ""
    first_on: date | None = None
    last_on: date | None = None
    goes_on: bool = False
    tax_code: str = ""

    @property
    def clauses(self) -> tuple[Clause, ...]:
        """The conditions as alternatives, one of which has to hold. Raises InvalidInput where there are too many."""
        if (known := self.__dict__.get("_clauses")) is None:  # cached_property takes a lock, a third of the whole time
            known = self.__dict__["_clauses"] = clauses_of(self.conditions)
        return cast(tuple[Clause, ...], known)

    @property
    def is_standing(self) -> bool:
        """It says of which text and up to which amount, whichever of its alternatives holds: a person has decided on
        such lines, not only on where they belong."""
        return all(clause.held and clause.most < NO_LIMIT for clause in self.clauses)

    @property
    def accounts(self) -> tuple[str, ...]:
        """The keys of all accounts it leads to."""
        return tuple(part.account for part in self.parts) or (self.account,)


def with_names(rule: Rule, names: Mapping[str, str]) -> Rule:
    """The rule for lines whose counterparties are called otherwise: “is Amzn Mktp” becomes “is Amazon”.

    Args:
        names: printed name → name shown. Other tests than “is” hold for the name shown alone.
    """
    if not names:
        return rule
    shown = {clean_text(printed): name for printed, name in names.items()}
    return replace(rule, conditions=tuple(_renamed(condition, shown) for condition in rule.conditions))


def _renamed(condition: Condition, shown: Mapping[str, str]) -> Condition:
    match condition:
        case Group(join, of):
            return Group(join, tuple(_renamed(one, shown) for one in of))
        case TextIs(value, "equals", "counterparty"):
            return replace(condition, value=shown.get(clean_text(value), value))
        case _:
            return condition


def check_rule(rule: Rule) -> None:
    """Raises InvalidInput, saying what to change, for a rule that can never be meant."""
    if not rule.conditions:
        raise InvalidInput(f"Rule “{rule.name}” has no condition and would take every line. Add one.")
    for found, (condition, depth) in enumerate(_all_of(rule.conditions), 1):
        if depth > DEEPEST or found > MOST_CONDITIONS:
            raise InvalidInput(
                f"Rule “{rule.name}” is too large: at most {MOST_CONDITIONS} conditions in groups {DEEPEST} deep. "
                "Make several rules of it."
            )
        check_condition(condition)
    _ = rule.clauses
    if rule.first_on and rule.last_on and rule.first_on > rule.last_on:
        raise InvalidInput(f"Rule “{rule.name}” ends before it begins.")
    if len(rule.memo) > MEMO_MAX or not rule.memo.isprintable():
        raise InvalidInput(f"A memo has at most {MEMO_MAX} signs that can be printed.")
    if rule.tax_code and rule.parts:
        raise InvalidInput(f"Rule “{rule.name}” splits, so that no one tax is in it. Leave out the split or the tax.")
    _check_parts(rule.parts)


def _all_of(conditions: tuple[Condition, ...], depth: int = 1) -> Iterator[tuple[Condition, int]]:
    for condition in conditions:
        yield condition, depth
        if isinstance(condition, Group) and depth <= DEEPEST:
            yield from _all_of(condition.of, depth + 1)


def _check_parts(parts: tuple[RulePart, ...]) -> None:
    if not parts:
        return
    if not 2 <= len(parts) <= MOST_PARTS:
        raise InvalidInput(f"A split has 2 to {MOST_PARTS} parts.")
    for part in parts:
        if (part.amount_minor is None) == (part.percent is None):
            raise InvalidInput("Each part of a split needs an amount or a percentage, one of the two.")
        if part.amount_minor is not None and not 0 < abs(part.amount_minor) <= MINOR_MAX:
            raise InvalidInput("The fixed amount of a part is 0.00 or too large.")
        if part.percent is not None and not (part.percent.is_finite() and 0 < part.percent <= WHOLE):
            raise InvalidInput(f"{part.percent} cannot be a percentage; give one above 0 and up to 100.")
        if part.percent is not None and -int(part.percent.as_tuple().exponent) > PERCENT_DIGITS:
            raise InvalidInput(f"A percentage may have at most {PERCENT_DIGITS} digits after the point.")
    shares = sum((part.percent for part in parts if part.percent is not None), Decimal(0))
    if shares != WHOLE:
        raise InvalidInput(
            f"The percentages add up to {shares}; they share what the fixed amounts leave and must make 100."
        )
