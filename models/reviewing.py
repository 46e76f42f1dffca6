"""What waits for a person, ready to be listed, and what people say about lines while they wait.

The two tables of what waits are a projection: triggers keep them equal to the entries in review, nobody writes them.
"""

from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import BigInteger, ForeignKeyConstraint, Index, String, UniqueConstraint, text
from sqlmodel import Field

from models.base import Row, Table, UtcDateTime, one_of
from models.ledger import Method

OPEN_NOTE = text("ended_at IS NULL")


class QueueState(StrEnum):
    OPEN = "open"
    ASKED = "asked"  # a question is not answered yet
    DEFERRED = "deferred"  # put off until a day


class NoteKind(StrEnum):
    COMMENT = "comment"
    QUESTION = "question"
    ANSWER = "answer"
    DEFERRAL = "deferral"


class WaitingGroup(Row, table=True):
    """Like lines that wait, with their sums; gone with its last line. Kept by triggers."""

    __tablename__ = "waiting_groups"
    __table_args__ = (
        UniqueConstraint("id", "company_id"),
        UniqueConstraint("company_id", "state", "payee", "account_id", "money_in", "currency"),
        ForeignKeyConstraint(["account_id", "company_id"], ["accounts.id", "accounts.company_id"]),
        # The key stands last in each, so that every order is total and a page begins where the last one ended.
        Index("ix_waiting_groups_stake", "company_id", "state", "stake_minor", "id"),
        Index("ix_waiting_groups_size", "company_id", "state", "size_minor", "id"),
        Index("ix_waiting_groups_first_on", "company_id", "state", "first_on", "id"),
        Index("ix_waiting_groups_sort_name", "company_id", "state", "sort_name", "id"),
        one_of("state", QueueState),
    )

    company_id: UUID = Field(foreign_key="companies.id")
    state: QueueState = Field(sa_type=String(16))
    payee: str = Field(max_length=200)  # as the company calls it, or the beginning of the bank's text
    sort_name: str = Field(max_length=400)  # the payee in small letters, of which some take two signs
    account_id: UUID  # proposed; suspense where the machine abstains
    money_in: bool
    currency: str = Field(max_length=3)
    lines: int
    total_minor: int = Field(sa_type=BigInteger)  # money in > 0
    size_minor: int = Field(sa_type=BigInteger)
    sure_lines: int  # lines with a confidence
    sure_millionths: int = Field(sa_type=BigInteger)  # sum of the confidences; whole, so that nothing drifts
    stake_minor: int = Field(sa_type=BigInteger)  # size × (1 - mean confidence)
    first_on: date | None = None


class WaitingLine(Table, table=True):
    """One entry in review. Kept by triggers."""

    __tablename__ = "waiting_lines"
    __table_args__ = (
        ForeignKeyConstraint(["entry_id", "company_id"], ["journal_entries.id", "journal_entries.company_id"]),
        ForeignKeyConstraint(["group_id", "company_id"], ["waiting_groups.id", "waiting_groups.company_id"]),
        Index("ix_waiting_lines_group", "group_id", "booked_on"),
        Index("ix_waiting_lines_transaction", "transaction_id"),
        one_of("method", Method),
    )

    entry_id: UUID = Field(primary_key=True)
    company_id: UUID = Field(foreign_key="companies.id", index=True)
    group_id: UUID
    transaction_id: UUID
    bank_account_id: UUID
    booked_on: date
    amount_minor: int = Field(sa_type=BigInteger)
    method: Method = Field(sa_type=String(16))
    sure_millionths: int | None = None  # the confidence; None where the machine abstains
    hold_reason: str
    words: str  # bank text and printed counterparty in small letters, for the search


class LineNote(Row, table=True):
    """What somebody said about a bank line. One thing said of several lines is one thread, as are its answers."""

    __tablename__ = "line_notes"
    __table_args__ = (
        ForeignKeyConstraint(["transaction_id", "company_id"], ["transactions.id", "transactions.company_id"]),
        Index("ix_line_notes_transaction", "transaction_id"),
        Index("ix_line_notes_thread", "thread_id"),
        Index("ix_line_notes_open", "company_id", "kind", sqlite_where=OPEN_NOTE, postgresql_where=OPEN_NOTE),
        Index("ix_line_notes_written_by", "company_id", "written_by", "written_at"),
        one_of("kind", NoteKind),
    )

    company_id: UUID = Field(foreign_key="companies.id")
    transaction_id: UUID
    thread_id: UUID
    kind: NoteKind = Field(sa_type=String(16))
    text: str = ""
    until_on: date | None = None  # of a deferral: the day on which the line comes back
    written_by: UUID | None = Field(default=None, foreign_key="users.id")
    written_at: datetime = Field(sa_type=UtcDateTime)
    ended_at: datetime | None = Field(default=None, sa_type=UtcDateTime)  # answered, due, or taken back
    undone_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
