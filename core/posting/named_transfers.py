"""Own transfers of which one side is in the books: the text speaks of a transfer and names another own account, whose
statement has not come that far. They go to the clearing account, where matching finds them once the other side arrives.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

import numpy as np
from sqlalchemy import and_, func, select
from sqlmodel import Session, col

from core.categorization.lines import AccountOption
from core.categorization.policy import Policy, decide
from core.matching.candidates import TRANSFER_DAYS
from core.matching.texts import account_tails, speaks_of_transfer
from core.posting.bookings import Bookings, UnbookedLines
from models import AccountRole, BankAccount, Method, Transaction

_TAIL = re.compile(r"\d{4}(?=\D*$)")
_WORD = re.compile(r"[^\W\d_]+")
_KINDS_OF_ACCOUNT = re.compile(
    r"ACCOUNT|BALANCE|BANK|BUSINESS|CARD|CASH|CHECKING|CREDIT|CURRENT|DEBIT|FIRM|MAIN|MARKET|MASTERCARD|MONEY|OFFICE"
    r"|ONLINE|OPERATING|PAYROLL|PETTY|RESERVE|SAVINGS|TAX|VISA"
)
_MOVED = re.compile(r"\b(?:TRANSFERS?|TRF|TFR|XFER|XFR|PAYOUT)\b")  # beside a name, which others may have too
_PAYMENT = re.compile(r"\b(?:PAYMENT|PYMT|PMT)\b")
# What such a text is trusted with until audits say otherwise; like a rule's, a stated assumption.
CONFIDENCE = 0.99


@dataclass(frozen=True, slots=True)
class OwnAccount:
    """What bank texts may call a bank account: the last four digits of its number, those its name ends with, and its
    name where that says more than which kind of account it is (Stripe, PayPal).

    `known_until` is the day of its last line; None where it has none.
    """

    id: UUID
    code: str
    name: str
    tails: frozenset[str]
    known_until: date | None

    @property
    def words(self) -> frozenset[str]:
        """The words of its name, in upper case; none where they only say which kind of account it is."""
        words = frozenset(_WORD.findall(self.name.upper()))
        return frozenset() if all(map(_KINDS_OF_ACCOUNT.fullmatch, words)) else words


def own_bank_accounts(session: Session, company_id: UUID) -> list[OwnAccount]:
    """The company's bank accounts, by code. The caller's access is checked already."""
    live = and_(col(Transaction.bank_account_id) == col(BankAccount.id), col(Transaction.reverted_at).is_(None))
    rows = session.execute(
        select(
            col(BankAccount.id), col(BankAccount.code), col(BankAccount.name), col(BankAccount.number),
            func.max(col(Transaction.booked_on)),
        )
        .outerjoin(Transaction, live)
        .where(col(BankAccount.company_id) == company_id)
        .group_by(col(BankAccount.id), col(BankAccount.code), col(BankAccount.name), col(BankAccount.number))
        .order_by(col(BankAccount.code))
    )  # fmt: skip
    return [
        OwnAccount(
            key, code, name,
            frozenset(found.group() for text in (number, name) if (found := _TAIL.search(text))), until,
        )
        for key, code, name, number, until in rows
    ]  # fmt: skip


def book_named_transfers(
    bookings: Bookings,
    lines: UnbookedLines,
    rows: Sequence[int],
    own: Sequence[OwnAccount],
    *,
    accounts: Sequence[AccountOption],
    policy: Policy,
) -> None:
    """Send such lines among these to the clearing account, by method match and held against the policy.

    What a rule decides or a suggested match waits for is left alone.
    """
    if len(own) < 2:
        return
    clearing = next(option for option in accounts if option.role == AccountRole.TRANSFER_CLEARING)
    named: dict[int, OwnAccount] = {}
    for i in rows:
        if bookings.method[i] is Method.RULE or bookings.match_id[i] is not None:
            continue
        if (other := _named(lines.description[i], lines.bank_account[i], own)) and _not_there_yet(other, lines, i):
            named[i] = other
    held = decide(
        policy,
        confidence=np.full(len(named), CONFIDENCE),
        amount_minor=np.array([lines.amount_minor[i] for i in named], np.int64),
        role=np.full(len(named), clearing.role, object),
        code=np.full(len(named), clearing.code, object),
        named_or_seen=np.ones(len(named), np.bool_),
        has_basis=np.ones(len(named), np.bool_),
        method=np.full(len(named), str(Method.MATCH), object),
        standing=np.ones(len(named), np.bool_),  # the money stays in the company; clearing shows it until it arrives
    )
    for (i, other), auto, hold in zip(named.items(), held.auto.tolist(), held.reason.tolist(), strict=True):
        bookings.account_id[i], bookings.method[i] = UUID(clearing.key), Method.MATCH
        bookings.confidence[i], bookings.model_version_id[i] = CONFIDENCE, None
        bookings.auto[i], bookings.hold_reason[i] = auto, hold
        bookings.reason[i] = f"own transfer: the text names {other.name}, where the other side has not arrived yet"


def _named(text: str, code: str, own: Sequence[OwnAccount]) -> OwnAccount | None:
    """The other own account that the text names, if it speaks of a transfer and names exactly one: by the end of its
    number, or as the first words of the text by its name."""
    if said := account_tails(text):
        others = [one for one in own if one.code != code and one.tails & said]
        return others[0] if len(others) == 1 and _moves_money(text) else None
    words = _WORD.findall(text.upper())
    others = [one for one in own if one.code != code and one.words and one.words == set(words[: len(one.words)])]
    return others[0] if len(others) == 1 and _MOVED.search(text.upper()) else None


def _moves_money(text: str) -> bool:
    """Beside the end of an own account's number a payment is one to that account."""
    return speaks_of_transfer(text) or bool(_PAYMENT.search(text.upper()))


def _not_there_yet(other: OwnAccount, lines: UnbookedLines, i: int) -> bool:
    return other.known_until is None or other.known_until < lines.booked_on[i] + timedelta(days=TRANSFER_DAYS)
