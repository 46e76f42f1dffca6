"""What money that comes back looks like: words of refunds and chargebacks in bank texts, and whom such a text names."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from core.matching.reading import day_numbers
from core.matching.texts import Bools, is_marked, name_key, read_text, reference_key
from core.matching.values import BankLines, Integers, OpenItems

_REFUND = re.compile(
    r"\b(?:REFUND(?:S|ED)?|RFND|RETURN(?:S|ED)?|REVERS(?:AL|ED)|MERCHANDISE CREDIT|CREDIT (?:MEMO|NOTE|VOUCHER)"
    r"|REIMBURSEMENT|RETOURE|ERSTATTUNG|STORNO|STORNIERUNG|R(?:Ü|UE|U)CK(?:ZAHLUNG|ERSTATTUNG|BUCHUNG)|REMBOURSEMENT"
    r"|AVOIR|REEMBOLSO|DEVOLUCI(?:O|Ó)N|DEVOLU(?:C|Ç)(?:A|Ã)O|ESTORNO|RIMBORSO|TERUGBETALING|TERUGBOEKING"
    r"|RESTITUTIE|ZWROT)\b(?: (?:FROM|OF|FOR|TO|VON|AN|DE|DA|VAN)\b)?"
)
_CHARGEBACK = re.compile(
    r"\b(?:CHARGE ?BACKS?|DISPUTE[DS]?|RETURNED (?:DEBIT|ITEM|ACH|PAYMENT|CHEQUE|CHECK|DD)|UNPAID (?:DEBIT|DD)"
    r"|R(?:Ü|UE|U)CKLASTSCHRIFT|REJET|IMPAY(?:E|É)|CONTRACARGO|STORNERING)\b(?: (?:FROM|OF|FOR|TO)\b)?"
)


@dataclass(frozen=True)
class Movements:
    """n movements as columns: bank lines, or a processor's sales among the items. Money in > 0.

    `name`: whom it names, as `texts.name_key` has it; `refund` and `chargeback`: the text has a word of it.
    """

    key: Sequence[str]
    day: Integers
    amount: Integers  # with sign
    currency: Sequence[str]
    name: Sequence[str]
    words: Sequence[str]  # of the whole text, as `name` is
    numbers: Sequence[frozenset[str]]
    marked: Bools  # it has a number that says that it is a document's
    refund: Bools
    chargeback: Bools

    def __len__(self) -> int:
        return len(self.key)

    @classmethod
    def of_lines(cls, lines: BankLines, rows: Sequence[int] | None = None) -> "Movements":
        """These of the lines; all where none are named."""
        chosen = range(len(lines)) if rows is None else rows
        read = {text: _read(text) for text in {lines.text[row] for row in chosen}}
        called = {name: name_key(_without(name)) for name in {lines.counterparty[row] for row in chosen}}
        told = [read[lines.text[row]] for row in chosen]
        return cls(
            [lines.key[row] for row in chosen],
            day_numbers(lines.booked_on)[list(chosen)],
            lines.amount_minor[list(chosen)],
            [lines.currency[row] for row in chosen],
            [called[lines.counterparty[row]] or one.name for row, one in zip(chosen, told, strict=True)],
            [one.name for one in told],
            [frozenset(one.numbers) for one in told],
            np.array([any(map(is_marked, one.numbers)) for one in told], np.bool_),
            np.array([one.refund for one in told], np.bool_),
            np.array([one.chargeback for one in told], np.bool_),
        )

    @classmethod
    def of_items(cls, items: OpenItems, rows: Sequence[int]) -> "Movements":
        """These of the items, under the numbers that texts may quote."""
        none = np.zeros(len(rows), np.bool_)
        names = [name_key(items.counterparty[row]) for row in rows]
        return cls(
            [items.key[row] for row in rows],
            day_numbers(items.issued_on)[list(rows)],
            items.amount_minor[list(rows)],
            [items.currency[row] for row in rows],
            names,
            names,
            [frozenset(filter(None, map(reference_key, items.references[row]))) for row in rows],
            none,
            none,
            none,
        )


@dataclass(frozen=True, slots=True)
class _Text:
    name: str
    numbers: tuple[str, ...]
    refund: bool
    chargeback: bool


def _read(text: str) -> _Text:
    upper = text.upper()
    refund, chargeback = bool(_REFUND.search(upper)), bool(_CHARGEBACK.search(upper))
    name, numbers = read_text(_without(upper) if refund or chargeback else upper)
    return _Text(name, numbers, refund, chargeback)


def _without(text: str) -> str:
    """The text without the words of money that comes back, which are nobody's name."""
    return " ".join(_REFUND.sub(" ", _CHARGEBACK.sub(" ", text.upper())).split())
