"""Laws 5, 7 and 8: rows stay with their company, rates are shares, changes are in the audit log."""

from functools import cache, reduce
from operator import add
from typing import Any

from sqlalchemy import (
    BindParameter,
    CompoundSelect,
    ForeignKeyConstraint,
    Subquery,
    bindparam,
    func,
    literal,
    or_,
    select,
    union_all,
)
from sqlalchemy import Table as SqlTable
from sqlmodel import col

from core.access.audit import INSTALLATION, Violation, verify_chain
from core.verification.scope import Finding, Query, Scope, finding
from models import (
    AuditEvent,
    EntryStatus,
    JournalEntry,
    Match,
    MatchMember,
    MatchStatus,
    ModelVersion,
    Proposal,
    Table,
    Transaction,
)


def rows_stay_with_their_company(scope: Scope) -> Finding:
    """Law 5: every reference of a company's row leads to a row that exists and, where that has one, to its company."""
    checked = 0
    violations: list[Violation] = []
    for table, references, astray in _references():
        checked += scope.count(references, companies=scope.ids)
        violations += [
            Violation(5, scope.row(table, company_id, key), f"its {name} leads out of the company or nowhere")
            for name, company_id, key in scope.session.execute(astray, {"companies": scope.ids})
        ]
    return finding(checked, *violations)


_COMPANIES: BindParameter[Any] = bindparam("companies", expanding=True)


@cache  # the tables never change, and putting a hundred queries together takes longer than asking them of small books
def _references() -> tuple[tuple[str, Query, CompoundSelect[*tuple[Any, ...]]], ...]:
    """For each table of companies with foreign keys: its name, how many references its rows hold, and the first row
    that each key leads astray, as the key's column, the company and the row's key."""
    return tuple(
        (
            table.name,
            select(reduce(add, (func.count(table.c[key.column_keys[0]]) for key in keys)))
            .select_from(table)
            .where(table.c.company_id.in_(_COMPANIES)),
            union_all(*(select(literal(key.column_keys[0]), _astray(table, key)) for key in keys)),
        )
        for table in Table.metadata.sorted_tables
        if "company_id" in table.columns
        and (keys := sorted(table.foreign_key_constraints, key=lambda key: str(key.name)))
    )


def _astray(table: SqlTable, reference: ForeignKeyConstraint) -> Subquery:
    target = reference.referred_table.alias("target")
    own = [table.c[name] for name in reference.column_keys]
    aim = [target.c[element.column.name] for element in reference.elements]
    leads_away = or_(aim[0].is_(None), *(left != right for left, right in zip(own, aim, strict=True)))
    return (
        select(table.c.company_id, table.primary_key.columns[0])
        .outerjoin(target, own[0] == aim[0])
        .where(table.c.company_id.in_(_COMPANIES), own[0].is_not(None), leads_away)
        .limit(1)
        .subquery()
    )


def rates_are_shares(scope: Scope) -> Finding:
    """Law 7: what rates count as numerator is part of what they count as denominator, within one company."""
    checked = 0
    violations: list[Violation | None] = []
    for company_id, slug in scope.slugs.items():
        all_lines = scope.count(_lines(company_id))
        posted = scope.count(_lines(company_id, posted=True))
        automatic = scope.count(_lines(company_id, posted=True, auto_approved=True))
        matched = scope.count(_lines(company_id, matched=True))
        checked += all_lines
        if not (0 <= automatic <= posted <= all_lines and matched <= all_lines):
            counts = f"{all_lines} lines, {posted} posted, {automatic} automatically, {matched} matched"
            violations.append(Violation(7, f"company {slug}", f"a rate lies outside 0 to 1: {counts}"))
    for table, share in ((Proposal, "confidence"), (Match, "score"), (ModelVersion, "threshold")):
        violations.append(_outside(scope, table, share))
    return finding(checked, *violations)


def _lines(company_id: Any, *, posted: bool = False, auto_approved: bool = False, matched: bool = False) -> Query:
    """Number of live bank lines; with entries and matches joined by id alone, so that a stray one shows."""
    query = select(func.count(col(Transaction.id))).where(
        col(Transaction.company_id) == company_id, col(Transaction.reverted_at).is_(None)
    )
    if posted:
        query = query.join(JournalEntry, col(JournalEntry.transaction_id) == col(Transaction.id)).where(
            col(JournalEntry.status) == EntryStatus.POSTED
        )
    if auto_approved:
        query = query.where(col(JournalEntry.auto_approved))
    if matched:
        query = (
            query.join(MatchMember, col(MatchMember.transaction_id) == col(Transaction.id))
            .join(Match, col(Match.id) == col(MatchMember.match_id))
            .where(col(Match.status) == MatchStatus.CONFIRMED)
        )
    return query


def _outside(scope: Scope, table: Any, share: str) -> Violation | None:
    column = col(getattr(table, share))
    found = scope.first(
        select(col(table.company_id), col(table.id)).where(
            col(table.company_id).in_(scope.ids), or_(column < 0, column > 1)
        )
    )
    return found and Violation(7, scope.row(table.__tablename__, *found), f"its {share} lies outside 0 to 1")


def audit_log_is_whole(scope: Scope) -> Finding:
    """Law 8: every hash of every chain is recomputed; every company has a chain, and no event is outside of one."""
    keys = select(col(AuditEvent.chain), col(AuditEvent.company_id)).distinct()
    violations: list[Violation | None] = []
    chains = {company_id.hex: slug for company_id, slug in scope.slugs.items()}
    ours = or_(col(AuditEvent.company_id).in_(scope.ids), col(AuditEvent.company_id).is_(None))
    for chain, company_id in scope.session.execute(keys.where(ours)).all():
        if chain != (company_id.hex if company_id else INSTALLATION):
            violations.append(Violation(8, f"chain {chain}", "an event stands in a chain that is not its company's"))
    for chain in (*chains, INSTALLATION):
        violations.extend(verify_chain(scope.session, chain))
    present = set(scope.session.execute(select(col(AuditEvent.chain)).distinct()).scalars())
    for chain, slug in chains.items():
        if chain not in present:
            violations.append(Violation(8, f"company {slug}", "nothing of it is in the audit log"))
    counted = scope.count(
        select(func.count()).select_from(AuditEvent).where(col(AuditEvent.chain).in_([*chains, INSTALLATION]))
    )
    return finding(counted, *violations)
