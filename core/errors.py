"""Every refusal the product can give, one tree.

A refusal is named for the rule that was broken, keeps the facts as attributes, and its message is a
sentence that a bookkeeper can act on. Faults inside data are not refusals: see core.problems.
"""

from datetime import date
from typing import Any


class BookkeepingError(Exception):
    """The operation was refused; nothing of it was stored."""


# --- installation -----------------------------------------------------------------------------


class SettingRefused(BookkeepingError):
    """The installation cannot start with this setting; the message never repeats the value."""

    def __init__(self, name: str, why: str) -> None:
        self.name = name
        super().__init__(f"The setting {name} cannot be used: {why}.")


# --- statements -------------------------------------------------------------------------------


class StatementRefused(BookkeepingError):
    """The file cannot be read with certainty."""


class UnknownFormat(StatementRefused):
    def __init__(self, name: str, why: str = "") -> None:
        self.name = name
        detail = why or "No reader recognises it."
        super().__init__(f"{name} is not a statement that can be read. {detail}")


class AmbiguousStatement(StatementRefused):
    """More than one reading of the file remains; `candidates` lists them in words.

    `layouts`, where present, holds per candidate the answer as stored layout fields: reading the file again with
    `Layout.from_dict(layouts[i])` gives the i-th reading.
    """

    def __init__(
        self, name: str, question: str, candidates: list[str], layouts: list[dict[str, Any]] | None = None
    ) -> None:
        self.name, self.question, self.candidates = name, question, candidates
        self.layouts = layouts or []
        super().__init__(f"{name} can be read in more than one way: {question}")


class InvalidLines(StatementRefused):
    """Rows of the file are faulty; `rows` holds (row number, message)."""

    def __init__(self, name: str, rows: list[tuple[int, str]]) -> None:
        self.name, self.rows = name, rows
        row, message = rows[0]
        more = f" and {len(rows) - 1} more" if len(rows) > 1 else ""
        super().__init__(f"{name}: row {row}: {message}{more}. Correct the file and upload it again.")


class NoTable(StatementRefused):
    """The file holds no table of what it was uploaded for: open items, a trial balance, exchange rates."""

    def __init__(self, name: str, of: str, why: str) -> None:
        self.name, self.of = name, of
        super().__init__(f"{name} holds no table of {of} that can be read. {why}")


class ItemsUnclear(StatementRefused):
    """A table of open items leaves something open that only a person can say; `missing` says what, in words.

    `layout` holds what was found so far as stored fields of an ItemLayout.
    """

    def __init__(self, name: str, missing: list[str], layout: dict[str, Any]) -> None:
        self.name, self.missing, self.layout = name, missing, layout
        super().__init__(f"{name}: say {', and '.join(missing)}.")


class BankAccountUnclear(StatementRefused):
    """Nothing tells for certain whose file it is; `candidates` holds the codes of the bank accounts it may be of."""

    def __init__(self, name: str, why: str, candidates: list[str]) -> None:
        self.name, self.why, self.candidates = name, why, candidates
        what = "Choose one" if candidates else "Add the bank account"
        super().__init__(f"{name}: it is unclear which bank account it belongs to: {why}. {what}, and upload it again.")


class WrongBankAccount(StatementRefused):
    """The file says that it is of something else than the bank account it should go to."""

    def __init__(self, name: str, why: str) -> None:
        self.name, self.why = name, why
        super().__init__(f"{name}: {why}. Choose another bank account.")


class BooksChanged(BookkeepingError):
    """Other lines came in between the preview and storing it, so the preview is not true any more."""

    def __init__(self, name: str) -> None:
        self.name = name
        super().__init__(f"{name}: the books changed since it was previewed. Look at the preview again.")


class ImportInUse(BookkeepingError):
    """An import cannot be taken back because something else rests on it."""

    def __init__(self, name: str, why: str) -> None:
        self.name = name
        super().__init__(f"{name} cannot be taken back: {why}.")


class LineGone(BookkeepingError):
    """The bank line is out of the books already, usually because somebody else was faster."""

    def __init__(self, booked_on: date) -> None:
        self.booked_on = booked_on
        super().__init__(f"The line of {booked_on} is out of the books already; reload the page.")


# --- money and dates --------------------------------------------------------------------------


class InvalidAmount(BookkeepingError):
    def __init__(self, text: str, why: str = "it is not a number") -> None:
        self.text = text
        super().__init__(f"“{text}” cannot be an amount: {why}.")


