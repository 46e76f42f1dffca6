"""A rule being written: its groups of conditions and its parts as the dialog holds them between two presses."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from itertools import count
from typing import cast
from uuid import UUID

import streamlit as st

from core.categorization.rule_book import RuleRow
from core.categorization.rule_conditions import Condition, Group, Join, TextIs
from core.categorization.rule_json import condition_from_dict, part_from_dict
from core.categorization.rules import RulePart
from core.errors import InvalidInput
from core.money import Money, to_decimal
from ui.review_split import typed_number

DRAFT = "rule_draft"


@dataclass
class DraftGroup:
    """A group of the dialog: row number → the condition that its fields begin with."""

    join: Join
    rows: dict[int, Condition]


@dataclass
class Draft:
    """What the dialog shows. `top` joins the groups; `others` lie deeper than it has fields for and stay so."""

    key: str
    top: Join = "all"
    groups: dict[int, DraftGroup] = field(default_factory=dict)
    parts: list[RulePart] = field(default_factory=list)
    others: tuple[Condition, ...] = ()
    numbers: "count[int]" = field(default_factory=count)

    def add_group(self, join: Join = "any", of: Sequence[Condition] = (TextIs(""),)) -> None:
        number = next(self.numbers)
        self.groups[number] = DraftGroup(join, {next(self.numbers): one for one in of})

    def add_row(self, group: int) -> None:
        self.groups[group].rows[next(self.numbers)] = TextIs("")

    def remove_row(self, group: int, row: int) -> None:
        """A group without rows goes too, unless it is the only one."""
        del self.groups[group].rows[row]
        if not self.groups[group].rows:
            del self.groups[group]
        if not self.groups:
            self.add_group("all")

    def add_part(self) -> None:
        self.parts += [RulePart("")] * (1 if self.parts else 2)


def current(key: str, rule: RuleRow | None) -> Draft:
    """The draft under way for this dialog, else a new one from the rule."""
    known = st.session_state.get(DRAFT)
    if isinstance(known, Draft) and known.key == key:
        return known
    conditions = tuple(condition_from_dict(values) for values in rule.conditions) if rule else ()
    draft = draft_of(key, conditions)
    draft.parts = [part_from_dict(values) for values in rule.parts] if rule else []
    st.session_state[DRAFT] = draft
    return draft


def forget() -> None:
    st.session_state.pop(DRAFT, None)


def draft_of(key: str, conditions: Sequence[Condition]) -> Draft:
    """The groups that stand for the conditions; those on the top without a group are one that asks for all."""
    draft = Draft(key)
    if len(conditions) == 1 and isinstance(one := conditions[0], Group) and one.join == "any" and _nested(one):
        draft.top, conditions = "any", one.of
        conditions = [c if isinstance(c, Group) else Group("all", (c,)) for c in conditions]
    plain = [one for one in conditions if not isinstance(one, Group)]
    deep = [one for one in conditions if isinstance(one, Group) and _nested(one)]
    if plain:
        draft.add_group("all", plain)
    for one in conditions:
        if isinstance(one, Group) and one not in deep:
            draft.add_group(one.join, one.of)
    draft.others = tuple(deep)
    if not draft.groups:
        draft.add_group("all")
    return draft


def _nested(group: Group) -> bool:
    return any(isinstance(one, Group) for one in group.of)


def joined(
    top: Join, groups: Sequence[tuple[Join, Sequence[Condition]]], others: Sequence[Condition]
) -> list[Condition]:
    """The conditions that filled groups stand for, as plain as they can be said."""
    filled = [(join, tuple(of)) for join, of in groups if of]
    if top == "any" and len(filled) + len(others) > 1:
        return [Group("any", (*(_whole(join, of) for join, of in filled), *others))]
    found: list[Condition] = []
    for join, of in filled:
        found += of if join == "all" or (join == "any" and len(of) == 1) else [Group(join, of)]
    return [*found, *others]


def _whole(join: Join, of: tuple[Condition, ...]) -> Condition:
    return of[0] if len(of) == 1 and join != "none" else Group(join, of)


def read_rule_parts(rows: Sequence[tuple[UUID | None, str]], currency: str) -> list[RulePart]:
    """The parts that rows stand for: “40%”, “12.50”, or nothing for the rest of the percentages.

    Raises: InvalidInput, InvalidAmount.
    """
    used = [(account, text.strip()) for account, text in rows if account or text.strip()]
    if any(account is None for account, _ in used):
        raise InvalidInput("A part has no account yet.")
    shares = [typed_number(text) for _, text in used if text.endswith("%")]
    left = Decimal(100) - sum(shares, Decimal(0))
    if sum(not text for _, text in used) > 1:
        raise InvalidInput("Only one part can take the rest.")
    return [_part(cast(UUID, account), text, left, currency) for account, text in used]


def _part(account: UUID, text: str, left: Decimal, currency: str) -> RulePart:
    if not text:
        return RulePart(str(account), percent=left)
    number = typed_number(text)
    if text.endswith("%"):
        return RulePart(str(account), percent=number)
    return RulePart(str(account), Money.parse(str(number), currency).minor)


def part_text(part: RulePart, currency: str) -> str:
    """The figure of a part as it is typed."""
    if part.percent is not None:
        return f"{part.percent.normalize():f}%"
    return "" if part.amount_minor is None else str(to_decimal(part.amount_minor, currency))
