"""Which column of a table of open items plays which role: header words propose, the contents dispose."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field

from core.errors import AmbiguousStatement
from core.ingestion.formats.tabular.amounts import is_blank, read_column
from core.ingestion.formats.tabular.columns import Profile, profile
from core.ingestion.formats.tabular.dates import read_parts
from core.ingestion.formats.tabular.table import Table
from core.ingestion.formats.tabular.words import direction_of, fold
from core.ingestion.items.kinds import kinds_in
from core.ingestion.items.layout import EXPECTED, MONEY
from core.ingestion.items.words import item_roles, kind_word
from core.ingestion.layout import Column

_MOSTLY = 0.6
_MAY_BE_EMPTY = ("paid", "debit", "credit", "fee", "due", "reference", "status", "currency", "account")
_INSIDE = "inside"  # a column that only a line inside of a document has


@dataclass(slots=True)
class Roles:
    """The column of each role that was found, and what a person should check."""

    columns: dict[str, Column]
    warnings: list[str] = field(default_factory=list)


def find_item_roles(table: Table, account_codes: Collection[str]) -> Roles:
    """The roles of a table's columns.

    Raises:
        AmbiguousStatement: two columns may be the amount.
    """
    profiles = profile(table)
    offers = sorted(
        (
            (-weight, p.position, role)
            for p in profiles
            if p.name
            for role, weight in item_roles(p.name).items()
            if role != _INSIDE and _fits(table, p, role, account_codes)
        ),
    )
    taken: dict[str, int] = {}
    for _, position, role in offers:
        if role not in taken and position not in taken.values():
            taken[role] = position
    _settle_gross_and_net(table, taken)
    roles = Roles({})
    _by_contents(table, profiles, taken, roles)
    _check_amounts(table, offers, taken)
    roles.columns = {role: Column(position, table.header_name(position)) for role, position in taken.items()}
    return roles


def rows_are_lines(table: Table) -> bool:
    """Whether a row is a line of a document (a quantity, a unit price), not the document."""
    return any(_INSIDE in item_roles(title) for title in (table.header.cells if table.header else ()))


def _fits(table: Table, p: Profile, role: str, account_codes: Collection[str]) -> bool:
    """Whether the contents of the column can be what its header says."""
    if not p.filled:
        return role in _MAY_BE_EMPTY
    if role in ("issued", "due"):
        # Days that no calendar has are faults of their rows, since the header calls them dates.
        cells = [text for text in table.texts(p.position) if not is_blank(text)]
        return sum(read_parts(text) is not None for text in cells) >= _MOSTLY * len(cells)
    if role in MONEY:
        return p.numbers >= 0.3 and p.dates < _MOSTLY
    texts = {text for text in table.texts(p.position) if not is_blank(text)}
    if role == "currency":
        return p.currencies >= _MOSTLY
    if role == "side":
        return all(direction_of(text) for text in texts)
    if role == "kind":
        known = [word for text in texts if (word := kind_word(text))]
        return fold(p.name) == "kind" or "payout" in known or 2 * len(known) >= len(texts)
    if role == "account":
        return fold(p.name) == "account code" or not texts.isdisjoint(account_codes)
    if role == "counterparty":
        return p.letters >= _MOSTLY and p.dates < _MOSTLY
    return p.dates < _MOSTLY


def _settle_gross_and_net(table: Table, taken: dict[str, int]) -> None:
    """Of a processor, net is gross less its fee, and a balance is what it holds; of a document, net is before tax."""
    if "fee" in taken or "payout" in kinds_in(table):
        if "net" in taken or "gross" in taken:
            taken.pop("open", None)
        return
    if "gross" in taken:
        taken.setdefault("total", taken["gross"])
        del taken["gross"]
    if any(role in taken for role in ("total", "open", "debit", "credit")):
        taken.pop("net", None)


def _by_contents(table: Table, profiles: list[Profile], taken: dict[str, int], roles: Roles) -> None:
    """A role that no header speaks for goes to the only column that can have it; a person is told."""
    free = [p for p in profiles if p.position not in taken.values() and p.filled]
    wanted: list[tuple[str, list[Profile]]] = [
        ("issued", [p for p in free if p.dates >= _MOSTLY]),
        ("total", [p for p in free if p.numbers >= 0.9 and p.dates < _MOSTLY and not p.identifier]),
        ("counterparty", [p for p in free if _names_somebody(table, p)]),
        ("number", [p for p in free if _numbers_something(table, p)]),
    ]
    for role, fitting in wanted:
        known = any(one in taken for one in EXPECTED) if role == "total" else role in taken
        if role == "issued" and "due" in taken:
            known = True
        unnamed = [p for p in fitting if not table.header or not _speaks_otherwise(p)]
        if not known and len(unnamed) == 1:
            taken[role] = unnamed[0].position
            name = unnamed[0].name or f"column {unnamed[0].position + 1}"
            roles.warnings.append(f"No header names the {role} column; “{name}” was taken. Check it.")


def _speaks_otherwise(p: Profile) -> bool:
    """A header whose words are known for something else is no candidate for what its contents would allow."""
    return bool(item_roles(p.name))


def _names_somebody(table: Table, p: Profile) -> bool:
    texts = [text for text in table.texts(p.position) if text]
    plain = sum(not any(map(str.isdigit, text)) for text in texts)
    return p.letters >= 0.9 and p.dates < _MOSTLY and p.currencies < _MOSTLY and plain * 2 > len(texts)


def _numbers_something(table: Table, p: Profile) -> bool:
    """Whether the cells are distinct and hold digits, as the numbers of documents do."""
    if p.dates >= _MOSTLY or p.currencies >= _MOSTLY:
        return False
    texts = [text for text in table.texts(p.position) if text]
    digits = sum(any(map(str.isdigit, text)) and " " not in text for text in texts)
    amounts = any("." in text or "," in text for text in texts) and p.numbers > 0.5
    return len(set(texts)) == len(texts) and digits >= 0.9 * len(texts) and not amounts


def _check_amounts(table: Table, offers: Iterable[tuple[float, int, str]], taken: dict[str, int]) -> None:
    """Two columns that may both be the whole amount, with other figures, and none that says what is open."""
    if any(role in taken for role in ("open", "net", "debit", "credit")) or "total" not in taken:
        return
    rivals = [at for weight, at, role in offers if role == "total" and -weight >= 4 and at not in _others(taken)]
    figures = {at: _figures(table.texts(at)) for at in rivals}
    if len({tuple(values) for values in figures.values()}) < 2:
        return
    labels = [table.header_name(at) for at in rivals]
    raise AmbiguousStatement(
        table.name,
        f"“{labels[0]}” and “{labels[1]}” hold different amounts, and nothing says which is to be paid.",
        [f"the amount is in “{label}”" for label in labels],
        [
            {"columns": {r: [at, table.header_name(at)] for r, at in {**taken, "total": chosen}.items()}}
            for chosen in rivals
        ],
    )


def _others(taken: dict[str, int]) -> set[int]:
    return {at for role, at in taken.items() if role != "total"}


def _figures(texts: list[str]) -> list[int | None]:
    point, comma = read_column(texts, "."), read_column(texts, ",")
    return (point if len(point.faulty) <= len(comma.faulty) else comma).values
