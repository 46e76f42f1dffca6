"""Laws 1, 2, 4 and 10 on the entries and their lines.

The ledger is what entries with status posted or reversed hold; a reversed entry and its reversal are both in it.
"""

from sqlalchemy import ColumnElement, and_, case, distinct, func, literal, or_, select, union_all
from sqlalchemy.orm import aliased
from sqlmodel import col

from core.access.audit import Violation
from core.verification.scope import Finding, Query, Scope, finding
from models import (
    Account,
    AccountRole,
    BankAccount,
    EntryStatus,
    JournalEntry,
    JournalLine,
    Match,
    MatchKind,
    MatchMember,
    MatchStatus,
    Transaction,
)

IN_LEDGER = (EntryStatus.POSTED, EntryStatus.REVERSED)
LIVE = (EntryStatus.NEEDS_REVIEW, EntryStatus.POSTED)

_ENTRY = (col(JournalEntry.company_id), col(JournalEntry.id))


def _ledger(scope: Scope) -> ColumnElement[bool]:
    return and_(col(JournalEntry.company_id).in_(scope.ids), col(JournalEntry.status).in_(IN_LEDGER))


def _entries(scope: Scope) -> int:
    return scope.count(select(func.count()).select_from(JournalEntry).where(_ledger(scope)))


def _broken_entry(scope: Scope, law: int, query: Query, what: str) -> Violation | None:
    """The query's first two columns are the company and the id of an entry."""
    found = scope.first(query)
    return found and Violation(law, scope.entry(found[0], found[1]), what)


def entries_balance(scope: Scope) -> Finding:
    """Law 1: at least two lines, zero in each currency, all accounts and lines of the entry's company."""
    lines = and_(col(JournalLine.entry_id) == col(JournalEntry.id))
    joined = select(*_ENTRY).outerjoin(JournalLine, lines).where(_ledger(scope))
    few = joined.group_by(*_ENTRY).having(func.count(col(JournalLine.id)) < 2)
    uneven = joined.group_by(*_ENTRY, col(JournalLine.currency)).having(func.sum(col(JournalLine.amount_minor)) != 0)
    foreign = joined.join(Account, col(Account.id) == col(JournalLine.account_id)).where(
        or_(
            col(Account.company_id) != col(JournalEntry.company_id),
            col(JournalLine.company_id) != col(JournalEntry.company_id),
        )
    )
    return finding(
        _entries(scope),
        _broken_entry(scope, 1, few, "it has fewer than two lines"),
        _broken_entry(scope, 1, uneven, "its lines do not sum to zero"),
        _broken_entry(scope, 1, foreign, "an account on it belongs to another company"),
    )


def reversals_are_exact(scope: Scope) -> Finding:
    """Law 2: a reversed entry has one posted reversal with exactly the opposite lines, and the other way round."""
    reversal = aliased(JournalEntry)
    of_pair = and_(
        col(reversal.reverses_id) == col(JournalEntry.id),
        col(reversal.company_id) == col(JournalEntry.company_id),
        col(reversal.status) == EntryStatus.POSTED,
    )
    pairs = select(*_ENTRY).join(reversal, of_pair).where(col(JournalEntry.company_id).in_(scope.ids))
    one_sided = pairs.where(col(JournalEntry.status) != EntryStatus.REVERSED)
    alone = (
        select(*_ENTRY)
        .outerjoin(reversal, of_pair)
        .where(
            col(JournalEntry.company_id).in_(scope.ids),
            col(JournalEntry.status) == EntryStatus.REVERSED,
            col(reversal.id).is_(None),
        )
    )
    undated = select(*_ENTRY).where(_ledger(scope), col(JournalEntry.posted_at).is_(None))
    return finding(
        scope.count(select(func.count()).select_from(pairs.subquery())),
        _broken_entry(scope, 2, one_sided, "a reversal of it is posted, but it is not marked as reversed"),
        _broken_entry(scope, 2, alone, "it is marked as reversed without a posted reversal"),
        _broken_entry(scope, 2, _unequal_pairs(scope), "its reversal does not have exactly the opposite lines"),
        _broken_entry(scope, 2, undated, "it does not say when it was posted"),
    )


def _unequal_pairs(scope: Scope) -> Query:
    """Reversed entries some of whose lines, as a multiset, are not met by the opposite line of the reversal."""
    account, currency = col(JournalLine.account_id), col(JournalLine.currency)
    amount = col(JournalLine.amount_minor)
    reversal = aliased(JournalEntry)
    own: Query = (
        select(
            *_ENTRY,
            account.label("account"),
            currency.label("currency"),
            amount.label("amount"),
            literal(1).label("n"),
        )
        .join(reversal, and_(col(reversal.reverses_id) == col(JournalEntry.id)))
        .join(JournalLine, col(JournalLine.entry_id) == col(JournalEntry.id))
        .where(col(JournalEntry.company_id).in_(scope.ids), col(reversal.status) == EntryStatus.POSTED)
    )
    other: Query = (
        select(*_ENTRY, account, currency, -amount, literal(-1))
        .join(reversal, and_(col(reversal.reverses_id) == col(JournalEntry.id)))
        .join(JournalLine, col(JournalLine.entry_id) == col(reversal.id))
        .where(col(JournalEntry.company_id).in_(scope.ids), col(reversal.status) == EntryStatus.POSTED)
    )
    both = union_all(own, other).subquery()
    key = (both.c.company_id, both.c.id)
    return select(*key).group_by(*key, both.c.account, both.c.currency, both.c.amount).having(func.sum(both.c.n) != 0)


