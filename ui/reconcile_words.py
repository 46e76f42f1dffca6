"""How Reconcile says things: the state of a statement, what a match is, why the ledger differs."""

from core.reconciliation.listing import ListedItem, ListedLine, ListedMatch
from core.reconciliation.proofs import StatementProof
from core.reconciliation.statement_proof import Cause, CauseShare
from models import ItemKind, MatchKind, ReconciliationStatus
from ui.words import count, span

# state of a statement -> (key of ui.words.STATES, word)
CLOSED, PROVED, TO_BOOK = ("closed", "Closed"), ("confirmed", "Proved"), ("open", "To book")
GAP, DIFFERENCE, UNKNOWN = ("nofile", "Gap"), ("difference", "Difference"), ("asking", "No balance")
STATES_OF = (CLOSED, PROVED, TO_BOOK, GAP, DIFFERENCE, UNKNOWN)

_ITEMS = {
    ItemKind.INVOICE: ("invoice", "invoices"),
    ItemKind.BILL: ("bill", "bills"),
    ItemKind.PAYOUT: ("payout", "payouts"),
    ItemKind.PAYROLL: ("payroll run", "payroll runs"),
}
_NUMBERS = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")


def state_of(one: StatementProof) -> tuple[str, str]:
    """The state of a statement: what stands between it and its close, the gravest first."""
    proof = one.proof
    if one.status is ReconciliationStatus.CLOSED:
        return CLOSED
    if proof.difference_minor is None:
        return UNKNOWN
    if proof.difference_minor or proof.missing_lines:
        return DIFFERENCE
    if proof.chain:
        return GAP
    return TO_BOOK if proof.posted_lines < proof.stored_lines else PROVED


def period_of(one: StatementProof) -> str:
    """Oct 1 to 31, 2025."""
    return span(one.proof.stated.first_on, one.proof.stated.last_on)


def choice_of(one: StatementProof) -> str:
    """A statement in a menu: its days and its state."""
    return f"{period_of(one)} · {state_of(one)[1]}"


def title_of(match: ListedMatch) -> str:
    """One deposit, two invoices."""
    if match.kind is MatchKind.TRANSFER:
        return "Own transfer"
    total = sum(line.amount_minor for line in match.lines)
    if match.turned_back:
        return "Money that came back" if total > 0 else "Money given back"
    side = _some(len(match.lines), *(("deposit", "deposits") if total > 0 else ("payment", "payments")))
    kinds = {item.kind for item in match.items}
    one, many = _ITEMS[next(iter(kinds))] if len(kinds) == 1 else ("open item", "open items")
    return f"{side.capitalize()}, {_some(len(match.items), one, many)}"


def of_a_hundred(share: float) -> str:
    """93 of 100; never all, because none of many says nothing of the next."""
    return f"{min(99, round(share * 100))} of 100"


def _some(number: int, one: str, many: str) -> str:
    word = _NUMBERS[number] if number < len(_NUMBERS) else str(number)
    return f"{word} {one if number == 1 else many}"


def line_text(line: ListedLine, *, named: bool = False) -> str:
    """The bank's text; with the bank account before it where several accounts meet."""
    return f"{line.bank_account}: {line.description}" if named else line.description


def item_text(item: ListedItem) -> str:
    """INV-0391 Lakeside Weddings."""
    return f"{item.number} {item.counterparty}".strip()


def cause_text(share: CauseShare) -> str:
    """Why the ledger differs, as a sentence."""
    if share.cause is Cause.WAITING:
        return f"{count(share.count, 'line waits', 'lines wait')} for review"
    if share.cause is Cause.UNBOOKED:
        return f"{count(share.count, 'line')} without an entry"
    if share.cause is Cause.LEFT_OUT:
        return f"{count(share.count, 'line')} left out of the books"
    if share.cause is Cause.DELETED:
        return f"{count(share.count, 'line')} deleted on purpose"
    if share.cause is Cause.OTHER_ENTRIES:
        return f"{count(share.count, 'entry', 'entries')} that no bank line led to"
    return _CAUSES[share.cause]


_CAUSES = {
    Cause.OPENING: "The opening balance is not, or not so, in the books",
    Cause.OTHER_DAYS: "Corrections booked on another day than their line",
    Cause.STATEMENTS: "Statements missing in between, overlapping or not adding up",
}
