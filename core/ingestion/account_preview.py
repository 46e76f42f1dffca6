"""What a file brings for one bank account: its lines, sorted into new ones and those that the books hold already."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from itertools import compress
from uuid import UUID

from core.ingestion.account_choice import Candidate, same_layout
from core.ingestion.doubts import Doubt, DoubtfulPair, Said
from core.ingestion.duplicates import KnownLines, sort_lines
from core.ingestion.line_facts import LineFacts, identity_text, source_of
from core.ingestion.normalising import counterparty_names, name_source
from core.ingestion.receipts import AccountSums, only_currency, refused_sums
from core.ingestion.statement import AccountStatement, Statement, StatementLine
from core.period import Period

COUNTERPARTY_LENGTH = 200  # signs that the table holds


@dataclass(frozen=True, slots=True)
class DoubtfulLine:
    """A line of the file beside the stored one that it resembles, for a person to decide.

    It counts as `is_new` says: as the doubt's default, or as a person answered by its row. The stored line may be one
    of a file of the same upload.
    """

    line: StatementLine
    stored_on: date
    stored_description: str  # as the bank wrote it
    stored_balance_minor: int | None
    doubt: Doubt
    is_new: bool
    is_answered: bool

    @property
    def row(self) -> int:
        return self.line.row

    @property
    def why(self) -> str:
        """A sentence: what makes it doubtful, and as what the line counts."""
        counted = "this one counts as new" if self.is_new else "this one is not stored again"
        return f"{self.doubt.sentence}; {counted}"


@dataclass(frozen=True)
class AccountPreview:
    """`is_new`, `fingerprints` and `counterparties` have a value a line; a fingerprint is "" for a duplicate.

    `statements` are those of the file that belong to the account, usually one. `doubtful` are the lines of which a
    person should say whether they are new, in the order of the file.
    """

    bank_account_id: UUID
    code: str
    name: str
    currency: str
    statements: tuple[AccountStatement, ...]
    lines: tuple[StatementLine, ...]
    is_new: tuple[bool, ...]
    fingerprints: tuple[str, ...]
    counterparties: tuple[str, ...]
    doubtful: tuple[DoubtfulLine, ...]
    saves_layout: bool  # the account's saved layout becomes that of this file

    @cached_property
    def new_lines(self) -> tuple[StatementLine, ...]:
        return tuple(compress(self.lines, self.is_new))

    @property
    def new_count(self) -> int:
        return len(self.new_lines)

    @property
    def duplicate_count(self) -> int:
        return len(self.lines) - self.new_count

    @cached_property
    def new_minor(self) -> int:
        return sum(line.amount_minor for line in self.new_lines)

    @cached_property
    def duplicate_minor(self) -> int:
        return sum(line.amount_minor for line, new in zip(self.lines, self.is_new, strict=True) if not new)

    @cached_property
    def sums(self) -> AccountSums:
        """The account's part of the receipt; its lines as the file was read, apart from how they were sorted."""
        return AccountSums(
            self.bank_account_id,
            self.currency,
            line_count=sum(len(statement.lines) for statement in self.statements),
            new_count=self.new_count,
            duplicate_count=self.duplicate_count,
            lines_minor=sum(statement.sum_minor for statement in self.statements),
            new_minor=self.new_minor,
            duplicate_minor=self.duplicate_minor,
        )


def group_parts(
    parts: Iterable[tuple[Candidate, AccountStatement]],
) -> list[tuple[Candidate, tuple[AccountStatement, ...]]]:
    """The account statements of a file by their bank account, in the order of the file."""
    owners: dict[UUID, Candidate] = {}
    grouped: dict[UUID, tuple[AccountStatement, ...]] = {}
    for owner, statement in parts:
        owners[owner.id] = owner
        grouped[owner.id] = (*grouped.get(owner.id, ()), statement)
    return [(owners[key], statements) for key, statements in grouped.items()]


