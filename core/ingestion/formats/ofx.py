"""OFX 1 and 2, and QFX, which is OFX with two more tags.

Banks rarely write it to the letter: tags that are never closed or closed in the wrong order, headers on one line,
wrong character sets, decimal commas. So it is read as a flat run of tags: what counts is which statement and which
transaction a tag stands in, not whether the tree is well formed.
"""

import html
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date

from core.errors import InvalidLines, UnknownFormat
from core.ingestion.formats.signatures import signature
from core.ingestion.formats.tabular.amounts import currency_codes, mark_votes, read_amount, to_minor_units
from core.ingestion.layout import Layout
from core.ingestion.raw_file import RawFile
from core.ingestion.statement import AccountStatement, Statement, StatementLine
from core.problems import Problem, Severity

_TAG = re.compile(r"<(/?)([A-Za-z][A-Za-z0-9._]*)\s*(/?)>")
_STATEMENTS = {"STMTRS", "CCSTMTRS", "INVSTMTRS"}
_BALANCES = {"LEDGERBAL", "AVAILBAL", "INVBAL", "BAL"}
_NESTED = {"BANKACCTTO", "CCACCTTO", "PAYEE", "CURRENCY", "ORIGCURRENCY"}
_DAY = re.compile(r"(\d{4})-?(\d{2})-?(\d{2})")


@dataclass(slots=True)
class _Block:
    """Tags of one statement: those outside transactions, then one mapping per transaction."""

    tags: dict[str, str] = field(default_factory=dict)
    transactions: list[dict[str, str]] = field(default_factory=list)
    pending: int = 0
    trades: int = 0  # purchases and sales of securities, which are no bank lines


class Ofx:
    """The format object of OFX and QFX."""

    name = "ofx"

    def recognises(self, file: RawFile) -> bool:
        return signature(file.content) == self.name

    def read(self, file: RawFile, layout: Layout | None, currency: str) -> Statement:  # noqa: ARG002 - OFX states its layout
        """One AccountStatement per statement of the file, in its order.

        Raises:
            UnknownFormat: it holds no statement. InvalidLines: no transaction of it can be read.
        """
        text, encoding = _decode(file.content)
        blocks = _blocks(text)
        if not blocks:
            raise UnknownFormat(file.name, "It is an OFX file without a bank or card statement.")
        texts = [amount for block in blocks for amount in _money_texts(block)]
        mark = _decimal_mark(texts)
        accounts: list[AccountStatement] = []
        problems: list[Problem] = []
        row = 0
        for block in blocks:
            accounts.append(_account(block, mark, currency, row, problems))
            row += len(block.transactions)
        faulty = [(p.row, p.message) for p in problems if p.severity is Severity.ERROR]
        if faulty and not any(account.lines for account in accounts):
            raise InvalidLines(file.name, faulty)
        described = {"encoding": encoding, "decimal": mark, "date_order": "YMD"}
        return Statement("ofx", tuple(accounts), described, tuple(problems))


