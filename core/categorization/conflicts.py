"""Like lines that people booked to different accounts: listed for a person, who says which it is from now on.

Lines are alike that have one counterparty, one direction, and amounts of one size. What a rule in force decides is not
listed, and neither is what a split or a rejection decided.
"""

from collections import Counter, defaultdict
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

import numpy as np
from sqlalchemy import select
from sqlmodel import Session, col

from core.access.roles import Action, Caller
from core.categorization.fitting import Labelled
from core.categorization.reviewed import reviewed_lines
from core.categorization.rule_conditions import AmountIs, Condition, DirectionIs, TextIs
from core.categorization.rule_findings import rules_in_force
from core.categorization.rule_json import condition_to_dict
from core.categorization.rule_matching import first_hits
from models import Account


@dataclass(frozen=True, slots=True)
class Choice:
    """One of the accounts that like lines were booked to."""

    account_id: UUID
    account: str  # code and name
    lines: int
    last_on: date


@dataclass(frozen=True, slots=True)
class Conflict:
    """Like lines with several accounts, the most frequent first. Amounts are sizes in minor units."""

    counterparty: str
    money_in: bool
    least_minor: int
    most_minor: int
    choices: tuple[Choice, ...]

    @property
    def lines(self) -> int:
        return sum(choice.lines for choice in self.choices)

    @property
    def conditions(self) -> list[dict[str, Any]]:
        """What a rule that ends the conflict asks for, as core.categorization.rule_json writes conditions."""
        asked: tuple[Condition, ...] = (
            TextIs(self.counterparty, "equals", "counterparty"),
            DirectionIs("in" if self.money_in else "out"),
            AmountIs(self.least_minor, self.most_minor),
        )
        return [condition_to_dict(one) for one in asked]


def conflicting_decisions(session: Session, caller: Caller, company_id: UUID, *, most: int = 50) -> list[Conflict]:
    """Conflicts among the standing decisions, those with the most lines in the minority first.

    Raises: NotFound, AccessDenied.
    """
    caller.require(company_id, Action.READ)
    decided = reviewed_lines(session, caller, company_id)
    taken = first_hits(rules_in_force(session, company_id)[1], decided.lines) >= 0
    groups: dict[tuple[str, bool, int], list[int]] = defaultdict(list)
    keys = decided.lines.keys
    for i, name in enumerate(decided.lines.counterparty):
        if name and not taken[i]:
            groups[name, bool(keys.inflow[i]), int(keys.band[i])].append(i)
    accounts = _accounts(session, company_id)
    found = [
        _conflict(decided, rows, name, money_in, accounts)
        for (name, money_in, _), rows in groups.items()
        if len({decided.account[i] for i in rows}) > 1
    ]
    return sorted(found, key=lambda one: (one.choices[0].lines - one.lines, one.counterparty))[:most]


def _conflict(decided: Labelled, rows: list[int], name: str, money_in: bool, accounts: dict[str, str]) -> Conflict:
    counted = Counter(decided.account[i] for i in rows)
    last = {decided.account[i]: decided.lines.booked_on[i].item() for i in rows}  # rows are by date
    sizes = np.abs(decided.lines.amount_minor[rows])
    choices = [Choice(UUID(key), accounts[key], lines, last[key]) for key, lines in counted.items()]
    ordered = sorted(choices, key=lambda one: (-one.lines, one.account))
    return Conflict(name, money_in, int(sizes.min()), int(sizes.max()), tuple(ordered))


def _accounts(session: Session, company_id: UUID) -> dict[str, str]:
    rows = session.execute(
        select(col(Account.id), col(Account.code), col(Account.name)).where(col(Account.company_id) == company_id)
    )
    return {str(key): f"{code} {name}" for key, code, name in rows}
