"""How each simulated bank writes its CSV files: eight layouts of the kinds that US banks offer for download.

A layout takes a Page and gives the file's bytes with, for each movement of the page, the physical line (from 1) on
which it stands. Amounts become text through core.money.
"""

import csv
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from io import StringIO

from core.money import decimal_text
from core.period import Period
from core.simulation.plan import BankPlan
from core.simulation.values import CURRENCY, Movement

Written = tuple[bytes, tuple[int, ...]]


@dataclass(frozen=True, slots=True)
class Page:
    """The movements of one bank account in one period, in the order of their days, after `opening_minor`."""

    bank: BankPlan
    period: Period
    opening_minor: int
    movements: tuple[Movement, ...]

    @property
    def closing_minor(self) -> int:
        return self.opening_minor + sum(move.minor for move in self.movements)

    def balances(self) -> list[int]:
        """The balance after each movement, minor units."""
        running = self.opening_minor
        return [running := running + move.minor for move in self.movements]


def plain(minor: int) -> str:
    """ "-1234.50" """
    return decimal_text(minor, CURRENCY)


def grouped(minor: int) -> str:
    """ "-1,234.50" """
    whole, cents = divmod(abs(minor), 100)
    return f"{'-' if minor < 0 else ''}{whole:,}.{cents:02d}"


def us_date(on: date) -> str:
    return on.strftime("%m/%d/%Y")


def _summary_on_top(page: Page) -> Written:
    """A summary, a blank line, then lines with a running balance, the first of them the opening balance."""
    first, last = us_date(page.period.first_on), us_date(page.period.last_on)
    credits_minor = sum(move.minor for move in page.movements if move.minor > 0)
    debits_minor = sum(move.minor for move in page.movements if move.minor < 0)
    rows: list[Sequence[str]] = [
        ("Description", "", "Summary Amt."),
        (f"Beginning balance as of {first}", "", grouped(page.opening_minor)),
        ("Total credits", "", grouped(credits_minor)),
        ("Total debits", "", grouped(debits_minor)),
        (f"Ending balance as of {last}", "", grouped(page.closing_minor)),
        (),
        ("Date", "Description", "Amount", "Running Bal."),
        (first, f"Beginning balance as of {first}", "", grouped(page.opening_minor)),
    ]
    return _csv(
        rows,
        [
            (us_date(move.on), move.text, grouped(move.minor), grouped(balance))
            for move, balance in zip(page.movements, page.balances(), strict=True)
        ],
        ends="\r\n",
    )


def _details_first(page: Page) -> Written:
    """Newest first, dates without leading zeros, a type, a running balance and one comma too many at the end."""
    header = ("Details", "Posting Date", "Description", "Amount", "Type", "Balance", "Check or Slip #")
    body = [
        (
            "CREDIT" if move.minor > 0 else ("CHECK" if move.text.startswith("CHECK ") else "DEBIT"),
            f"{move.on.month:02d}/{move.on.day:02d}/{move.on.year}",
            move.text,
            plain(move.minor),
            _movement_type(move),
            plain(balance),
            move.text.split()[1] if move.text.startswith("CHECK ") else "",
            "",
        )
        for move, balance in zip(page.movements, page.balances(), strict=True)
    ]
    return _csv([header], body, newest_first=True)


def _movement_type(move: Movement) -> str:
    if move.kind == "transfer":
        return "ACCT_XFER"
    if move.text.startswith("CHECK "):
        return "CHECK_PAID"
    return "ACH_CREDIT" if move.minor > 0 else "ACH_DEBIT"


def _withdrawal_and_deposit(page: Page) -> Written:
    """A credit union's file: every cell quoted, dollar signs, two unsigned columns and a running balance."""
    header = ("Date", "Check Number", "Description", "Withdrawal", "Deposit", "Running Balance")
    body = [
        (
            us_date(move.on),
            move.text.split()[1] if move.text.startswith("Check ") else "",
            move.text,
            f"${grouped(-move.minor)}" if move.minor < 0 else "",
            f"${grouped(move.minor)}" if move.minor > 0 else "",
            f"${grouped(balance)}" if balance >= 0 else f"-${grouped(-balance)}",
        )
        for move, balance in zip(page.movements, page.balances(), strict=True)
    ]
    return _csv([header], body, quoted=True, newest_first=True)


def _posted_debit_credit(page: Page) -> Written:
    """The account's number on every line, ISO dates, debit and credit columns, status and balance."""
    header = ("Account Number", "Post Date", "Check", "Description", "Debit", "Credit", "Status", "Balance")
    body = [
        (
            f"XXXXXX{page.bank.number}",
            move.on.isoformat(),
            move.text.split()[1] if move.text.startswith("Check ") else "",
            move.text,
            plain(-move.minor) if move.minor < 0 else "",
            plain(move.minor) if move.minor > 0 else "",
            "Posted",
            plain(balance),
        )
        for move, balance in zip(page.movements, page.balances(), strict=True)
    ]
    return _csv([header], body)


