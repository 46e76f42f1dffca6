"""Why an account is proposed, in words that a bookkeeper can check against the books."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta

import numpy as np
from numpy.typing import NDArray

from core.categorization.history import Context, HistoryTables, context_keys
from core.categorization.lines import I64, AccountOption, LineKeys, Lines, line_keys

I32 = NDArray[np.int32]
OBJECTS = NDArray[np.object_]

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
    near = _near_amounts(keys, chosen, tables)
    for name, words in _OWN:
        context = tables.own[name]
        at = np.where(open_rows, context.find(context_keys(keys, name, shared=False)), -1)
        count = context.counts(at, np.maximum(chosen, 0).astype(np.int32))
        total = context.total[np.maximum(at, 0)] if len(context.total) else count
        told = (count > 0) & ((2 * count >= total) | (name in _ALWAYS_TOLD))
        for row in np.flatnonzero(told).tolist():
            reason[row] = _counted(words, int(count[row]), context, int(at[row]), accounts[chosen[row]]) + near[row]
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


def _near_amounts(keys: LineKeys, chosen: I32, tables: HistoryTables) -> OBJECTS:
    """(n,) what the amount adds where the payee itself was decided on before, "" elsewhere.

    The bands beside the line's own count as near too, since an amount may stand at the edge of its band; so an amount
    that is told to be unlike all before is at least half as large again as any of them, or a third smaller.
    """
    payee, sized = tables.own["counterparty"], tables.own["counterparty_size"]
    known = (payee.find(context_keys(keys, "counterparty", shared=False)) >= 0) & (chosen >= 0)
    known &= keys.counterparty_key != _nameless()  # lines without a name have no payee in common
    count, total = np.zeros(len(chosen), np.int64), np.zeros(len(chosen), np.int64)
    for step in (-1, 0, 1):
        beside = replace(keys, band=(keys.band + step).astype(np.int16))
        at = sized.find(context_keys(beside, "counterparty_size", shared=False))
        count += sized.counts(at, np.maximum(chosen, 0).astype(np.int32))
        total += _totals(sized, at)
    words = np.full(len(chosen), "", dtype=object)
    for row in np.flatnonzero(known).tolist():
        words[row] = _near_words(int(count[row]), int(total[row]))
    return words


def _near_words(count: int, total: int) -> str:
    if not total:
        return "; never this payee with an amount near this one"
    return "; same amount band" if count == total else f"; {count} of {total} times with an amount near this one"


def _totals(context: Context, at: I64) -> I64:
    if not len(context.total):
        return np.zeros(len(at), np.int64)
    return np.where(at >= 0, context.total[np.maximum(at, 0)], 0)


def _nameless() -> np.uint64:
    blank = line_keys(Lines([""], [""], np.zeros(1, np.int64), np.zeros(1, "datetime64[D]")))
    return np.uint64(blank.counterparty_key[0])


def _counted(words: str, count: int, context: Context, at: int, account: AccountOption) -> str:
    since = date(1970, 1, 1) + timedelta(days=int(context.first_day[at]))
    return words.format(count=count, total=int(context.total[at]), account=_named(account), since=f"{since:%B %Y}")


def _named(account: AccountOption) -> str:
    return f"{account.code} {account.name}".strip()
