"""What the words of a trial balance mean: its columns, and the types of accounts as other programs call them."""

import re

from core.ingestion.formats.tabular.words import fold
from models import AccountType

_COLUMNS = {
    "code": "code|account code|account no|account number|account nr|acct|acct no|acc no|no|nr|number|gl code|gl account"
    "|nominal code|kontonummer|konto nr|kontonr|kod|cuenta|numero de compte|compte",
    "account": "account|accounts|ledger account|konto|particulars|nominal account",
    "name": "account name|name|account title|title|description|account description|bezeichnung|kontobezeichnung"
    "|kontoname|nombre|intitule|libelle",
    "debit": "debit|debits|dr|debit balance|debit amount|debit ytd|soll|debet|debe|saldo soll",
    "credit": "credit|credits|cr|credit balance|credit amount|credit ytd|haben|kredit|haber|saldo haben",
    "balance": "balance|amount|closing balance|ending balance|net balance|ytd balance|saldo|endsaldo|solde",
    "type": "type|account type|class|account class|typ|kontoart|kontotyp|art|tipo",
    "currency": "currency|ccy|wahrung|devise|moneda",
}
_ROLES = {word: role for role, words in _COLUMNS.items() for word in words.split("|")}
_TYPES = {  # the first that a type's words speak for
    AccountType.EXPENSE: r"expenses?|costs?|cogs|aufwand\w*|gastos?|charges?",
    AccountType.LIABILITY: r"liabilit\w+|payables?|credit card|loans?|passiv\w*|verbindlichkeit\w*|pasivo",
    AccountType.EQUITY: r"equity|capital|eigenkapital|patrimonio|capitaux",
    AccountType.REVENUE: r"revenues?|income|sales|ertr\w+|erlos\w*|ingresos?|produits?",
    AccountType.ASSET: r"assets?|bank|cash|receivables?|inventory|aktiv\w*|activo|actif",
}
_TYPE_PATTERNS = {kind: re.compile(rf"\b(?:{words})\b") for kind, words in _TYPES.items()}
_PARENS = re.compile(r"\s*[(\[][^)\]]*[)\]]")


def column_role(header: str) -> str:
    """code, account (code, name or both), name, debit, credit, balance, type or currency; "" for any other header."""
    return _ROLES.get(fold(header)) or _ROLES.get(fold(_PARENS.sub(" ", header)), "")


def account_type(text: str) -> AccountType | None:
    """The type that a cell of a type column names: "Other Current Asset" is an asset. None where it names none."""
    plain = fold(text)
    return next((kind for kind, pattern in _TYPE_PATTERNS.items() if pattern.search(plain)), None)