def sums_of(accounts: Sequence[AccountPreview], faulty_count: int) -> tuple[AccountSums, ...]:
    """The receipt of a file that is stored.

    Args:
        faulty_count: rows that cannot be read and are left out; they are of the file's account where it has one only.
    """
    sums = [account.sums for account in accounts]
    if faulty_count:
        owner = accounts[0].bank_account_id if len(accounts) == 1 else None
        faulty = refused_sums(owner, only_currency(sums), faulty_count)
        sums = [sums[0] + faulty] if len(sums) == 1 else [*sums, faulty]
    return tuple(sums)


def sort_file(
    parts: Sequence[tuple[Candidate, Sequence[AccountStatement]]],
    read: Statement,
    known: Mapping[UUID, KnownLines],
    said: Said,
) -> tuple[tuple[AccountPreview, ...], dict[UUID, list[LineFacts]]]:
    """Sort all lines of a file, a bank account at a time.

    Args:
        said: what a person said of doubtful lines, by row of the file.

    Returns:
        The accounts' previews, and the new lines of each as they are known once the file is stored.
    """
    done = [sort_account(owner, statements, read, known[owner.id], said) for owner, statements in parts]
    stored = {account.bank_account_id: fresh for account, fresh in done}
    return tuple(account for account, _ in done), stored


def sort_account(
    candidate: Candidate, statements: Sequence[AccountStatement], read: Statement, known: KnownLines, said: Said
) -> tuple[AccountPreview, list[LineFacts]]:
    """Sort one account's lines of a file against the known ones; `said` is by row of the file.

    Returns:
        The preview, and the new lines as they are known once the file is stored.
    """
    lines = tuple(line for statement in statements for line in statement.lines)
    source = source_of(read.format, read.layout)
    facts = [
        LineFacts(
            line.booked_on,
            line.amount_minor,
            identity_text(line.description, line.reference),
            line.bank_id,
            line.balance_minor,
            source,
            description=line.description,
        )
        for line in lines
    ]
    result = sort_lines(facts, known, _by_number(said, lines))
    names = counterparty_names([name_source(line.counterparty, line.description) for line in lines])
    preview = AccountPreview(
        bank_account_id=candidate.id,
        code=candidate.code,
        name=candidate.name,
        currency=candidate.currency,
        statements=tuple(statements),
        lines=lines,
        is_new=tuple(result.is_new),
        fingerprints=tuple(result.fingerprints),
        counterparties=tuple(name[:COUNTERPARTY_LENGTH] for name in names),
        doubtful=tuple(_doubtful_line(lines[pair.number], pair) for pair in result.doubtful),
        saves_layout=_is_another_layout(candidate, read),
    )
    stored = [one._replace(fingerprint=mark) for one, mark in zip(facts, result.fingerprints, strict=True) if mark]
    return preview, stored


def _by_number(said: Said, lines: Sequence[StatementLine]) -> Said:
    """What was said of rows, of the lines that they hold."""
    if not said.known and not said.new:
        return said
    return Said(
        frozenset(number for number, line in enumerate(lines) if line.row in said.known),
        frozenset(number for number, line in enumerate(lines) if line.row in said.new),
    )


def _doubtful_line(line: StatementLine, pair: DoubtfulPair) -> DoubtfulLine:
    stored = pair.stored
    return DoubtfulLine(
        line, stored.booked_on, stored.description, stored.balance_minor, pair.doubt, pair.is_new, pair.is_answered
    )


def period_of(lines: Sequence[StatementLine]) -> Period | None:
    """From the first to the last day of the lines; None where there are none."""
    days = [line.booked_on for line in lines]
    return Period(min(days), max(days)) if days else None


def first_locked(accounts: Iterable[AccountPreview], closed_through_on: date | None) -> date | None:
    """The earliest day of a new line that falls in the locked period; None where none does."""
    if closed_through_on is None:
        return None
    days = (line.booked_on for account in accounts for line in account.new_lines)
    return min((day for day in days if day <= closed_through_on), default=None)


def _is_another_layout(candidate: Candidate, read: Statement) -> bool:
    if not read.layout.get("positions"):
        return False
    saved = candidate.layouts[0] if candidate.layouts else {}
    return not same_layout(read.layout, saved) or read.layout.get("header_row") != saved.get("header_row")
