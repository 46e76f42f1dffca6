"""What the Rules page tells of a company's rules in the database: faults, use, and rules that decisions speak for."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from uuid import UUID

import numpy as np
from sqlalchemy import Integer, cast, func, select
from sqlmodel import Session, col

from core.access.roles import Action, Caller
from core.categorization.company_policy import policy_of
from core.categorization.lines import AccountOption, Lines
from core.categorization.policy import Policy
from core.categorization.proposing import account_options
from core.categorization.reviewed import reviewed_lines
from core.categorization.rule_json import rule_of_row
from core.categorization.rule_lint import Finding, lint_rules
from core.categorization.rule_matching import first_hits
from core.categorization.rule_suggestions import AGREEING, RuleSuggestion, StandingLimits, agreeing_decisions
from core.categorization.rules import Rule, with_names
from core.categorization.starter import load_starter
from core.ingestion.shown_names import as_shown, shown_names
from models import Account, BankAccount, DismissedRule, JournalEntry, Proposal, Transaction
from models import Rule as StoredRule

YEAR = timedelta(days=365)


@dataclass(frozen=True, slots=True)
class RuleFinding:
    rule_id: UUID
    finding: Finding


@dataclass(frozen=True, slots=True)
class RuleRun:
    """What one rule did in one booking run."""

    rule_id: UUID
    booked_at: datetime
    lines: int
    posted_alone: int


def rule_findings(session: Session, caller: Caller, company_id: UUID) -> list[RuleFinding]:
    """Faults of the rules that are in force, held against the last year of bank lines."""
    caller.require(company_id, Action.READ)
    ids, rules = rules_in_force(session, company_id)
    lines = _lines_of_last_year(session, company_id)
    return [RuleFinding(ids[one.rule], one) for one in lint_rules(rules, lines)]


def rule_runs(session: Session, caller: Caller, company_id: UUID, *, newest: int = 200) -> list[RuleRun]:
    """The run log: which rule decided how many lines in which booking run, the newest runs first."""
    caller.require(company_id, Action.READ)
    booked_at = col(Proposal.created_at)
    rows = session.execute(
        select(col(Proposal.rule_id), booked_at, func.count(), func.sum(cast(col(JournalEntry.auto_approved), Integer)))
        .join(JournalEntry, col(JournalEntry.proposal_id) == col(Proposal.id))
        .where(col(Proposal.company_id) == company_id, col(Proposal.rule_id).is_not(None))
        .group_by(col(Proposal.rule_id), booked_at)
        .order_by(booked_at.desc(), func.count().desc(), col(Proposal.rule_id))
        .limit(newest)
    )
    return [RuleRun(rule_id, at, int(lines), int(alone or 0)) for rule_id, at, lines, alone in rows]


def last_used(session: Session, caller: Caller, company_id: UUID) -> dict[UUID, tuple[datetime, int]]:
    """When each rule decided a line last, and how many it decided in all; rules that never did are not there."""
    caller.require(company_id, Action.READ)
    rows = session.execute(
        select(col(Proposal.rule_id), func.max(col(Proposal.created_at)), func.count())
        .where(col(Proposal.company_id) == company_id, col(Proposal.rule_id).is_not(None))
        .group_by(col(Proposal.rule_id))
    )
    return {rule_id: (at, lines) for rule_id, at, lines in rows}


def suggest_rules(
    session: Session, caller: Caller, company_id: UUID, *, agreeing: int = AGREEING
) -> list[RuleSuggestion]:
    """Rules that standing decisions speak for without exception and nobody dismissed, most decisions first."""
    caller.require(company_id, Action.READ)
    decided = reviewed_lines(session, caller, company_id)
    _, rules = rules_in_force(session, company_id)
    taken = first_hits(rules, decided.lines) >= 0
    options = account_options(session, company_id)
    standing = _standing_limits(options, policy_of(session, caller, company_id))
    known = load_starter().known_payees(options)
    sure = agreeing_decisions(decided, taken, agreeing=agreeing, standing=standing, known=known)
    names = _bookable_names(session, company_id, [one.account_id for one in sure])
    dismissed = dismissed_keys(session, company_id)
    found = [
        replace(one, account=names[one.account_id])
        for one in sure
        if one.account_id in names and one.key not in dismissed
    ]
    return sorted(found, key=lambda one: (-one.decisions, one.counterparty, one.most_minor or 0))


def _standing_limits(options: Sequence[AccountOption], policy: Policy) -> StandingLimits | None:
    """What the company's policy holds unless a standing rule decides; None where no rule does."""
    if not policy.standing_rules:
        return None
    always = {one.key for one in options if policy.always_looks_at(one.role, one.code)}
    return StandingLimits(always, policy.materiality_minor)


def dismissed_keys(session: Session, company_id: UUID) -> set[tuple[str, bool, UUID]]:
    """The keys of the suggestions that people dismissed. The caller's access is checked already."""
    rows = session.execute(
        select(col(DismissedRule.counterparty), col(DismissedRule.money_in), col(DismissedRule.account_id)).where(
            col(DismissedRule.company_id) == company_id
        )
    )
    return {(counterparty, money_in, account_id) for counterparty, money_in, account_id in rows}


def _bookable_names(session: Session, company_id: UUID, account_ids: Sequence[UUID]) -> dict[UUID, str]:
    """Code and name of the accounts among these that are active and have no statements of their own."""
    rows = session.execute(
        select(col(Account.id), col(Account.code), col(Account.name))
        .outerjoin(BankAccount, col(BankAccount.account_id) == col(Account.id))
        .where(
            col(Account.company_id) == company_id,
            col(Account.id).in_(set(account_ids)),
            col(Account.is_active),
            col(BankAccount.id).is_(None),
        )
    )
    return {account_id: f"{code} {name}" for account_id, code, name in rows}


def rules_in_force(session: Session, company_id: UUID) -> tuple[list[UUID], list[Rule]]:
    """The rules that decide now, in their order, with their keys. The caller's access is checked already."""
    names = shown_names(session, company_id)
    rows = session.execute(
        select(StoredRule)
        .join(Account, col(Account.id) == col(StoredRule.account_id))
        .where(col(StoredRule.company_id) == company_id, col(StoredRule.is_active), col(Account.is_active))
        .order_by(col(StoredRule.position), col(StoredRule.id))
    ).scalars()
    found = [(row.id, with_names(rule_of_row(row), names)) for row in rows]
    return [rule_id for rule_id, _ in found], [rule for _, rule in found]


def _lines_of_last_year(session: Session, company_id: UUID) -> Lines:
    live = col(Transaction.company_id) == company_id, col(Transaction.reverted_at).is_(None)
    newest = select(func.max(col(Transaction.booked_on))).where(*live)
    last_on = session.execute(newest).scalar_one()
    rows = session.execute(
        select(
            col(Transaction.description), col(Transaction.counterparty), col(Transaction.amount_minor),
            col(Transaction.booked_on), col(BankAccount.code),
        )
        .join(BankAccount, col(BankAccount.id) == col(Transaction.bank_account_id))
        .where(*live, col(Transaction.booked_on) > last_on - YEAR)
    ).all() if last_on else []  # fmt: skip
    return Lines(
        [row.description for row in rows],
        as_shown([row.counterparty for row in rows], shown_names(session, company_id)),
        np.array([row.amount_minor for row in rows], np.int64),
        np.array([row.booked_on for row in rows], "datetime64[D]"),
        [row.code for row in rows],
    )
