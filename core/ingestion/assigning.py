"""One file on its own: read it and find the bank account of each of its statements."""

from collections.abc import Sequence
from dataclasses import dataclass

from core.errors import AmbiguousStatement, BankAccountUnclear, BookkeepingError, InvalidLines, WrongBankAccount
from core.ingestion.account_choice import Candidate, choose_account, guess_account, same_layout, same_number
from core.ingestion.layout import Layout
from core.ingestion.raw_file import RawFile
from core.ingestion.reading import read_statement
from core.ingestion.statement import AccountStatement, Statement
from core.money import MINOR_MAX, minor_digits
from core.problems import Problem, Severity

Part = tuple[Candidate, AccountStatement]
_DIGITS_READ = minor_digits("")  # of amounts that were read before their currency was known


@dataclass(frozen=True)
class AssignedFile:
    """A file as read, with the bank account of each account statement in its order.

    `error` says why it cannot be imported; what was read until then is there all the same, for a person to look at.
    """

    file: RawFile
    statement: Statement | None = None
    parts: tuple[Part, ...] = ()
    problems: tuple[Problem, ...] = ()
    error: BookkeepingError | None = None

    @property
    def has_faulty_rows(self) -> bool:
        return any(problem.severity is Severity.ERROR for problem in self.problems)


def assign_file(
    file: RawFile,
    candidates: Sequence[Candidate],
    given: Candidate | None = None,
    layout: Layout | None = None,
    *,
    leave_out_faulty: bool = False,
) -> AssignedFile:
    """Read a file by the layout saved for its bank account, else by detection, and say where its lines belong.

    Args:
        candidates: the company's active bank accounts.
        given: the one that a person chose.
        layout: how a person says that the file is written, whole or in part; it goes before what is saved.
        leave_out_faulty: a person lets the file be stored without the rows that cannot be read.

    Returns:
        Never raises a refusal: a file that cannot be read or placed comes back with `error`.
    """
    guess = given or guess_account(file.name, candidates)
    currency = guess.currency if guess else _common_currency(candidates)
    statement: Statement | None = None
    try:
        statement = _read(file, guess, currency, layout, candidates)
        parts = _place(file, statement, candidates, given)
        owner = parts[0][0]
        misread = owner.currency != currency or (guess is not None and guess.id != owner.id)
        if misread and len({one.id for one, _ in parts}) == 1:
            statement = _read(file, owner, owner.currency, layout, ())
            parts = _place(file, statement, candidates, given)
        _check(file, parts)
    except BookkeepingError as error:
        if statement is None:
            return AssignedFile(file, None, (), _problems_of(error), error)
        # Faulty rows go first: no answer to the question of the account would make the file storable.
        faulty = None if leave_out_faulty else _faulty_rows(file, statement)
        return AssignedFile(file, statement, (), statement.problems, faulty or error)
    problems = (*statement.problems, *_numbers_that_differ(parts))
    faulty = None if leave_out_faulty and statement.lines else _faulty_rows(file, statement)
    return AssignedFile(file, statement, parts, problems, faulty)


def _common_currency(candidates: Sequence[Candidate]) -> str:
    currencies = {one.currency for one in candidates}
    return currencies.pop() if len(currencies) == 1 else ""


def _read(
    file: RawFile, owner: Candidate | None, currency: str, layout: Layout | None, others: Sequence[Candidate]
) -> Statement:
    """Read for an account, or for none yet: then a layout saved for any may settle what the file leaves open."""
    try:
        return read_statement(file, layout or (owner.layout if owner else None), currency)
    except AmbiguousStatement:
        settled = [] if owner or layout else _readings_by_saved_layouts(file, others, currency)
        if len(settled) != 1:
            raise
        return settled[0]


def _readings_by_saved_layouts(file: RawFile, candidates: Sequence[Candidate], currency: str) -> list[Statement]:
    """The different readings that saved layouts give which the file follows."""
    readings: list[Statement] = []
    for saved in (saved for candidate in candidates for saved in candidate.layouts):
        try:
            read = read_statement(file, Layout.from_dict(saved), currency)
        except BookkeepingError:
            continue
        if same_layout(read.layout, saved) and all(read.accounts != other.accounts for other in readings):
            readings.append(read)
    return readings


def _place(
    file: RawFile, statement: Statement, candidates: Sequence[Candidate], given: Candidate | None
) -> tuple[Part, ...]:
    owners = [choose_account(file.name, statement, account, candidates, given) for account in statement.accounts]
    return tuple(zip(owners, statement.accounts, strict=True))


def _check(file: RawFile, parts: tuple[Part, ...]) -> None:
    """Raises WrongBankAccount, BankAccountUnclear or InvalidLines for what cannot go into the chosen accounts."""
    numbers: dict[object, str] = {}
    for owner, account in parts:
        unread = not account.currency and minor_digits(owner.currency) != _DIGITS_READ
        if unread or account.currency not in ("", owner.currency):
            stated = account.currency or "an unknown currency"
            raise WrongBankAccount(file.name, f"its lines are in {stated}, but {owner.name} holds {owner.currency}")
        if not same_number(numbers.setdefault(owner.id, account.account_number), account.account_number):
            why = f"it holds several, and {numbers[owner.id]} and {account.account_number} cannot both be {owner.name}"
            raise BankAccountUnclear(file.name, why, [])
    amounts = [line for _, account in parts for line in account.lines]
    if sum(abs(line.amount_minor) for line in amounts) > MINOR_MAX:
        largest = max(amounts, key=lambda line: abs(line.amount_minor))
        raise InvalidLines(file.name, [(largest.row, "the amounts are too large to be added up")])


def _numbers_that_differ(parts: tuple[Part, ...]) -> list[Problem]:
    return [
        Problem(
            0, f"The file is of account {account.account_number}; {owner.name} has {owner.number}.", Severity.WARNING
        )
        for owner, account in parts
        if owner.number and account.account_number and not same_number(owner.number, account.account_number)
    ]


def _faulty_rows(file: RawFile, statement: Statement) -> InvalidLines | None:
    faulty = [(problem.row, problem.message) for problem in statement.problems if problem.severity is Severity.ERROR]
    return InvalidLines(file.name, faulty) if faulty else None


def _problems_of(error: BookkeepingError) -> tuple[Problem, ...]:
    rows = error.rows if isinstance(error, InvalidLines) else []
    return tuple(Problem(row, message, Severity.ERROR) for row, message in rows)
