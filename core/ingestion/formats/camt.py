"""ISO 20022 account statements: CAMT.053, the intraday report CAMT.052 and the notification CAMT.054, of any version.

An entry (Ntry) is one line: it is what moved the account and what the balances count. The payments inside it
(TxDtls) tell whom and what for. Names are compared without their namespace, so versions need no code of their own.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from xml.etree.ElementTree import Element  # nosec B405 - a type; safe_xml does the parsing

from core.errors import UnknownFormat
from core.ingestion.formats.pages import Page, check_faulty, joined
from core.ingestion.formats.safe_xml import child, children, parse, text_at, texts_at
from core.ingestion.formats.signatures import signature
from core.ingestion.formats.tabular.amounts import currency_codes, read_amount, to_minor_units
from core.ingestion.layout import Layout
from core.ingestion.raw_file import RawFile
from core.ingestion.statement import Statement, StatementLine
from core.problems import Problem, Severity

_STATEMENTS = {"Stmt", "Rpt", "Ntfctn"}
_SIGNS = {"CRDT": 1, "DBIT": -1}
_NOTHING = {"", "NOTPROVIDED", "NONREF"}
_PENDING = {"PDNG", "INFO", "FUTR"}


class Camt:
    """The format object of CAMT.052, 053 and 054."""

    name = "camt"

    def recognises(self, file: RawFile) -> bool:
        return signature(file.content) == self.name

    def read(self, file: RawFile, layout: Layout | None, currency: str) -> Statement:  # noqa: ARG002 - ISO 20022 fixes it
        """One AccountStatement per account and currency; a line's row is the number of its entry in the file.

        Raises:
            UnknownFormat: it is no XML that can be trusted, or holds no statement. InvalidLines: no entry can be read.
        """
        root = parse(file.name, file.content)
        statements = [each for message in (root, *root) for each in message if _name(each) in _STATEMENTS]
        if not statements:
            raise UnknownFormat(file.name, "It is a CAMT message without a statement.")
        problems: list[Problem] = []
        pages: list[Page] = []
        row = 0
        for each in statements:
            entries = list(children(each, "Ntry"))
            pages += _pages(file.name, each, entries, row, currency, problems)
            row += len(entries)
        check_faulty(file.name, problems, any(page.lines for page in pages))
        return Statement(self.name, joined(pages, problems), {"date_order": "YMD", "decimal": "."}, tuple(problems))


def _name(element: Element) -> str:
    return element.tag.rpartition("}")[2]


def _pages(
    name: str, statement: Element, entries: list[Element], before: int, fallback: str, problems: list[Problem]
) -> list[Page]:
    """The statement as pages, one per currency of its entries; the first is in the account's own."""
    currency = _currency(statement, entries) or fallback
    first = Page(before + 1 if entries else 0, _number(statement), currency)
    first.opening_minor, first.closing_minor = _balances(statement, currency, problems)
    pages = {currency: first}
    only_waiting = _only_waiting(first, entries)
    pending = 0
    for row, entry in enumerate(entries, before + 1):
        if only_waiting and _status(entry) == "PDNG" and child(entry, "BookgDt") is not None:
            message = "its status is pending, but it has a booking date and no balance judges it, so it is a line"
            problems.append(Problem(row, message, Severity.WARNING))
        elif _status(entry) in _PENDING:
            pending += 1
            continue
        made = _line(row, entry, currency)
        if isinstance(made, StatementLine):
            if made.currency not in pages:
                pages[made.currency] = Page(row, first.account_number, made.currency)
            pages[made.currency].lines.append(made)
        else:
            shown = " | ".join(text.strip() for text in entry.itertext() if text.strip())
            problems.append(Problem(row, made, Severity.ERROR, shown[:500]))
            if row % 1_000 == 0:
                check_faulty(name, problems, any_read=True)
    if pending:
        problems.append(Problem(0, f"{pending} pending transactions were left out.", Severity.WARNING))
    for page in pages.values():
        page.lines = _with_unique_ids(page.lines)
    return list(pages.values())


def _only_waiting(page: Page, entries: list[Element]) -> bool:
    """Whether a report holds nothing booked, and no two balances that say whether its pending entries count.

    Where booked entries stand beside them, or balances do, pending ones are told apart and come again once booked.
    """
    judged = page.opening_minor is not None and page.closing_minor is not None
    return not judged and all(_status(entry) in _PENDING for entry in entries)


def _currency(statement: Element, entries: list[Element]) -> str:
    """The account's currency: as the account states it, else as its balances or its first entry do."""
    named = [text_at(statement, "Acct", "Ccy")]
    named += [amount.get("Ccy", "") for amount in _amounts([*children(statement, "Bal"), *entries])]
    return next((code.upper() for code in named if code.upper() in currency_codes()), "")


def _amounts(holders: list[Element]) -> Iterator[Element]:
    for holder in holders:
        yield from children(holder, "Amt")


def _number(statement: Element) -> str:
    return (
        text_at(statement, "Acct", "Id", "IBAN")
        or text_at(statement, "Acct", "Id", "Othr", "Id")
        or text_at(statement, "Acct", "Id", "PrtryAcct", "Id")
        or text_at(statement, "Acct", "Id", "BBAN")
    )