def one_live_entry(scope: Scope) -> Finding:
    """Law 4: a bank line has at most one live entry, and none once it was taken back."""
    line = (col(Transaction.company_id), col(Transaction.id))
    live = (
        select(*line)
        .join(JournalEntry, col(JournalEntry.transaction_id) == col(Transaction.id))
        .where(col(Transaction.company_id).in_(scope.ids), col(JournalEntry.status).in_(LIVE))
    )
    several = scope.first(live.group_by(*line).having(func.count() > 1))
    taken_back = scope.first(live.where(col(Transaction.reverted_at).is_not(None)))
    return finding(
        scope.count(select(func.count()).select_from(live.subquery())),
        several and Violation(4, scope.line(*several), "it has more than one live entry"),
        taken_back and Violation(4, scope.line(*taken_back), "it was taken back but has a live entry"),
    )


def bank_lines_are_booked_whole(scope: Scope) -> Finding:
    """Law 10: the entry of a bank line moves its bank account by exactly the line's amount."""
    on_bank = and_(
        col(JournalLine.account_id) == col(BankAccount.account_id),
        col(JournalLine.currency) == col(Transaction.currency),
    )
    moved = func.sum(case((on_bank, col(JournalLine.amount_minor)), else_=0))
    joined = (
        select(*_ENTRY)
        .join(Transaction, col(Transaction.id) == col(JournalEntry.transaction_id))
        .join(BankAccount, col(BankAccount.id) == col(Transaction.bank_account_id))
        .outerjoin(JournalLine, col(JournalLine.entry_id) == col(JournalEntry.id))
        .where(_ledger(scope))
        .group_by(*_ENTRY, col(Transaction.amount_minor))
    )
    off = joined.having(moved != col(Transaction.amount_minor))
    return finding(
        scope.count(select(func.count()).select_from(joined.subquery())),
        _broken_entry(scope, 10, off, "it does not move the bank account by the amount of its bank line"),
    )


def suspense_is_empty(scope: Scope) -> Finding:
    """Law 10: nothing that is posted stands in suspense; what is unreviewed there is not in the ledger."""
    on_suspense = (
        select(*_ENTRY)
        .join(JournalLine, col(JournalLine.entry_id) == col(JournalEntry.id))
        .join(Account, col(Account.id) == col(JournalLine.account_id))
        .where(_ledger(scope), col(Account.role) == AccountRole.SUSPENSE)
    )
    left = on_suspense.where(col(JournalEntry.reverses_id).is_(None))
    balance = (
        on_suspense.with_only_columns(col(Account.company_id), col(Account.code))
        .group_by(col(Account.company_id), col(Account.code), col(JournalLine.currency))
        .having(func.sum(col(JournalLine.amount_minor)) != 0)
    )
    unbalanced = scope.first(balance)
    return finding(
        _entries(scope),
        _broken_entry(scope, 10, left, "it is posted with a line in suspense"),
        unbalanced and Violation(10, scope.row("account", *unbalanced), "the suspense account has a posted balance"),
    )


def transfers_meet(scope: Scope) -> Finding:
    """Law 10: once both sides of an own transfer are posted, the clearing account keeps nothing of it.

    Then its balance is that of the transfers whose other side has not arrived. Sides in two currencies do not net.
    """
    posted = and_(
        col(JournalEntry.transaction_id) == col(MatchMember.transaction_id),
        col(JournalEntry.status) == EntryStatus.POSTED,
    )
    transfer = (col(Match.company_id), col(Match.id))
    sides = (
        select(*transfer)
        .join(MatchMember, col(MatchMember.match_id) == col(Match.id))
        .where(
            col(Match.company_id).in_(scope.ids),
            col(Match.kind) == MatchKind.TRANSFER,
            col(Match.status) == MatchStatus.CONFIRMED,
        )
        .group_by(*transfer)
    )
    complete = (
        sides.outerjoin(JournalEntry, posted)
        .having(func.count(col(MatchMember.id)) == func.count(col(JournalEntry.id)))
        .with_only_columns(col(Match.id))
    )
    left = (
        sides.join(JournalEntry, posted)
        .join(JournalLine, col(JournalLine.entry_id) == col(JournalEntry.id))
        .join(Account, col(Account.id) == col(JournalLine.account_id))
        .where(col(Account.role) == AccountRole.TRANSFER_CLEARING, col(Match.id).in_(complete))
        .having(func.count(distinct(col(JournalLine.currency))) == 1, func.sum(col(JournalLine.amount_minor)) != 0)
    )
    found = scope.first(left)
    return finding(
        scope.count(select(func.count()).select_from(sides.subquery())),
        found and Violation(10, scope.row("transfer", *found), "both sides are posted, but clearing keeps a balance"),
    )