def _bracketed(page: Page) -> Written:
    """Date, description, amount and balance; what goes out stands in brackets."""
    body = [
        (
            us_date(move.on),
            move.text,
            f"(${grouped(-move.minor)})" if move.minor < 0 else f"${grouped(move.minor)}",
            f"${grouped(balance)}",
        )
        for move, balance in zip(page.movements, page.balances(), strict=True)
    ]
    return _csv([("Date", "Description", "Amount", "Balance")], body, ends="\r\n", marked=True)


def _card_purchases_positive(page: Page) -> Written:
    """A card that counts what is owed, balances included: purchases positive, payments and refunds negative."""
    rows: list[Sequence[str]] = [
        ("Account ending in", page.bank.number),
        ("Previous balance", grouped(-page.opening_minor)),
        ("New balance", grouped(-page.closing_minor)),
        (),
        ("Trans. Date", "Post Date", "Description", "Amount", "Category"),
    ]
    body = [
        (
            us_date(move.on),
            us_date(move.on),
            move.text,
            plain(-move.minor),
            "Payments and Credits" if move.minor > 0 else "Purchase",
        )
        for move in page.movements
    ]
    return _csv(rows, body)


def _card_sales_negative(page: Page) -> Written:
    """A card that writes purchases with a minus sign, newest first."""
    header = ("Transaction Date", "Post Date", "Description", "Category", "Type", "Amount", "Memo")
    body = [
        (
            us_date(move.on),
            us_date(move.on),
            move.text,
            "",
            "Payment" if move.kind == "transfer" else ("Return" if move.minor > 0 else "Sale"),
            plain(move.minor),
            "",
        )
        for move in page.movements
    ]
    return _csv([header], body, newest_first=True)


def _card_debit_credit(page: Page) -> Written:
    """A card with ISO dates, its number on every line and two unsigned columns."""
    header = ("Transaction Date", "Posted Date", "Card No.", "Description", "Category", "Debit", "Credit")
    body = [
        (
            move.on.isoformat(),
            move.on.isoformat(),
            page.bank.number,
            move.text,
            "Payment/Credit" if move.minor > 0 else "Merchandise",
            plain(-move.minor) if move.minor < 0 else "",
            plain(move.minor) if move.minor > 0 else "",
        )
        for move in page.movements
    ]
    return _csv([header], body, newest_first=True, ends="\r\n")


def _processor_net(page: Page) -> Written:
    """A payment processor's balance report. The account moves by the net; the fee is 2.9 % + 0.30 of the gross."""
    header = (
        "balance_transaction_id",
        "created",
        "currency",
        "gross",
        "fee",
        "net",
        "reporting_category",
        "description",
        "balance",
    )
    body = []
    for number, (move, balance) in enumerate(zip(page.movements, page.balances(), strict=True)):
        is_charge = move.kind != "transfer" and move.minor > 0
        # gross - (gross * 2.9 % + 0.30) = net, solved for the gross and rounded to a cent
        gross = (move.minor + 30) * 1000 // 971 if is_charge else move.minor
        category = "payout" if move.kind == "transfer" else ("charge" if is_charge else "refund")
        body.append(
            (
                f"txn_{page.period.first_on:%y%m}{number:04d}{abs(move.minor):08d}",
                f"{move.on.isoformat()} {9 + number % 9:02d}:{number * 7 % 60:02d}:{number * 13 % 60:02d}",
                CURRENCY.lower(),
                plain(gross),
                plain(gross - move.minor),
                plain(move.minor),
                category,
                move.text,
                plain(balance),
            )
        )
    return _csv([header], body)


def _csv(
    head: Sequence[Sequence[str]],
    body: Sequence[Sequence[str]],
    *,
    ends: str = "\n",
    quoted: bool = False,
    newest_first: bool = False,
    marked: bool = False,
) -> Written:
    """The file and the line of each row of `body`, in body's own order. `marked` puts a byte order mark in front."""
    out = StringIO(newline="")
    writer = csv.writer(out, lineterminator=ends, quoting=csv.QUOTE_ALL if quoted else csv.QUOTE_MINIMAL)
    writer.writerows(head)
    writer.writerows(reversed(body) if newest_first else body)
    first = len(head) + 1
    places = range(first, first + len(body))
    content = out.getvalue().encode("utf-8-sig" if marked else "utf-8")
    return content, tuple(reversed(places) if newest_first else places)


CSV_LAYOUTS: dict[str, Callable[[Page], Written]] = {
    "summary_on_top": _summary_on_top,
    "details_first": _details_first,
    "withdrawal_and_deposit": _withdrawal_and_deposit,
    "posted_debit_credit": _posted_debit_credit,
    "bracketed": _bracketed,
    "card_purchases_positive": _card_purchases_positive,
    "card_sales_negative": _card_sales_negative,
    "card_debit_credit": _card_debit_credit,
    "processor_net": _processor_net,
}
