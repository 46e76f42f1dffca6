"""What other programs allow in names and texts. Names differ from each other after the change if they did before."""

import re
import unicodedata
from collections.abc import Callable, Iterable
from uuid import UUID

from core.exporting.ledger import EntryLine, LedgerAccount
from core.money import decimal_text

_GAPS = re.compile(r"\s+")


def one_line(text: str) -> str:
    """The text on one line: every run of white space is one space, control signs and broken characters are gone."""
    if text.isprintable() and "  " not in text:  # as nearly all are; printable signs have no white space but spaces
        return text.strip()
    kept = "".join(" " if sign.isspace() else sign for sign in text if sign.isspace() or _is_printed(sign))
    return _GAPS.sub(" ", kept).strip()


def _is_printed(sign: str) -> bool:
    return unicodedata.category(sign) not in ("Cc", "Cs", "Cf", "Cn", "Co")


def amount_with_price(line: EntryLine, base: str) -> str:
    """The amount as beancount and hledger both read it, with what all of it was worth in base currency behind "@@"."""
    amount = f"{decimal_text(line.amount_minor, line.currency)} {line.currency}"
    if line.value_minor is None or not line.amount_minor:
        return amount
    return f"{amount} @@ {decimal_text(abs(line.value_minor), base)} {base}"


def account_names(accounts: Iterable[LedgerAccount], write: Callable[[LedgerAccount], str]) -> dict[UUID, str]:
    """A legal name for each account; where two come out the same, the later one by code gets a number behind it.

    Args:
        write: the legal name of one account, ending in a sign after which "-2" is allowed.
    """
    names: dict[UUID, str] = {}
    taken: set[str] = set()
    for account in accounts:
        plain = name = write(account)
        number = 1
        while name.casefold() in taken:
            number += 1
            name = f"{plain}-{number}"
        taken.add(name.casefold())
        names[account.id] = name
    return names