class CurrencyMismatch(BookkeepingError):
    def __init__(self, left: str, right: str) -> None:
        self.left, self.right = left, right
        super().__init__(f"{left} and {right} cannot be added; convert one of them first.")


# --- access -----------------------------------------------------------------------------------


class AccessDenied(BookkeepingError):
    def __init__(self, action: str, role: str | None) -> None:
        self.action, self.role = action, role
        who = f"as {role} " if role else ""
        super().__init__(f"You may not {action} {who}in this company. Ask an administrator.")


class MayNotFound(BookkeepingError):
    def __init__(self) -> None:
        super().__init__("You may not add companies. Ask an administrator.")


class NotFound(BookkeepingError):
    """Also raised for what exists but is not the caller's to see, so that ids reveal nothing."""

    def __init__(self, what: str, key: str) -> None:
        self.what, self.key = what, key
        place = "that you can see" if what == "company" else "in this company"
        super().__init__(f"There is no {what} {key} {place}.")


class SignInRefused(BookkeepingError):
    def __init__(self) -> None:
        super().__init__("The username or the password is wrong, or the account is locked for a while.")


class WeakPassword(BookkeepingError):
    def __init__(self, why: str) -> None:
        super().__init__(f"Choose another password: {why}.")


class UserOutOfReach(BookkeepingError):
    """Setting a password or switching off reaches into every company of the user."""

    def __init__(self, *, sees_no_company: bool = False) -> None:
        super().__init__(
            "This user sees no company, so no administrator is in charge of them."
            if sees_no_company
            else "This user also works for companies that you do not administer. Ask their administrators."
        )


class AlreadyTaken(BookkeepingError):
    def __init__(self, what: str, value: str) -> None:
        self.what, self.value = what, value
        super().__init__(f"The {what} “{value}” is taken. Choose another.")


class InvalidInput(BookkeepingError):
    """A value that a person typed cannot be used."""


class AliasRefused(InvalidInput):
    """A counterparty cannot be called so."""

    def __init__(self, name: str, why: str) -> None:
        self.name, self.why = name, why
        super().__init__(f"“{name}” cannot be the name: {why}.")


class LayoutRefused(InvalidInput):
    """A layout drawn by hand, or come as a file, cannot read anything; the sentence says what is missing in it."""


class UnknownSector(InvalidInput):
    """There is no chart of accounts for that kind of business."""

    def __init__(self, sector: str, known: list[str]) -> None:
        self.sector, self.known = sector, known
        super().__init__(f"There is no chart of accounts for “{sector}”. Choose one of: {', '.join(known)}.")


# --- books ------------------------------------------------------------------------------------


class UnbalancedEntry(BookkeepingError):
    def __init__(self, difference_minor: int, currency: str) -> None:
        self.difference_minor, self.currency = difference_minor, currency
        super().__init__(
            f"The lines of the entry differ by {difference_minor} minor units of {currency}; they must sum to zero."
        )


class RateMissing(BookkeepingError):
    """An entry in another currency cannot be posted: no rate of its day is known."""

    def __init__(self, currency: str, day: date, most_days: int) -> None:
        self.currency, self.day = currency, day
        super().__init__(
            f"No exchange rate for {currency} is known for {day}, nor for the {most_days} days before. "
            "Enter one under Settings, then post again."
        )


class ExchangeAccountMissing(BookkeepingError):
    """An exchange gain or loss has nowhere to go."""

    def __init__(self) -> None:
        super().__init__("Name the account for exchange gains and losses under Settings, then post again.")


class TrialBalanceUneven(BookkeepingError):
    """Debits and credits of a trial balance are not the same; the amounts come as text with their currency."""

    def __init__(self, debit: str, credit: str, difference: str, currency: str) -> None:
        self.debit, self.credit, self.difference, self.currency = debit, credit, difference, currency
        super().__init__(
            f"The trial balance does not balance: {debit} debit and {credit} credit differ by {difference} {currency}. "
            "Correct the file and upload it again."
        )


class OpeningRefused(BookkeepingError):
    """Opening balances cannot be booked; the sentence says why."""


class PeriodClosed(BookkeepingError):
    def __init__(self, booked_on: date, closed_through: date) -> None:
        self.booked_on, self.closed_through = booked_on, closed_through
        super().__init__(f"{booked_on} falls in a period closed through {closed_through}.")


