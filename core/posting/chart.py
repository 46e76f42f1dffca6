"""Charts of accounts from the template that the project ships.

The template is one CSV with a row an account; `sectors` says which businesses get the row ("all" for every one).
"""

import csv
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from core.errors import UnknownSector

TEMPLATE_PATH = Path(__file__).resolve().parents[2] / "data" / "charts" / "us_small_business.csv"

# (key stored with a company, label a person chooses from), in the order of the pick list
SECTORS: tuple[tuple[str, str], ...] = (
    ("general", "General small business"),
    ("food", "Café, restaurant, food"),
    ("agency", "Web, design or marketing agency"),
    ("childcare", "Childcare"),
    ("real_estate", "Real estate and rentals"),
    ("professional", "Accounting, law, consulting"),
    ("retail", "Retail and online shop"),
    ("construction", "Construction and trades"),
    ("health", "Health practice"),
    ("transport", "Transport and delivery"),
)


@dataclass(frozen=True, slots=True)
class TemplateAccount:
    """One account of a template.

    `type` is asset, liability, equity, revenue or expense. `role` is "" or what the product uses the account for:
    bank, transfer_clearing, receivable, payable, suspense, or the kinds the default policy always sends to review
    (owner, loan, tax, payroll). `about` describes in words what belongs there.
    """

    code: str
    name: str
    type: str
    role: str
    about: str


def chart_template(sector: str, path: Path = TEMPLATE_PATH) -> tuple[TemplateAccount, ...]:
    """The accounts for a company of one sector (a key of SECTORS), in the order of their codes.

    Raises:
        UnknownSector: there is no such sector.
    """
    known = [key for key, _ in SECTORS]
    if sector not in known:
        raise UnknownSector(sector, known)
    return tuple(account for account, sectors in _template_rows(path) if "all" in sectors or sector in sectors)


@lru_cache(maxsize=8)
def _template_rows(path: Path) -> tuple[tuple[TemplateAccount, frozenset[str]], ...]:
    with path.open(encoding="utf-8", newline="") as file:
        rows = [
            (
                TemplateAccount(row["code"], row["name"], row["type"], row["role"], row["about"]),
                frozenset(row["sectors"].split()),
            )
            for row in csv.DictReader(file)
        ]
    return tuple(sorted(rows, key=lambda row: row[0].code))
