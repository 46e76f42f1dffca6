"""A statement, or why there is none, as the JSON that commands and the API answer."""

from typing import Any

from core.errors import AmbiguousStatement, BookkeepingError, InvalidLines
from core.ingestion.statement import AccountStatement, Statement, StatementLine
from core.money import decimal_text

_BY_VALUE = {"mt940"}  # formats whose lines always have a value date, and only sometimes a day of booking, without year


def describe_statement(name: str, statement: Statement, with_lines: bool = False) -> dict[str, Any]:
    """One object a file: what was read, in sums, dates, balances, and how. Money is text with the currency's digits.

    Lines whose currency the file does not name count in hundredths and give `"currency": null`. Where the lines are in
    several currencies, `currency` and `sum` are null and `sum_by_currency` and `accounts` hold the figures.
    `first_date` and `last_date` are days of booking, of MT940 value dates, the ones that every line of it states in
    full; `first_booked` and `last_booked` are days of booking in every format.
    """
    accounts = statement.accounts
    currencies = {account.currency for account in accounts}
    only = accounts[0] if len(accounts) == 1 else None
    described: dict[str, Any] = {
        "file": name,
        "status": "read",
        "format": statement.format,
        "layout": statement.layout,
        **_figures(list(statement.lines), currencies, statement.format in _BY_VALUE),
        **_balances(only),
        "problems": [
            {"row": p.row, "severity": p.severity.value, "message": p.message, "text": p.text}
            for p in statement.problems
        ],
        "accounts": [] if only else [_account(account, with_lines, statement.format) for account in accounts],
    }
    if with_lines:
        described["lines"] = [describe_line(line) for line in statement.lines]
    return described


def describe_evidence(statement: Statement) -> list[dict[str, Any]]:
    """Why the file was read as it was, one object a decision; empty for formats that leave nothing to decide."""
    return [
        {
            "decision": each.decision,
            "choice": each.choice,
            "score": round(each.score, 2),
            "why": each.why,
            "runner_up": each.runner_up or None,
            "runner_up_score": round(each.runner_up_score, 2) if each.runner_up else None,
        }
        for each in statement.evidence
    ]


def describe_refusal(name: str, error: BookkeepingError) -> dict[str, Any]:
    """A refused file: the sentence, and the readings or rows behind it."""
    described: dict[str, Any] = {"file": name, "status": "refused", "error": str(error)}
    if isinstance(error, AmbiguousStatement):
        described["candidates"] = error.candidates
        described["layouts"] = error.layouts
    if isinstance(error, InvalidLines):
        described["problems"] = [{"row": row, "severity": "error", "message": why} for row, why in error.rows]
    return described


def describe_line(line: StatementLine) -> dict[str, Any]:
    """One line with its money as text."""
    return {
        "row": line.row,
        "date": line.booked_on.isoformat(),
        "value_date": line.value_on.isoformat() if line.value_on else None,
        "amount": _money(line.amount_minor, line.currency),
        "currency": line.currency or None,
        "description": line.description,
        "counterparty": line.counterparty,
        "reference": line.reference,
        "bank_id": line.bank_id,
        "balance": None if line.balance_minor is None else _money(line.balance_minor, line.currency),
    }


def describe_readably(described: dict[str, Any]) -> str:
    """The same answer as a few lines of text for a terminal."""
    if described["status"] == "refused":
        readings = [f"  - {candidate}" for candidate in described.get("candidates", [])]
        return "\n".join([f"{described['file']}: refused", f"  {described['error']}", *readings])
    currency = described["currency"] or ""
    total = described["sum"] or ", ".join(f"{amount} {code}" for code, amount in described["sum_by_currency"].items())
    text = [
        f"{described['file']}: {described['format']}, {described['line_count']} lines "
        f"from {described['first_date']} to {described['last_date']}, sum {total} {currency}".rstrip(),
    ]
    if described["balance_proved"] is not None:
        proof = "proved" if described["balance_proved"] else "NOT proved"
        text.append(f"  opening {described['opening_balance']}, closing {described['closing_balance']}: {proof}")
    for role, column in described["layout"].get("columns", {}).items():
        text.append(f"  {role}: {', '.join(column) if isinstance(column, list) else column}")
    for each in described.get("evidence", []):
        second = f"; next {each['runner_up']} ({each['runner_up_score']})" if each["runner_up"] else ""
        text.append(f"  {each['decision']}: {each['choice']} ({each['score']}), because {each['why']}{second}")
    for problem in described["problems"]:
        place = f"row {problem['row']}" if problem["row"] else "file"
        text.append(f"  {problem['severity']} ({place}): {problem['message']}")
    for line in described.get("lines", []):
        text.append(f"  {line['date']}  {line['amount']:>14} {line['currency'] or '':3}  {line['description']}")
    return "\n".join(text)


def _account(account: AccountStatement, with_lines: bool, kind: str) -> dict[str, Any]:
    described: dict[str, Any] = {
        "account_number": account.account_number,
        **_figures(list(account.lines), {account.currency}, kind in _BY_VALUE),
        **_balances(account),
    }
    if with_lines:
        described["lines"] = [describe_line(line) for line in account.lines]
    return described


def _figures(lines: list[StatementLine], currencies: set[str], by_value: bool) -> dict[str, Any]:
    sums = dict.fromkeys(sorted({line.currency for line in lines} or currencies), 0)
    for line in lines:
        sums[line.currency] += line.amount_minor
    only = next(iter(sums)) if len(sums) == 1 else None
    booked = [line.booked_on for line in lines]
    days = [line.value_on or line.booked_on for line in lines] if by_value else booked
    return {
        "currency": only or None,
        "line_count": len(lines),
        "sum": None if only is None else _money(sums[only], only),
        "sum_by_currency": {currency or "": _money(total, currency) for currency, total in sums.items()},
        "first_date": min(days).isoformat() if days else None,
        "last_date": max(days).isoformat() if days else None,
        "first_booked": min(booked).isoformat() if booked else None,
        "last_booked": max(booked).isoformat() if booked else None,
    }


def _balances(account: AccountStatement | None) -> dict[str, Any]:
    if account is None:
        return {"opening_balance": None, "closing_balance": None, "balance_proved": None}
    opening, closing = account.opening_minor, account.closing_minor
    return {
        "opening_balance": None if opening is None else _money(opening, account.currency),
        "closing_balance": None if closing is None else _money(closing, account.currency),
        "balance_proved": account.proved,
    }


def _money(minor: int, currency: str) -> str:
    """An unknown currency counts in hundredths, which is also what CLDR says of a code that it does not know."""
    return decimal_text(minor, currency)