def _decode(content: bytes) -> tuple[str, str]:
    """UTF-8 where the bytes prove it, whatever the header says; else the declared character set, else cp1252."""
    if content[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return content.decode("utf-16", errors="replace"), "utf-16"
    try:
        return content.decode("utf-8-sig"), "utf-8"
    except UnicodeDecodeError:
        pass
    declared = re.search(rb'(?:CHARSET:|encoding=")\s*([\w-]+)', content[:1000])
    label = declared[1].decode("ascii", errors="replace").lower() if declared else ""
    names = {"1252": "cp1252", "1250": "cp1250", "1251": "cp1251", "8859-1": "cp1252", "iso-8859-1": "cp1252"}
    for name in (names.get(label, label), "cp1252"):
        try:
            return content.decode(name), name
        except (UnicodeDecodeError, LookupError):
            continue
    return content.decode("latin-1"), "latin-1"


def _blocks(text: str) -> list[_Block]:
    """The statements, each with its tags. A tag's value is the text up to the next tag."""
    text = _replaced(text, "<!--", "-->", lambda _: "")
    text = _replaced(text, "<![CDATA[", "]]>", lambda inner: html.escape(inner, quote=False))
    blocks: list[_Block] = []
    line: dict[str, str] | None = None
    scope = ""
    tags = list(_TAG.finditer(text))
    for index, tag in enumerate(tags):
        closing, name = bool(tag[1]), tag[2].upper()
        end = tags[index + 1].start() if index + 1 < len(tags) else len(text)
        if name in _STATEMENTS:
            line, scope = None, ""
            if not closing:
                blocks.append(_Block())
        elif not blocks:
            continue
        elif name == "STMTTRN":
            line, scope = None, ""
            if not closing:
                line = {}
                blocks[-1].transactions.append(line)
        elif name == "STMTTRNP":
            line, scope = (None if closing else {}), ""
            blocks[-1].pending += not closing
        elif name == "INVTRAN":
            line, scope = (None if closing else {}), ""
            blocks[-1].trades += not closing
        elif name in _BALANCES or name in _NESTED or name == "BANKTRANLIST":
            line = line if name in _NESTED else None
            scope = "" if closing or name == "BANKTRANLIST" else name
        elif not closing and not tag[3]:
            _keep(blocks[-1].tags if line is None else line, scope, name, text[tag.end() : end])
    return blocks


def _replaced(text: str, begin: str, end: str, by: Callable[[str], str]) -> str:
    """The text with what stands between both marks written anew; searched once, as a pattern would cost the square."""
    parts, at = [], 0
    while (start := text.find(begin, at)) >= 0 and (stop := text.find(end, start + len(begin))) >= 0:
        parts += [text[at:start], by(text[start + len(begin) : stop])]
        at = stop + len(end)
    return "".join([*parts, text[at:]])


def _keep(tags: dict[str, str], scope: str, name: str, raw: str) -> None:
    value = " ".join(html.unescape(raw).split())
    if value:
        tags.setdefault(f"{scope}.{name}" if scope else name, value)


def _money_texts(block: _Block) -> list[str]:
    return [line["TRNAMT"] for line in block.transactions if "TRNAMT" in line] + [
        block.tags[tag] for tag in ("LEDGERBAL.BALAMT",) if tag in block.tags
    ]


def _decimal_mark(texts: list[str]) -> str:
    """OFX allows both marks and no thousands marks; the file's own amounts decide, a point where they do not."""
    votes = mark_votes(texts)
    return "," if votes[","] > votes["."] else "."


def _own_mark(text: str, usual: str) -> str:
    """Some banks write balances with the other mark than amounts, so a text that proves its own mark keeps it."""
    votes = mark_votes([text])
    return usual if votes[usual] or votes["?"] or not (votes["."] or votes[","]) else "," if votes[","] else "."


def _account(block: _Block, mark: str, fallback: str, before: int, problems: list[Problem]) -> AccountStatement:
    stated = block.tags.get("CURDEF", "").upper()
    currency = stated if stated in currency_codes() else fallback
    lines: list[StatementLine] = []
    for index, tags in enumerate(block.transactions, before + 1):
        made = _line(index, tags, mark, currency)
        if isinstance(made, StatementLine):
            lines.append(made)
        else:
            text = " | ".join(f"{tag}={value}" for tag, value in tags.items())
            problems.append(Problem(index, made, Severity.ERROR, text[:500]))
    if block.pending:
        problems.append(Problem(0, f"{block.pending} pending transactions were left out.", Severity.WARNING))
    if block.trades:
        message = f"{block.trades} transactions in securities are no bank lines and were left out."
        problems.append(Problem(0, message, Severity.WARNING))
    number = block.tags.get("ACCTID", "")
    return AccountStatement(number, currency, tuple(lines), None, _closing(block, mark, currency, problems))


def _closing(block: _Block, mark: str, currency: str, problems: list[Problem]) -> int | None:
    text = block.tags.get("LEDGERBAL.BALAMT", "")
    amount = read_amount(text, _own_mark(text, mark)) if text else None
    closing = to_minor_units(amount.value, currency) if amount else None
    if text and closing is None:
        problems.append(Problem(0, f"The closing balance “{text}” cannot be read exactly.", Severity.WARNING, text))
    return closing


def _line(row: int, tags: dict[str, str], mark: str, currency: str) -> StatementLine | str:
    """The line, or a sentence saying what is wrong with it."""
    booked_on = _date(tags.get("DTPOSTED", "")) or _date(tags.get("DTUSER", ""))
    if booked_on is None:
        stated = tags.get("DTPOSTED", "")
        return f"the date “{stated}” is no date" if stated else "the date is missing"
    text = tags.get("TRNAMT", "")
    own = tags.get("CURRENCY.CURSYM", "").upper()
    currency = own if own in currency_codes() else currency
    amount = read_amount(text, _own_mark(text, mark))
    minor = to_minor_units(amount.value, currency) if amount else None
    if minor is None:
        return f"the amount “{text}” is no exact amount of {currency or 'money'}" if text else "the amount is missing"
    name = tags.get("NAME") or tags.get("PAYEE.NAME") or ""
    memo = tags.get("MEMO", "")
    described = name if memo in name else memo if name in memo else f"{name} {memo}"
    return StatementLine(
        row=row,
        booked_on=booked_on,
        amount_minor=minor,
        currency=currency,
        description=described or tags.get("TRNTYPE", ""),
        value_on=_date(tags.get("DTAVAIL", "")),
        counterparty=name,
        reference=tags.get("CHECKNUM") or tags.get("CHKNUM") or tags.get("REFNUM") or "",
        bank_id=tags.get("FITID", ""),
    )


def _date(text: str) -> date | None:
    """The day as the bank wrote it; its time of day and zone do not move it."""
    found = _DAY.match(text)
    if not found:
        return None
    try:
        day = date(int(found[1]), int(found[2]), int(found[3]))
    except ValueError:
        return None
    return day if 1970 <= day.year <= 2099 else None
