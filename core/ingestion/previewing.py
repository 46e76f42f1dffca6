"""What files would bring, before anything is stored. Exactly what is previewed here is what importing stores."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from functools import cached_property
from uuid import UUID

from sqlmodel import Session

from core.access.roles import Action, Caller
from core.errors import BookkeepingError, PeriodClosed
from core.ingestion.account_preview import (
    AccountPreview,
    DoubtfulLine,
    first_locked,
    group_parts,
    period_of,
    sort_file,
    sums_of,
)
from core.ingestion.assigning import AssignedFile, assign_file
from core.ingestion.doubts import Said
from core.ingestion.import_setting import ImportSetting, StoredFile, load_setting
from core.ingestion.known_lines import BooksMark, load_known, read_mark, spans_of
from core.ingestion.layout import Layout
from core.ingestion.raw_file import RawFile
from core.ingestion.receipts import AccountSums, by_currency, only_currency, refused_sums, total
from core.ingestion.statement import Statement, StatementLine
from core.period import Period
from core.problems import Problem, Severity


class PreviewStatus(StrEnum):
    NEW = "new"
    DUPLICATE = "duplicate"
    REFUSED = "refused"


@dataclass(frozen=True)
class FileAnswer:
    """What a person said of one file; None: nothing.

    `known_rows` and `new_rows` are rows with doubtful lines: the first are stored lines and count as duplicates, the
    second are stored as new. Of rows without a doubtful line they change nothing. `leave_out_faulty` lets the readable
    lines be stored without the rows that cannot be read.
    """

    bank_account_id: UUID | None = None
    layout: Layout | None = None  # whole or in part, see core.ingestion.layout
    known_rows: frozenset[int] = frozenset()
    new_rows: frozenset[int] = frozenset()
    leave_out_faulty: bool = False

    @property
    def said(self) -> Said:
        return Said(self.known_rows, self.new_rows)


@dataclass(frozen=True)
class ImportPreview:
    """One file as it would be stored. `statement` is what was read, also where the file is refused afterwards.

    `mark` and `considered` say on what state of the books, and on which files of the same upload before this one,
    the sorting into new lines and duplicates rests.
    """

    company_id: UUID
    file: RawFile
    status: PreviewStatus
    statement: Statement | None = None
    accounts: tuple[AccountPreview, ...] = ()
    problems: tuple[Problem, ...] = ()
    error: BookkeepingError | None = None
    duplicate_of: StoredFile | None = None
    mark: BooksMark | None = None
    considered: frozenset[str] = frozenset()  # SHA-256 of those files
    said: Said = field(default_factory=Said)  # of doubtful lines, by row

    @property
    def name(self) -> str:
        return self.file.name

    @property
    def digest(self) -> str:
        return self.file.digest

    @property
    def refusal(self) -> str:
        """Why the file would not be stored, as a sentence; "" where it would."""
        return str(self.error) if self.error else ""

    @cached_property
    def sums(self) -> tuple[AccountSums, ...]:
        """The receipt that storing would give, a bank account and currency."""
        if self.duplicate_of:
            return tuple(one.as_duplicate() for one in self.duplicate_of.sums)
        if self.status is PreviewStatus.NEW:
            return sums_of(self.accounts, self.faulty_count)
        read = self.statement.accounts if self.statement else ()
        lines = [refused_sums(None, one.currency, len(one.lines), one.sum_minor) for one in read]
        faulty = [refused_sums(None, only_currency(lines), self.faulty_count)] if self.faulty_count else []
        return tuple(by_currency([*lines, *faulty]))

    @cached_property
    def faulty_count(self) -> int:
        """Rows that cannot be read."""
        return sum(problem.severity is Severity.ERROR for problem in self.problems)

    @cached_property
    def line_count(self) -> int:
        """Lines of the file, faulty rows included."""
        if self.duplicate_of:
            return self.duplicate_of.line_count
        return (len(self.statement.lines) if self.statement else 0) + self.faulty_count

    @cached_property
    def lines_minor(self) -> int:
        """Sum of the lines that can be read, in minor units of `currency`; 0 where they are in several currencies."""
        return total(self.sums).lines_minor

    @cached_property
    def new_count(self) -> int:
        return sum(account.new_count for account in self.accounts)

    @property
    def duplicate_count(self) -> int:
        if self.duplicate_of:
            return self.duplicate_of.line_count
        return sum(account.duplicate_count for account in self.accounts)

    @cached_property
    def currency(self) -> str:
        """The lines' currency; "" where there are several or none is known."""
        if self.duplicate_of:
            return self.duplicate_of.currency
        return only_currency(self.sums)

    @cached_property
    def period(self) -> Period | None:
        """From the first to the last line; None for a file without readable lines."""
        if self.duplicate_of:
            return self.duplicate_of.period
        return period_of(self.statement.lines) if self.statement else None

    @property
    def doubtful(self) -> tuple[DoubtfulLine, ...]:
        """The lines of which a person should say whether they are new, account by account."""
        return tuple(line for account in self.accounts for line in account.doubtful)

    def first_rows(self, count: int = 5) -> tuple[StatementLine, ...]:
        return self.statement.lines[:count] if self.statement else ()


