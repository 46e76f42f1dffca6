"""A company's rules as a file that people keep, and another company or a later day takes in again.

JSON: `{"format": "rules", "version": 1, "rules": [...]}`; accounts by code, so that a file fits any chart that has
them. Nothing is taken from a file of which anything is wrong.
"""

import json
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlmodel import Session, col

from core.access.audit import record
from core.access.roles import Action, Caller
from core.categorization.rule_book import Terms, add_rule, change_rule, list_rules
from core.errors import BookkeepingError, InvalidInput
from models import Account

FORMAT, VERSION = "rules", 1
LARGEST, MOST_RULES = 5 << 20, 10_000  # bytes and rules of one file
_DEFAULTS: dict[str, Any] = {
    "parts": [], "memo": "", "first_on": None, "last_on": None, "goes_on": False, "is_active": True,
    "tax_code": "",
}  # fmt: skip
_FIELDS = {"name", "conditions", "account", *_DEFAULTS}


def export_rules(session: Session, caller: Caller, company_id: UUID) -> bytes:
    """All rules in their order as a file."""
    code = {account_id: code for code, account_id in _accounts(session, company_id).items()}
    rules = [
        {
            "name": rule.name,
            "conditions": rule.conditions,
            "account": code[rule.account_id],
            "parts": [dict(part) | {"account": code[UUID(part["account"])]} for part in rule.parts],
            "memo": rule.memo,
            "first_on": rule.first_on.isoformat() if rule.first_on else None,
            "last_on": rule.last_on.isoformat() if rule.last_on else None,
            "goes_on": rule.goes_on,
            "is_active": rule.is_active,
            "tax_code": rule.tax_code,
        }
        for rule in list_rules(session, caller, company_id)
    ]
    return json.dumps({"format": FORMAT, "version": VERSION, "rules": rules}, ensure_ascii=False, indent=1).encode()


def import_rules(session: Session, caller: Caller, company_id: UUID, content: bytes, *, now: datetime) -> int:
    """Append the rules of a file behind those there are; how many. Those that are there already are left out.

    Raises: InvalidInput naming the first rule that cannot be taken and why; NotFound, AccessDenied.
    """
    caller.require(company_id, Action.CONFIGURE)
    accounts = _accounts(session, company_id)
    known = {_sense(one) for one in _read(export_rules(session, caller, company_id))}
    wanted = [one for one in _read(content) if _sense(one) not in known]
    for number, one in enumerate(wanted, 1):
        try:
            _add(session, caller, company_id, one, accounts, now)
        except BookkeepingError as fault:
            raise InvalidInput(f"Rule {number}, “{one.get('name')}”, cannot be taken: {fault}") from fault
    record(
        session, caller, company_id=company_id, action="rules imported", subject="rule", now=now,
        after={"rules": len(wanted), "version": VERSION},
    )  # fmt: skip
    return len(wanted)


def _add(
    session: Session, caller: Caller, company_id: UUID, one: Mapping[str, Any], accounts: Mapping[str, UUID],
    now: datetime,
) -> None:  # fmt: skip
    parts = [dict(part) | {"account": str(_account(part.get("account"), accounts))} for part in _list(one, "parts")]
    terms = Terms(
        parts, _text(one, "memo"), _day(one, "first_on"), _day(one, "last_on"), one.get("goes_on") is True,
        _text(one, "tax_code"),
    )  # fmt: skip
    rule = add_rule(
        session, caller, company_id, name=_text(one, "name"), conditions=_list(one, "conditions"),
        account_id=_account(one.get("account"), accounts), terms=terms, now=now,
    )  # fmt: skip
    if one.get("is_active") is False:
        change_rule(session, caller, company_id, rule.id, is_active=False, now=now)


def _read(content: bytes) -> list[dict[str, Any]]:
    if len(content) > LARGEST:
        raise InvalidInput(f"A file of rules has at most {LARGEST >> 20} MB.")
    try:
        held = json.loads(content)
    except (ValueError, RecursionError):
        raise InvalidInput("The file is not JSON text. Take one that was saved under Rules.") from None
    if not isinstance(held, dict) or held.get("format") != FORMAT or not isinstance(held.get("rules"), list):
        raise InvalidInput("The file holds no rules. Take one that was saved under Rules.")
    if held.get("version") != VERSION:
        raise InvalidInput(f"The file has version {held.get('version')!r}; this program reads version {VERSION}.")
    rules: list[dict[str, Any]] = held["rules"]
    if len(rules) > MOST_RULES:
        raise InvalidInput(f"The file has more than {MOST_RULES:,} rules.")
    for number, one in enumerate(rules, 1):
        if not isinstance(one, dict) or set(one) - _FIELDS:
            raise InvalidInput(f"Rule {number} of the file is not one that this program writes.")
    return rules


def _sense(one: Mapping[str, Any]) -> str:
    """What makes two rules the same: everything but the name."""
    return json.dumps({**_DEFAULTS, **one, "name": ""}, sort_keys=True)


def _accounts(session: Session, company_id: UUID) -> dict[str, UUID]:
    rows = session.execute(select(col(Account.code), col(Account.id)).where(col(Account.company_id) == company_id))
    return {row.code: row.id for row in rows}


def _account(code: object, accounts: Mapping[str, UUID]) -> UUID:
    if not isinstance(code, str) or code not in accounts:
        raise InvalidInput(f"The chart has no account {code!r}. Add it there first.")
    return accounts[code]


def _list(one: Mapping[str, Any], name: str) -> list[Any]:
    found = one.get(name, [])
    if not isinstance(found, list) or not all(isinstance(each, dict) for each in found):
        raise InvalidInput(f"Its {name} are not a list.")
    return found


def _text(one: Mapping[str, Any], name: str) -> str:
    found = one.get(name, "")
    if not isinstance(found, str):
        raise InvalidInput(f"Its {name} is not a text.")
    return found


def _day(one: Mapping[str, Any], name: str) -> date | None:
    found = one.get(name)
    try:
        return None if found is None else date.fromisoformat(found)
    except (TypeError, ValueError):
        raise InvalidInput(f"{found!r} is not a day.") from None
