"""Storing what was previewed: each file all or nothing, none touching another."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from itertools import compress
from operator import attrgetter
from typing import Any
from uuid import UUID, uuid4

from sqlmodel import Session

from core.access.audit import rows_digest
from core.access.roles import Action, Caller
from core.errors import BookkeepingError, BooksChanged, NotFound, PeriodClosed
from core.ingestion.account_choice import same_layout
from core.ingestion.account_preview import AccountPreview, first_locked, period_of, sort_file, sums_of
from core.ingestion.evidence import keep_file, original_bytes, plain_name, record_file, storable
from core.ingestion.import_setting import ImportSetting, StoredFile, load_setting
from core.ingestion.known_lines import BooksMark, load_known, read_mark, spans_of
from core.ingestion.previewing import ImportPreview, PreviewStatus
from core.ingestion.progress import Progress, Stage, TellProgress, tell_nobody
from core.ingestion.receipts import ImportReceipt
from core.ingestion.reverting import revert_import
from core.ingestion.statement import AccountStatement, Statement
from core.period import Period
from core.posting.writing import new_keys
from core.storage import WriteColumns
from models import FileKind, FileStatus, Layout, Reconciliation, ReconciliationStatus, Transaction

__all__ = ["original_bytes", "revert_import", "store_previews"]


def store_previews(
    session: Session,
    caller: Caller,
    company_id: UUID,
    previews: Sequence[ImportPreview],
    *,
    write: WriteColumns,
    now: datetime,
    tell: TellProgress = tell_nobody,
) -> list[ImportReceipt]:
    """Store exactly what was previewed, a savepoint a file.

    Where lines came in or were taken back since the preview, or a file previewed before is not stored along, the
    file is sorted again: a different outcome is refused (BooksChanged), never stored. `tell` is called as the turn of
    each file comes; nothing of it holds before the unit of work ends.

    Returns:
        A receipt a file, in order. Refused files and duplicates are kept in the history, too, with their bytes.

    Raises:
        NotFound: a preview is of another company. AccessDenied.
    """
    caller.require(company_id, Action.IMPORT)
    if any(preview.company_id != company_id for preview in previews):
        raise NotFound("preview", "of another company")
    setting = load_setting(session, company_id, {preview.digest for preview in previews}, lock=True)
    storing = _Storing(session, caller, company_id, setting, write, now)
    storing.compare_marks(previews)
    receipts = []
    for number, preview in enumerate(previews, 1):
        tell(Progress(Stage.STORE, preview.name, number, len(previews)))
        receipts.append(storing.store(preview))
    return receipts


class _Storing:
    """One call of store_previews: the state of the books as it goes along."""

    def __init__(
        self,
        session: Session,
        caller: Caller,
        company_id: UUID,
        setting: ImportSetting,
        write: WriteColumns,
        now: datetime,
    ) -> None:
        self.session, self.caller, self.company_id = session, caller, company_id
        self.setting, self.write = setting, write
        # Who counts on whose lines shows from the order of the files, whatever the clocks of two people say.
        self.now = max(now, setting.last_upload_at or now)
        self.stored = dict(setting.stored)
        self.touched: dict[UUID, set[str]] = {}  # SHA-256 of the files stored in this call, a bank account
        self.layouts: dict[UUID, dict[str, Any]] = {}  # saved in this call
        self.unchanged: set[BooksMark] = set()

    def compare_marks(self, previews: Sequence[ImportPreview]) -> None:
        """Find out once, before anything is stored, on which previews' state of the books nothing has changed."""
        marks = {preview.mark for preview in previews if preview.mark}
        self.unchanged = {mark for mark in marks if read_mark(self.session, self.company_id, mark.spans) == mark}

    def store(self, preview: ImportPreview) -> ImportReceipt:
        self.now += timedelta(microseconds=1)  # keeps the order of the files in the history
        if preview.status is not PreviewStatus.REFUSED and preview.digest in self.stored:
            return self._keep(preview, _duplicate(preview, self.stored[preview.digest]))
        try:
            if preview.error:
                raise preview.error
            with self.session.begin_nested():
                receipt = self._store_new(preview)
        except BookkeepingError as error:
            return self._keep(preview, _refused(preview, error))
        for key in receipt.bank_account_ids:
            self.touched.setdefault(key, set()).add(preview.digest)
        self.stored[preview.digest] = _as_stored(receipt)
        return receipt

    def _keep(self, preview: ImportPreview, receipt: ImportReceipt) -> ImportReceipt:
        """The history of what was not stored."""
        facts = _file_facts(preview.statement) if preview.statement else {}
        self._write_file(preview, receipt, facts)
        record_file(self.session, self.caller, self.company_id, preview.file, receipt, now=self.now)
        return receipt

    def _store_new(self, preview: ImportPreview) -> ImportReceipt:
        read = preview.statement
        if read is None or preview.status is PreviewStatus.DUPLICATE:
            raise BooksChanged(preview.name)  # the file that it was a duplicate of is not in the books
        accounts = preview.accounts if self._holds_still(preview) else self._sorted_again(preview, read)
        if locked := first_locked(accounts, self.setting.closed_through_on):
            raise PeriodClosed(locked, self.setting.closed_through_on or locked)
        receipt = _receipt(preview, accounts)
        self._write_file(preview, receipt, _file_facts(read))
        keys = [self._write_account(receipt.file_id, account, read) for account in accounts]
        digest = rows_digest(
            column
            for account, ids in zip(accounts, keys, strict=True)
            for column in (
                [key.hex for key in ids],
                [mark for mark in account.fingerprints if mark],
                [line.amount_minor for line in account.new_lines],
            )
        )
        record_file(self.session, self.caller, self.company_id, preview.file, receipt, rows_digest=digest, now=self.now)
        return receipt

    def _holds_still(self, preview: ImportPreview) -> bool:
        """Whether the books, and the files stored before this one, are those that the preview rests on."""
        before: set[str] = set()
        for account in preview.accounts:
            self.setting.get_candidate(account.bank_account_id)
            before |= self.touched.get(account.bank_account_id, set())
        return preview.mark in self.unchanged and before == preview.considered

    def _sorted_again(self, preview: ImportPreview, read: Statement) -> tuple[AccountPreview, ...]:
        """The lines sorted on the books as they are now. Raises BooksChanged where that gives another outcome."""
        parts = [(self.setting.get_candidate(one.bank_account_id), one.statements) for one in preview.accounts]
        periods = [(one.bank_account_id, period) for one in preview.accounts if (period := period_of(one.lines))]
        known = load_known(self.session, self.company_id, spans_of(periods))
        accounts, _ = sort_file(parts, read, known, preview.said)
        if [_outcome(one) for one in accounts] != [_outcome(one) for one in preview.accounts]:
            raise BooksChanged(preview.name)
        return accounts

    def _write_file(self, preview: ImportPreview, receipt: ImportReceipt, facts: dict[str, Any]) -> None:
        keep_file(
            self.session, self.caller, self.company_id, preview.file, receipt, kind=FileKind.STATEMENT,
            problems=preview.problems, facts=facts, write=self.write, now=self.now,
        )  # fmt: skip

    def _write_account(self, file_id: UUID, account: AccountPreview, read: Statement) -> list[UUID]:
        """Write the new lines, the statements to be proved and the layout; returns the lines' keys."""
        # In order, since the database files rows by their keys; it makes a large import a third faster.
        keys = sorted(new_keys(account.new_count), key=attrgetter("int"))
        self.write(self.session, Transaction, _line_columns(self.company_id, file_id, account, keys))
        proofs = [(one, period) for one in account.statements if (period := period_of(one.lines))]
        columns = _proof_columns(self.company_id, file_id, account.bank_account_id, proofs)
        self.write(self.session, Reconciliation, columns)
        saved = self.layouts.get(account.bank_account_id, {})
        if account.saves_layout and not same_layout(read.layout, saved):
            self.layouts[account.bank_account_id] = read.layout
            layout = {
                "id": uuid4(),
                "company_id": self.company_id,
                "bank_account_id": account.bank_account_id,
                "definition": read.layout,
                "saved_by": self.caller.user_id,
                "saved_at": self.now,
            }
            self.write(self.session, Layout, {name: [value] for name, value in layout.items()})
        return keys