class PeriodNotReady(BookkeepingError):
    """A period cannot be closed; `blockers` says what stands in the way."""

    def __init__(self, blockers: list[str]) -> None:
        self.blockers = blockers
        super().__init__("The period cannot be closed yet: " + "; ".join(blockers) + ".")


class EntryNotOpen(BookkeepingError):
    """The entry is not in the state the operation needs, usually because somebody else was faster."""

    def __init__(self, entry: str, status: str) -> None:
        self.entry, self.status = entry, status
        super().__init__(f"Entry {entry} is {status} already; reload the queue.")


class ReReviewDecided(BookkeepingError):
    """Somebody decided on the drawn entry in the meantime, in the re-review or elsewhere."""

    def __init__(self) -> None:
        super().__init__("This line was decided on in the meantime; go on with the next one.")


class NoAccountChosen(BookkeepingError):
    """The entry stands on the suspense account, so there is nothing yet to approve."""

    def __init__(self, entry: str) -> None:
        self.entry = entry
        super().__init__(f"Entry {entry} has no account yet. Choose one, and it is booked to that.")


class SecondPersonNeeded(BookkeepingError):
    """The caller prepared these lines, and they are above the company's limit for one person."""

    def __init__(self, count: int) -> None:
        self.count = count
        lines, them = ("This line waits", "it") if count == 1 else (f"These {count:,} lines wait", "them")
        super().__init__(
            f"{lines} for a second pair of eyes: you prepared {them}, so someone else has to approve {them}. "
            "Undo takes back what you prepared."
        )


class AccountNotBookable(BookkeepingError):
    """A bank line cannot be booked to this account."""

    def __init__(self, account: str, why: str) -> None:
        self.account, self.why = account, why
        super().__init__(f"{account} cannot take the line: {why}.")


class AttachmentRefused(BookkeepingError):
    """A file cannot be kept as evidence of a bank line."""

    def __init__(self, name: str, why: str) -> None:
        self.name, self.why = name, why
        super().__init__(f"{name} cannot be attached: {why}.")


class DecisionTakenBack(BookkeepingError):
    """The decision is not in force any more: taken back already, or replaced by a later one."""

    def __init__(self) -> None:
        super().__init__("This decision was taken back or replaced already; reload the page.")


class QuestionNotOpen(BookkeepingError):
    """What was said is not open any more: answered, or taken back, usually because somebody else was faster."""

    def __init__(self) -> None:
        super().__init__("This was answered or taken back already; reload the page.")


class ProofFails(BookkeepingError):
    """A statement cannot be closed; `reasons` says what stands in the way."""

    def __init__(self, reasons: list[str]) -> None:
        self.reasons = reasons
        super().__init__("The statement cannot be closed yet: " + "; ".join(reasons) + ".")


class StatementClosed(BookkeepingError):
    """Something of a closed statement would change."""

    def __init__(self, first_on: date, last_on: date) -> None:
        self.first_on, self.last_on = first_on, last_on
        super().__init__(f"The statement of {first_on} to {last_on} is closed. Ask a manager to reopen it first.")


class StatementNotClosed(BookkeepingError):
    def __init__(self, first_on: date, last_on: date) -> None:
        self.first_on, self.last_on = first_on, last_on
        super().__init__(f"The statement of {first_on} to {last_on} is open already.")


class ItemNotOpen(BookkeepingError):
    """An open item cannot be changed or removed: it is paid, matched or removed already."""

    def __init__(self, number: str, why: str) -> None:
        self.number, self.why = number, why
        super().__init__(f"{number} cannot be changed: {why}.")


class MatchNotOpen(BookkeepingError):
    """The match is not in the state the operation needs, usually because somebody else was faster."""

    def __init__(self, status: str) -> None:
        self.status = status
        super().__init__(f"This match is {status} already; reload the page.")


class MatchRefused(BookkeepingError):
    """These lines and items cannot be matched with each other."""

    def __init__(self, why: str) -> None:
        super().__init__(f"These cannot be matched: {why}.")


# --- categorising -----------------------------------------------------------------------------


class ModelChanged(BookkeepingError):
    """Another model was put to use while this one was trained and compared."""

    def __init__(self) -> None:
        super().__init__("Another model was put to use in the meantime, so the comparison does not count. Train again.")


class UnreadableModel(BookkeepingError):
    """A stored model is damaged or from another version of the program."""

    def __init__(self, why: str) -> None:
        super().__init__(f"The stored model cannot be read ({why}). Train it again; until then the starter is used.")
