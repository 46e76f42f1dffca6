"""To which bank account a statement belongs: by its number, by the file's name, by what alone fits, by its layout."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from core.errors import BankAccountUnclear, WrongBankAccount
from core.ingestion.layout import Layout
from core.ingestion.statement import AccountStatement, Statement

_SHORTEST_TAIL = 4  # digits that banks show of a masked number
_LETTER_TO_DIGIT = re.compile(r"(?<=[A-Za-z])(?=[0-9])|(?<=[0-9])(?=[A-Za-z])")
_YEAR = re.compile(r"(?:19|20)\d\d")  # four digits that stand in a file's name for another reason
_NOT_A_LAYOUT = ("newest_first", "header_row", "encoding")  # what may differ from file to file of one layout


@dataclass(frozen=True, slots=True)
class Candidate:
    """A bank account as far as choosing needs it; `layouts` are its saved definitions, the newest first."""

    id: UUID
    code: str
    name: str
    number: str
    currency: str
    layouts: tuple[dict[str, Any], ...] = ()

    @property
    def layout(self) -> Layout | None:
        return Layout.from_dict(self.layouts[0]) if self.layouts else None


def guess_account(file_name: str, candidates: Sequence[Candidate]) -> Candidate | None:
    """The account that a file probably belongs to before it is read: the only one, or the one its name names."""
    if len(candidates) == 1:
        return candidates[0]
    return _named(file_name, candidates)


def choose_account(
    file_name: str,
    statement: Statement,
    account: AccountStatement,
    candidates: Sequence[Candidate],
    given: Candidate | None = None,
) -> Candidate:
    """The bank account of one account statement.

    A number in the file decides; then what a person chose (`given`); then the number or code in the file's name; then
    the only account in the statement's currency; then the only account that had this layout before.

    Raises:
        WrongBankAccount: a person chose one, but the file is of another of the company's accounts.
        BankAccountUnclear: several accounts remain, or none; the candidates are named.
    """
    numbered = _numbered(account.account_number, candidates)
    if given:
        if len(statement.accounts) > 1 and len(numbered) == 1:
            return numbered[0]
        if len(numbered) == 1 and numbered[0].id != given.id:
            why = f"the file is of account {account.account_number}, which is {numbered[0].name}, not {given.name}"
            raise WrongBankAccount(file_name, why)
        return given
    if len(numbered) == 1:
        return numbered[0]
    fitting = [one for one in numbered or candidates if not account.currency or one.currency == account.currency]
    if account.account_number and not numbered:
        fitting = [one for one in fitting if not one.number]
    if not fitting:
        raise BankAccountUnclear(file_name, _why_none(account, candidates), [])
    if named := _named(file_name, fitting):
        return named
    if len(fitting) == 1:
        return fitting[0]
    alike = [one for one in fitting if any(same_layout(statement.layout, saved) for saved in one.layouts)]
    if len(alike) == 1:
        return alike[0]
    raise BankAccountUnclear(
        file_name, "it may be " + " or ".join(one.name for one in fitting), [one.code for one in fitting]
    )


def same_layout(read: dict[str, Any], saved: dict[str, Any]) -> bool:
    """Whether a file was read by the same columns and rules as a saved layout; formats without columns never are."""
    if not read.get("positions"):
        return False
    return all(read.get(key) == saved.get(key) for key in read if key not in _NOT_A_LAYOUT)


def _numbered(stated: str, candidates: Sequence[Candidate]) -> list[Candidate]:
    """The accounts with this number; a masked or shortened one fits by its last digits."""
    wanted = _plain(stated)
    if not wanted:
        return []
    exact = [one for one in candidates if _plain(one.number) == wanted]
    return exact or [one for one in candidates if _same_tail(_plain(one.number), wanted)]


def same_number(left: str, right: str) -> bool:
    """Whether two ways of writing an account number may mean the same one."""
    return _plain(left) == _plain(right) or _same_tail(_plain(left), _plain(right))


def _same_tail(left: str, right: str) -> bool:
    shorter, longer = sorted((left, right), key=len)
    return len(shorter) >= _SHORTEST_TAIL and longer.endswith(shorter)


def _plain(number: str) -> str:
    """Letters and digits after the last sign that masks what is before it: `XXXX-XXXX-1234` is 1234."""
    signs = re.sub(r"[\s.\-_/]", "", number).upper()
    return re.sub(r"[^0-9A-Z]", "", re.split(r"[*•#?]+|X{2,}", signs)[-1])


def _named(file_name: str, candidates: Sequence[Candidate]) -> Candidate | None:
    """The one account whose number, its last digits, or else whose code is a word of the file's name."""
    # Also with letters and digits taken apart: banks write Chase4821_Activity.csv.
    words = _words(file_name) + _words(_LETTER_TO_DIGIT.sub(" ", file_name))
    for name_of in (_number_name, _tail_name, _code_name):
        found = [one for one in candidates if (name := name_of(one)) and f" {name} " in words]
        if len(found) == 1:
            return found[0]
    return None


def _number_name(one: Candidate) -> str:
    name = _words(one.number).strip()
    return "" if _YEAR.fullmatch(name) else name


def _tail_name(one: Candidate) -> str:
    tail = _plain(one.number)[-_SHORTEST_TAIL:].lower()
    return tail if len(tail) == _SHORTEST_TAIL and tail.isdigit() and not _YEAR.fullmatch(tail) else ""


def _code_name(one: Candidate) -> str:
    return _words(one.code).strip()


def _words(text: str) -> str:
    return f" {' '.join(re.findall('[0-9a-z]+', text.lower()))} "


def _why_none(account: AccountStatement, candidates: Sequence[Candidate]) -> str:
    if not candidates:
        return "the company has no bank account yet"
    if account.account_number:
        return f"no bank account has the number {account.account_number}"
    return f"it is in {account.currency}, and no bank account is"