def _outcome(account: AccountPreview) -> tuple[tuple[bool, ...], list[tuple[int, bool]]]:
    """What a person saw of an account's lines: which count as new, and which were shown as doubtful."""
    return account.is_new, [(doubtful.row, doubtful.is_new) for doubtful in account.doubtful]


def _line_columns(
    company_id: UUID, file_id: UUID, account: AccountPreview, keys: Sequence[UUID]
) -> dict[str, Sequence[Any]]:
    """The new lines of one bank account as columns of the table."""
    lines = account.new_lines
    count = len(lines)
    return {
        "id": keys,
        "company_id": [company_id] * count,
        "bank_account_id": [account.bank_account_id] * count,
        "statement_file_id": [file_id] * count,
        "row": [line.row for line in lines],
        "booked_on": [line.booked_on for line in lines],
        "value_on": [line.value_on for line in lines],
        "amount_minor": [line.amount_minor for line in lines],
        "currency": [account.currency] * count,
        "description": storable([line.description for line in lines]),
        "counterparty": storable(list(compress(account.counterparties, account.is_new))),
        "reference": storable([line.reference for line in lines]),
        "bank_id": storable([line.bank_id for line in lines]),
        "balance_minor": [line.balance_minor for line in lines],
        "fingerprint": [mark for mark in account.fingerprints if mark],
    }


