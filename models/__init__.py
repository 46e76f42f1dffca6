"""All tables. Importing this package registers every one of them."""

from models.access import CompanyAccess, Role, User, UserSession
from models.audit import AuditEvent
from models.base import Table
from models.companies import Account, AccountRole, AccountType, BankAccount, BankAccountKind, Company, Layout
from models.learning import ModelVersion
from models.ledger import EntryStatus, JournalEntry, JournalLine, Method, Outcome, Proposal, Review, Rule
from models.matching import Match, MatchKind, MatchMember, MatchStatus, Reconciliation, ReconciliationStatus
from models.naming import AliasOrigin, CounterpartyAlias
from models.opening import OpeningBalances
from models.reviewing import LineNote, NoteKind, QueueState, WaitingGroup, WaitingLine
from models.statements import (
    DeletedLine,
    FileKind,
    FileStatus,
    ItemKind,
    ItemLayout,
    ItemStatus,
    OpenItem,
    ReceiptSum,
    StatementFile,
    Transaction,
)

__all__ = [
    "Account", "AccountRole", "AccountType", "AliasOrigin", "AuditEvent", "BankAccount", "BankAccountKind", "Company",
    "CompanyAccess", "CounterpartyAlias", "DeletedLine", "EntryStatus", "FileKind", "FileStatus", "ItemKind",
    "ItemLayout", "ItemStatus", "JournalEntry", "JournalLine", "Layout", "LineNote", "Match", "MatchKind",
    "MatchMember", "MatchStatus", "Method", "ModelVersion", "NoteKind", "OpenItem", "OpeningBalances", "Outcome",
    "Proposal", "QueueState", "ReceiptSum", "Reconciliation", "ReconciliationStatus", "Review", "Role", "Rule",
    "StatementFile", "Table", "Transaction", "User", "UserSession", "WaitingGroup", "WaitingLine",
]  # fmt: skip
