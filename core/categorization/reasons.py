"""Why an account is proposed, in words that a bookkeeper can check against the books."""

from collections.abc import Sequence
from datetime import date, timedelta

import numpy as np
from numpy.typing import NDArray

from core.categorization.history import Context, HistoryTables, context_keys
from core.categorization.lines import AccountOption, LineKeys

I32 = NDArray[np.int32]

# The closest evidence first; each is told with the counts behind it.
_OWN = (
    ("text", "lines with this text were booked {count} of {total} times to {account} since {since}"),
    ("counterparty", "booked {count} of {total} times to {account} since {since}"),
    ("vendor", "payees named alike were booked {count} of {total} times to {account} since {since}"),
    ("first", "payees that begin alike were booked {count} of {total} times to {account} since {since}"),
)
_ALWAYS_TOLD = ("text", "counterparty")  # looser likeness is told only where it speaks for the account
_SHARED = ("counterparty", "vendor")


def model_reasons(
    keys: LineKeys, accounts: Sequence[AccountOption], chosen: I32, tables: HistoryTables
) -> NDArray[np.object_]:
    """(n,) the reason for the chosen account (its number, -1 for none) of each of n lines."""
    reason = np.full(len(chosen), "", dtype=object)
    open_rows = chosen >= 0
    for name, words in _OWN:
        context = tables.own[name]
        at = np.where(open_rows, context.find(context_keys(keys, name, shared=False)), -1)
        count = context.counts(at, np.maximum(chosen, 0).astype(np.int32))
        total = context.total[np.maximum(at, 0)] if len(context.total) else count
        told = (count > 0) & ((2 * count >= total) | (name in _ALWAYS_TOLD))
        for row in np.flatnonzero(told).tolist():
            reason[row] = _counted(words, int(count[row]), context, int(at[row]), accounts[chosen[row]])
        open_rows &= ~told
    for name in _SHARED:
        context = tables.shared[name]
        at = np.where(open_rows, context.find(context_keys(keys, name, shared=True)), -1)
        count = context.counts(at, np.maximum(chosen, 0).astype(np.int32))
        for row in np.flatnonzero(count > 0).tolist():
            reason[row] = f"a payee known elsewhere, usually {_named(accounts[chosen[row]])}; new in these books"
        open_rows &= count == 0
    for row in np.flatnonzero(open_rows).tolist():
        reason[row] = f"the wording resembles {_named(accounts[chosen[row]])}; nothing like it was decided here before"
    return reason


def _counted(words: str, count: int, context: Context, at: int, account: AccountOption) -> str:
    since = date(1970, 1, 1) + timedelta(days=int(context.first_day[at]))
    return words.format(count=count, total=int(context.total[at]), account=_named(account), since=f"{since:%B %Y}")


def _named(account: AccountOption) -> str:
    return f"{account.code} {account.name}".strip()
