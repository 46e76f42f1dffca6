"""Open items from a file, whatever program wrote it: what it would bring, before anything is stored."""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass, replace
from uuid import UUID

from sqlalchemy import select
from sqlmodel import Session, col

from core.access.roles import Action, Caller
from core.errors import BookkeepingError, InvalidLines, ItemsUnclear
from core.ingestion.formats.tabular.table import Table
from core.ingestion.import_setting import StoredFile, load_setting
from core.ingestion.items.detecting import ItemSetting, detect_items
from core.ingestion.items.keeping import bookable_accounts
from core.ingestion.items.layout import ItemLayout, signature_of
from core.ingestion.items.reading import read_items
from core.ingestion.items.saved import saved_layout, usual_accounts
from core.ingestion.items.tables import find_items
from core.ingestion.items.values import ItemReading, ItemRow
from core.ingestion.previewing import PreviewStatus
from core.ingestion.raw_file import RawFile
from core.money import MINOR_MAX, decimal_text
from core.problems import Problem, Severity
from models import Company, ItemKind, ItemStatus, OpenItem

_SAMPLE = 6  # first rows shown beside a mapping

ItemKey = tuple[ItemKind, str]


@dataclass(frozen=True)
class OpenItemsPreview:
    """An open items file as it would be stored. An item whose kind and number the books hold is a duplicate.

    `layout` is how it was read, or as far as that was found; `answer` is what a person said of it. `header` and
    `sample` are the table's first rows as the file has them.
    """

    company_id: UUID
    file: RawFile
    status: PreviewStatus
    items: tuple[ItemRow, ...] = ()
    is_new: tuple[bool, ...] = ()
    problems: tuple[Problem, ...] = ()
    error: BookkeepingError | None = None
    duplicate_of: StoredFile | None = None
    layout: ItemLayout | None = None
    answer: ItemLayout | None = None
    is_known_layout: bool = False  # saved with an earlier file of the same header
    header: tuple[str, ...] = ()
    sample: tuple[tuple[str, ...], ...] = ()
    reading: ItemReading | None = None

    @property
    def refusal(self) -> str:
        """Why the file would not be stored, as a sentence; "" where it would."""
        return str(self.error) if self.error else ""

    @property
    def new_items(self) -> list[ItemRow]:
        """What would be stored; nothing of a file that is refused."""
        if self.status is not PreviewStatus.NEW:
            return []
        return [item for item, new in zip(self.items, self.is_new, strict=True) if new]

    @property
    def sums(self) -> dict[str, tuple[int, int]]:
        """By currency: minor units that are new, and that the books hold already."""
        found: dict[str, list[int]] = defaultdict(lambda: [0, 0])
        for item, new in zip(self.items, self.is_new, strict=False):
            found[item.currency][0 if new else 1] += item.amount_minor
        return {code: (new, old) for code, (new, old) in sorted(found.items())}


def preview_open_items(
    session: Session, caller: Caller, company_id: UUID, file: RawFile, answer: ItemLayout | None = None
) -> OpenItemsPreview:
    """Read an open items file and say what of it would be new.

    Args:
        answer: what a person says of how it is written, whole or in part; it goes before a saved layout.

    Raises:
        NotFound, AccessDenied.
    """
    caller.require(company_id, Action.IMPORT)
    setting = load_setting(session, company_id, {file.digest})
    if twin := setting.stored.get(file.digest):
        return OpenItemsPreview(company_id, file, PreviewStatus.DUPLICATE, duplicate_of=twin)
    preview = OpenItemsPreview(company_id, file, PreviewStatus.REFUSED, answer=answer)
    try:
        table, sheet = find_items(file, answer or ItemLayout())
        saved = saved_layout(session, company_id, _signature(table)) if table.header else None
        preview = replace(
            preview,
            layout=(saved or ItemLayout()).updated(answer or ItemLayout()),
            is_known_layout=saved is not None,
            header=tuple(table.header.cells if table.header else ()),
            sample=tuple(tuple(row.cells) for row in table.rows[:_SAMPLE]),
        )
        preview = _read(session, preview, table, sheet, saved)
        _check(file, preview)
    except BookkeepingError as error:
        layout = ItemLayout.from_dict(error.layout) if isinstance(error, ItemsUnclear) else preview.layout
        return replace(preview, status=PreviewStatus.REFUSED, layout=layout, is_new=(), error=error)
    known = _known(session, company_id)
    is_new = tuple((item.kind, item.number) not in known for item in preview.items)
    problems = (*preview.problems, *_changed(preview.items, known))
    return replace(preview, status=PreviewStatus.NEW, is_new=is_new, problems=problems)


def _signature(table: Table) -> str:
    return signature_of(table.header.cells if table.header else ())


def _read(
    session: Session, preview: OpenItemsPreview, table: Table, sheet: str, saved: ItemLayout | None
) -> OpenItemsPreview:
    company_id = preview.company_id
    currency = session.execute(select(col(Company.base_currency)).where(col(Company.id) == company_id)).scalar_one()
    codes = frozenset(bookable_accounts(session, company_id))
    setting = ItemSetting(currency, codes, usual_accounts(session, company_id))
    detected = detect_items(table, sheet, preview.answer or ItemLayout(), setting, saved)
    reading = read_items(table, detected, setting)
    return replace(
        preview, layout=detected.layout, items=reading.items, problems=reading.problems, reading=reading
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Known:
    """An item that the books hold."""

    amount_minor: int
    currency: str
    is_removed: bool
    is_settled: bool


def _known(session: Session, company_id: UUID) -> dict[ItemKey, _Known]:
    rows = session.execute(
        select(
            col(OpenItem.kind), col(OpenItem.number), col(OpenItem.amount_minor), col(OpenItem.currency),
            col(OpenItem.removed_at), col(OpenItem.status),
        ).where(col(OpenItem.company_id) == company_id)
    )  # fmt: skip
    return {
        (ItemKind(kind), number): _Known(amount, currency, removed_at is not None, status == ItemStatus.SETTLED)
        for kind, number, amount, currency, removed_at, status in rows
    }


def _check(file: RawFile, preview: OpenItemsPreview) -> None:
    problems, items = preview.problems, preview.items
    faulty = [(problem.row, problem.message) for problem in problems if problem.severity is Severity.ERROR]
    if sum(abs(item.amount_minor) for item in items) > MINOR_MAX:
        faulty.append((items[0].row, "the amounts are too large to be added up"))
    if not items and not faulty and not (preview.reading and preview.reading.left):
        faulty = [(1, "no row follows the names of the columns")]
    if faulty:
        raise InvalidLines(file.name, faulty)


def _changed(items: Collection[ItemRow], known: dict[ItemKey, _Known]) -> list[Problem]:
    """Duplicates that say something else than the books do: what is stored stays."""
    problems = []
    for item in items:
        held = known.get((item.kind, item.number))
        if held is None:
            continue
        message = ""
        if held.is_removed:
            message = "was removed from the list by a person; it stays removed"
        elif (held.amount_minor, held.currency) != (item.amount_minor, item.currency):
            message = (
                f"is in the books with {decimal_text(held.amount_minor, held.currency)} {held.currency}; that stays"
            )
        elif held.is_settled:
            message = "is settled in the books, and open in this file"
        if message:
            problems.append(Problem(item.row, f"{item.kind} {item.number} {message}", Severity.WARNING))
    return problems