def preview_files(
    session: Session,
    caller: Caller,
    company_id: UUID,
    files: Sequence[RawFile],
    *,
    bank_account_id: UUID | None = None,
    layout: Layout | None = None,
    answers: Mapping[str, FileAnswer] | None = None,
) -> list[ImportPreview]:
    """Read each file on its own and sort its lines into new ones and those that the books hold already.

    Files count as imported in the order given, so what two of them share is new in the first one only.

    Args:
        bank_account_id: where the files belong, as a person chose; without it each file tells.
        layout: how the files are written, as a person says.
        answers: the same of single files, by SHA-256; what one says goes before the two above.

    Returns:
        A preview a file, in order. A file that would be refused has the status and the reason; it touches no other.

    Raises:
        NotFound, AccessDenied.
    """
    caller.require(company_id, Action.IMPORT)
    setting = load_setting(session, company_id, {file.digest for file in files})
    assigned: dict[str, AssignedFile] = {}
    for file in files:
        if file.digest not in setting.stored and file.digest not in assigned:
            said = (answers or {}).get(file.digest, FileAnswer())
            owner = said.bank_account_id or bank_account_id
            given = setting.get_candidate(owner) if owner else None
            assigned[file.digest] = assign_file(
                file, setting.candidates, given, said.layout or layout, leave_out_faulty=said.leave_out_faulty
            )
    batch = _Batch(session, company_id, setting, list(assigned.values()), answers or {})
    return [batch.preview(file, assigned.get(file.digest)) for file in files]


class _Batch:
    """The files of one upload, previewed one after the other on one state of the books."""

    def __init__(
        self,
        session: Session,
        company_id: UUID,
        setting: ImportSetting,
        files: Sequence[AssignedFile],
        answers: Mapping[str, FileAnswer],
    ) -> None:
        spans = spans_of(_periods(files))
        self.company_id, self.closed_through_on = company_id, setting.closed_through_on
        # The mark goes first: what is committed in between shows as a change, not as nothing.
        self.mark = read_mark(session, company_id, spans)
        self.known = load_known(session, company_id, spans)
        self.stored, self.answers = dict(setting.stored), answers
        self.before: dict[UUID, set[str]] = {}  # new files so far, a bank account

    def preview(self, file: RawFile, assigned: AssignedFile | None) -> ImportPreview:
        if assigned is None or file.digest in self.stored:
            twin = self.stored[file.digest]
            return ImportPreview(self.company_id, file, PreviewStatus.DUPLICATE, duplicate_of=twin)
        if assigned.error or assigned.statement is None:
            refused = ImportPreview(self.company_id, file, PreviewStatus.REFUSED, assigned.statement)
            return replace(refused, problems=assigned.problems, error=assigned.error)
        return self._sort(file, assigned, assigned.statement)

    def _sort(self, file: RawFile, assigned: AssignedFile, read: Statement) -> ImportPreview:
        said = self.answers.get(file.digest, FileAnswer()).said
        accounts, fresh = sort_file(group_parts(assigned.parts), read, self.known, said)
        preview = ImportPreview(
            company_id=self.company_id,
            file=file,
            status=PreviewStatus.NEW,
            statement=read,
            accounts=accounts,
            problems=(*assigned.problems, *_doubts(accounts)),
            mark=self.mark,
            considered=frozenset(digest for key in fresh for digest in self.before.get(key, ())),
            said=said,
        )
        if locked := first_locked(accounts, self.closed_through_on):
            closed = PeriodClosed(locked, self.closed_through_on or locked)
            return replace(preview, status=PreviewStatus.REFUSED, accounts=(), error=closed)
        for account in accounts:
            key = account.bank_account_id
            self.known[key].add(fresh[key])
            if (period := period_of(account.lines)) and not assigned.has_faulty_rows:
                self.known[key].files.periods.append(period)
            self.before.setdefault(key, set()).add(file.digest)
        self.stored[file.digest] = _as_stored(preview)
        return preview


def _periods(files: Iterable[AssignedFile]) -> list[tuple[UUID, Period]]:
    return [
        (owner.id, period)
        for file in files
        if not file.error
        for owner, account in file.parts
        if (period := period_of(account.lines))
    ]


def _doubts(accounts: Iterable[AccountPreview]) -> list[Problem]:
    """A warning a doubtful line, so that the file's history keeps what was not certain."""
    return [
        Problem(one.row, one.why, Severity.WARNING, one.line.description)
        for account in accounts
        for one in account.doubtful
    ]


def _as_stored(preview: ImportPreview) -> StoredFile:
    return StoredFile(
        id=None,
        name=preview.name,
        bank_account_id=preview.accounts[0].bank_account_id if len(preview.accounts) == 1 else None,
        currency=preview.currency,
        period=preview.period,
        line_count=preview.line_count,
        lines_minor=preview.lines_minor,
        sums=preview.sums,
    )