def _proof_columns(
    company_id: UUID, file_id: UUID, bank_account_id: UUID, proofs: Sequence[tuple[AccountStatement, Period]]
) -> dict[str, Sequence[Any]]:
    """The statements as they are to be proved: all their lines count, those that other files brought included."""
    count = len(proofs)
    return {
        "id": new_keys(count),
        "company_id": [company_id] * count,
        "bank_account_id": [bank_account_id] * count,
        "statement_file_id": [file_id] * count,
        "first_on": [period.first_on for _, period in proofs],
        "last_on": [period.last_on for _, period in proofs],
        "opening_minor": [statement.opening_minor for statement, _ in proofs],
        "closing_minor": [statement.closing_minor for statement, _ in proofs],
        "lines_minor": [statement.sum_minor for statement, _ in proofs],
        "line_count": [len(statement.lines) for statement, _ in proofs],
        "status": [ReconciliationStatus.OPEN] * count,
    }


def _file_facts(read: Statement) -> dict[str, Any]:
    only = read.accounts[0] if len(read.accounts) == 1 else None
    return {
        "format": read.format,
        "layout": read.layout,
        "opening_minor": only.opening_minor if only else None,
        "closing_minor": only.closing_minor if only else None,
    }


def _receipt(preview: ImportPreview, accounts: Sequence[AccountPreview]) -> ImportReceipt:
    """New and duplicate lines are those of the columns that are written, the lines those of the file as read."""
    return ImportReceipt(
        file_id=uuid4(),
        name=plain_name(preview.name),
        status=FileStatus.STORED,
        sums=sums_of(accounts, preview.faulty_count),
        line_count=preview.line_count,
        period=preview.period,
    )


def _duplicate(preview: ImportPreview, twin: StoredFile) -> ImportReceipt:
    return ImportReceipt(
        file_id=uuid4(),
        name=plain_name(preview.name),
        status=FileStatus.DUPLICATE,
        sums=tuple(one.as_duplicate() for one in twin.sums),
        line_count=twin.line_count,
        period=twin.period,
    )


def _refused(preview: ImportPreview, error: BookkeepingError) -> ImportReceipt:
    return ImportReceipt(
        file_id=uuid4(),
        name=plain_name(preview.name),
        status=FileStatus.REFUSED,
        sums=tuple(one.as_refused() for one in preview.sums),
        line_count=preview.line_count,
        period=preview.period,
        error=error,
    )


def _as_stored(receipt: ImportReceipt) -> StoredFile:
    """For a file of the same upload with the same bytes."""
    only = receipt.bank_account_ids[0] if len(receipt.bank_account_ids) == 1 else None
    return StoredFile(
        id=receipt.file_id,
        name=receipt.name,
        bank_account_id=only,
        currency=receipt.currency,
        period=receipt.period,
        line_count=receipt.line_count,
        lines_minor=receipt.lines_minor,
        sums=receipt.sums,
    )
