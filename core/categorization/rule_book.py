"""A company's rules in the database: list, add, change, order, switch off."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import func
from sqlmodel import Session, col, select

from core.access.audit import record
from core.access.roles import Action, Caller
from core.categorization.rule_json import read_rule, rule_of_row
from core.categorization.rules import Rule as CheckedRule
from core.errors import InvalidInput, NotFound
from core.posting.open_entries import check_bookable
from core.posting.tax import tax_rates
from models import Account, Rule

NAME_MAX = 120


@dataclass(frozen=True)
class RuleRow:
    """A rule with its account, as a page lists it. `conditions` as core.categorization.rules writes them."""

    id: UUID
    position: int
    name: str
    conditions: list[dict[str, Any]]
    account_id: UUID
    account: str  # code and name
    account_is_active: bool  # a rule to an account that is switched off is passed over
    is_active: bool
    parts: list[dict[str, Any]]
    memo: str
    first_on: date | None
    last_on: date | None
    goes_on: bool
    tax_code: str


@dataclass(frozen=True, slots=True)
class Terms:
    """What a rule says besides its conditions and its account; as by default, nothing.

    `parts` split lines over accounts, the first of which is the rule's account; as core.categorization.rule_json
    writes them, account keys being str(account id).
    """

    parts: Sequence[Mapping[str, Any]] = ()
    memo: str = ""
    first_on: date | None = None
    last_on: date | None = None
    goes_on: bool = False
    tax_code: str = ""


NO_TERMS = Terms()


def list_rules(session: Session, caller: Caller, company_id: UUID) -> list[RuleRow]:
    """All rules of the company in the order in which they are tried."""
    caller.require(company_id, Action.READ)
    rows = session.exec(
        select(Rule, Account)
        .join(Account, col(Rule.account_id) == col(Account.id))
        .where(col(Rule.company_id) == company_id)
        .order_by(col(Rule.position))
    )
    return [
        RuleRow(
            rule.id,
            rule.position,
            rule.name,
            rule.conditions,
            account.id,
            f"{account.code} {account.name}",
            account.is_active,
            rule.is_active,
            rule.parts,
            rule.memo,
            rule.first_on,
            rule.last_on,
            rule.goes_on,
            rule.tax_code,
        )
        for rule, account in rows
    ]


def add_rule(
    session: Session,
    caller: Caller,
    company_id: UUID,
    *,
    name: str,
    conditions: Sequence[Mapping[str, Any]],
    account_id: UUID,
    terms: Terms = NO_TERMS,
    now: datetime,
) -> Rule:
    """Append a rule; it is tried after all others.

    Raises:
        InvalidInput: name or conditions cannot be meant.
        AccountNotBookable: no bank line can go to this account.
        NotFound, AccessDenied.
    """
    caller.require(company_id, Action.CONFIGURE)
    name = _checked_name(name)
    _check(session, company_id, read_rule(name, conditions, str(account_id), **asdict(terms)))
    last = session.exec(select(func.max(Rule.position)).where(col(Rule.company_id) == company_id)).one()
    rule = Rule(
        company_id=company_id,
        position=(last or 0) + 1,
        name=name,
        conditions=[dict(condition) for condition in conditions],
        account_id=account_id,
        **_columns(terms),
        created_by=caller.user_id,
        created_at=now,
    )
    session.add(rule)
    session.flush()
    _audit(session, caller, rule, "rule added", None, now)
    return rule


def change_rule(
    session: Session,
    caller: Caller,
    company_id: UUID,
    rule_id: UUID,
    *,
    name: str | None = None,
    conditions: Sequence[Mapping[str, Any]] | None = None,
    account_id: UUID | None = None,
    terms: Terms | None = None,
    is_active: bool | None = None,
    now: datetime,
) -> Rule:
    """Change what is given. Past entries stay as they are.

    Raises: as `add_rule`; NotFound also for the rule.
    """
    caller.require(company_id, Action.CONFIGURE)
    rule = _get(session, company_id, rule_id)
    before = _state(rule)
    if name is not None:
        rule.name = _checked_name(name)
    if conditions is not None:
        rule.conditions = [dict(condition) for condition in conditions]
    if account_id is not None:
        rule.account_id = account_id
    for column, value in (_columns(terms) if terms else {}).items():
        setattr(rule, column, value)
    with session.no_autoflush:  # nothing is written before it is known to be right
        changed = rule_of_row(rule)
        if account_id is not None or terms is not None:
            _check(session, company_id, changed)
    if is_active is not None:
        rule.is_active = is_active
    session.add(rule)
    session.flush()
    _audit(session, caller, rule, "rule changed", before, now)
    return rule


def move_rule(session: Session, caller: Caller, company_id: UUID, rule_id: UUID, *, to: int, now: datetime) -> None:
    """Put the rule at place `to` (from 1) of the order; places beyond the ends mean the ends."""
    caller.require(company_id, Action.CONFIGURE)
    rule = _get(session, company_id, rule_id)
    before = _state(rule)
    ordered = list(
        session.exec(select(Rule).where(col(Rule.company_id) == company_id).order_by(col(Rule.position))).all()
    )
    ordered.remove(rule)
    ordered.insert(max(0, to - 1), rule)
    for position, each in enumerate(ordered, 1):
        each.position = position
    session.flush()
    _audit(session, caller, rule, "rule moved", before, now)


def _get(session: Session, company_id: UUID, rule_id: UUID) -> Rule:
    rule = session.exec(select(Rule).where(col(Rule.company_id) == company_id, col(Rule.id) == rule_id)).one_or_none()
    if rule is None:
        raise NotFound("rule", str(rule_id))
    return rule


def _checked_name(name: str) -> str:
    name = name.strip()
    if not name or len(name) > NAME_MAX:
        raise InvalidInput(f"A rule needs a name of at most {NAME_MAX} signs.")
    return name


def _columns(terms: Terms) -> dict[str, Any]:
    return asdict(terms) | {"parts": [dict(part) for part in terms.parts]}


def _check(session: Session, company_id: UUID, rule: CheckedRule) -> None:
    """Bank lines may be booked to all its accounts, the first of which is the one it is listed with; its tax code is
    one that is offered."""
    if rule.accounts[0] != rule.account:
        raise InvalidInput("The account of a rule that splits is that of its first part.")
    try:
        accounts = [UUID(account) for account in rule.accounts]
    except ValueError:
        raise InvalidInput("A part of the split has no account.") from None
    check_bookable(session, company_id, accounts)
    if rule.tax_code and rule.tax_code not in tax_rates(session, company_id):
        raise InvalidInput(f"There is no tax code {rule.tax_code} in use. Add it under Chart, or switch it on.")


def _state(rule: Rule) -> dict[str, Any]:
    return {
        "position": rule.position,
        "name": rule.name,
        "conditions": rule.conditions,
        "account_id": str(rule.account_id),
        "parts": rule.parts,
        "memo": rule.memo,
        "first_on": rule.first_on.isoformat() if rule.first_on else None,
        "last_on": rule.last_on.isoformat() if rule.last_on else None,
        "goes_on": rule.goes_on,
        "tax_code": rule.tax_code,
        "is_active": rule.is_active,
    }


def _audit(
    session: Session, caller: Caller, rule: Rule, action: str, before: dict[str, Any] | None, now: datetime
) -> None:
    record(
        session,
        caller,
        company_id=rule.company_id,
        action=action,
        subject="rule",
        subject_id=rule.id,
        before=before,
        after=_state(rule),
        now=now,
    )