def _balances(statement: Element, currency: str, problems: list[Problem]) -> tuple[int | None, int | None]:
    """Opening and closing balance that count booked entries.

    An opening balance may be called the previous closing one, and a page in the middle has interim ones: the first of
    two opens it, the last closes it. A lone interim balance says nothing of either.
    """
    found: dict[str, list[int]] = {}
    for balance in children(statement, "Bal"):
        code = text_at(balance, "Tp", "CdOrPrtry", "Cd") or text_at(balance, "Tp", "Cd")
        minor = _signed(balance, currency)
        if isinstance(minor, int):
            found.setdefault(code, []).append(minor)
        elif code in {"OPBD", "PRCD", "CLBD", "ITBD"}:
            problems.append(Problem(0, f"the balance {code} cannot be read: {minor}", Severity.WARNING))
    interim = found.get("ITBD", [])
    opening = (found.get("OPBD") or found.get("PRCD") or (interim[:1] if len(interim) > 1 else []))[:1]
    closing = (found.get("CLBD") or (interim[-1:] if len(interim) > 1 or opening else []))[-1:]
    return (opening[0] if opening else None), (closing[0] if closing else None)


def _signed(holder: Element, currency: str) -> int | str:
    """Minor units of what an element's Amt and CdtDbtInd say, or a sentence saying what is wrong."""
    amount = child(holder, "Amt")
    text = (amount.text or "").strip() if amount is not None else ""
    sign = _SIGNS.get(text_at(holder, "CdtDbtInd").upper())
    own = (amount.get("Ccy", "").upper() if amount is not None else "") or currency
    value = read_amount(text, ".") if text and "," not in text else None
    minor = to_minor_units(value.value, own if own in currency_codes() else currency) if value else None
    if minor is None:
        return f"the amount “{text}” is no exact amount of {own or 'money'}" if text else "the amount is missing"
    if sign is None:
        return "nothing says whether it is a credit or a debit"
    return sign * minor


def _status(entry: Element) -> str:
    return (text_at(entry, "Sts", "Cd") or text_at(entry, "Sts")).upper()


def _line(row: int, entry: Element, currency: str) -> StatementLine | str:
    """The entry as a line, or a sentence saying what is wrong with it.

    CdtDbtInd is the direction in which the account moved, of a reversal, too; RvslInd only says that it takes back
    an earlier entry.
    """
    minor = _signed(entry, currency)
    if isinstance(minor, str):
        return minor
    value_on = _date(child(entry, "ValDt"))
    booked_on = _date(child(entry, "BookgDt")) or value_on
    if booked_on is None:
        return "it has no date of booking that is a date"
    amount = child(entry, "Amt")
    own = amount.get("Ccy", "").upper() if amount is not None else ""
    payments = [each for details in children(entry, "NtryDtls") for each in children(details, "TxDtls")]
    names = _names(payments, minor)
    return StatementLine(
        row=row,
        booked_on=booked_on,
        amount_minor=minor,
        currency=own if own in currency_codes() else currency,
        description=_description(entry, payments, names),
        value_on=value_on,
        counterparty=names[0] if len(names) == 1 else "",
        reference=_reference(entry, payments),
        bank_id=_given(text_at(entry, "AcctSvcrRef")),
    )


def _date(holder: Element | None) -> date | None:
    """The day as the bank wrote it, of a date or a date with time; its zone does not move it."""
    written = (text_at(holder, "Dt") or text_at(holder, "DtTm")) if holder is not None else ""
    try:
        day = date.fromisoformat(written[:10])
    except ValueError:
        return None
    return day if 1970 <= day.year <= 2099 else None


def _names(payments: list[Element], minor: int) -> list[str]:
    """Who stands on the other side, each name once: who paid where money came in, who was paid where it went out.

    A reversal and a batch may name the other way round, so the other party counts where the first is not named.
    """
    sides = ("Dbtr", "UltmtDbtr", "Cdtr", "UltmtCdtr")
    order = sides if minor > 0 else sides[2:] + sides[:2]
    found = []
    for payment in payments:
        parties = child(payment, "RltdPties")
        named = [] if parties is None else [_party(parties, side) for side in order]
        found.append(next((name for name in named if name), ""))
    return list(dict.fromkeys(name for name in found if name))


def _party(parties: Element, side: str) -> str:
    return text_at(parties, side, "Nm") or text_at(parties, side, "Pty", "Nm")


def _description(entry: Element, payments: list[Element], names: list[str]) -> str:
    """Names, then what the payments are for, then what the bank says of the entry; each once."""
    parts = list(names)
    for payment in payments:
        parts += texts_at(payment, "RmtInf", "Ustrd")
        parts += texts_at(payment, "RmtInf", "Strd", "CdtrRefInf", "Ref")
        parts += texts_at(payment, "RmtInf", "Strd", "AddtlRmtInf")
        parts += texts_at(payment, "AddtlTxInf")
        parts += texts_at(payment, "Refs", "MndtId")
    parts += texts_at(entry, "AddtlNtryInf")
    if not parts:
        parts = [text_at(entry, "BkTxCd", "Prtry", "Cd") or text_at(entry, "BkTxCd", "Domn", "Fmly", "SubFmlyCd")]
    return " ".join(dict.fromkeys(part for part in parts if part))[:2_000]


def _reference(entry: Element, payments: list[Element]) -> str:
    """The reference that both sides know; that of a batch where it holds several payments."""
    if len(payments) == 1:
        ends = _given(text_at(payments[0], "Refs", "EndToEndId"))
        return ends or text_at(payments[0], "RmtInf", "Strd", "CdtrRefInf", "Ref") or _given(text_at(entry, "NtryRef"))
    batch = child(entry, "NtryDtls")
    return _given(text_at(entry, "NtryRef")) or (text_at(batch, "Btch", "PmtInfId") if batch is not None else "")


def _given(reference: str) -> str:
    return "" if reference.upper() in _NOTHING else reference


def _with_unique_ids(lines: list[StatementLine]) -> list[StatementLine]:
    """Banks that give several entries one reference do not tell lines apart by it."""
    times = Counter(line.bank_id for line in lines)
    return [replace(line, bank_id="") if times[line.bank_id] > 1 else line for line in lines]
