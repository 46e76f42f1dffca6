"""All tables. Importing this package registers every one of them."""

from models.access import CompanyAccess, Role, User, UserSession
from models.attachments import Attachment
from models.audit import AuditEvent
from models.base import Table
from models.companies import (
    Account,
    AccountPurpose,
    AccountRole,
    AccountType,
    BankAccount,
    BankAccountKind,
    Company,
    DefaultAccount,
    Layout,
)
from models.exchange import BaseValue, ExchangeRate
from models.learning import ModelVersion
from models.ledger import EntryStatus, JournalEntry, JournalLine, Method, Outcome, Proposal, Review, Rule
from models.matching import (
    DifferenceKind,
    Match,
    MatchDifference,
    MatchingLook,
    MatchKind,
    MatchMember,
    MatchRefund,
    MatchStatus,
    Reconciliation,
    ReconciliationStatus,
)
from models.naming import AliasOrigin, CounterpartyAlias
from models.opening import OpeningBalances
from models.preparing import Preparation
from models.re_reviews import ReReview
from models.reviewing import LineNote, NoteKind, QueueState, WaitingGroup, WaitingLine
from models.rule_suggestions import DismissedRule
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
from models.tags import LineTag, Tag
from models.tax import TaxCode, TaxLine

__all__ = [
    "Account", "AccountPurpose", "AccountRole", "AccountType", "AliasOrigin", "Attachment", "AuditEvent",
    "BankAccount", "BankAccountKind", "BaseValue", "Company", "CompanyAccess", "CounterpartyAlias", "DefaultAccount",
    "DeletedLine", "DifferenceKind", "DismissedRule", "EntryStatus", "ExchangeRate", "FileKind", "FileStatus",
    "ItemKind", "ItemLayout", "ItemStatus", "JournalEntry", "JournalLine", "Layout", "LineNote", "LineTag", "Match",
    "MatchDifference", "MatchKind", "MatchMember", "MatchRefund", "MatchStatus", "MatchingLook", "Method",
    "ModelVersion", "NoteKind", "OpenItem", "OpeningBalances", "Outcome", "Preparation", "Proposal", "QueueState",
    "ReReview", "ReceiptSum", "Reconciliation", "ReconciliationStatus", "Review", "Role", "Rule", "StatementFile",
    "Table", "Tag", "TaxCode", "TaxLine", "Transaction", "User", "UserSession", "WaitingGroup", "WaitingLine",
]  # fmt: skip
