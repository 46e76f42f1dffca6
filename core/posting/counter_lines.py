"""The lines of an entry besides the bank's: what they are as proposed, and others put in their place."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import delete, exists, select
from sqlmodel import Session, col

from core.posting.lines import Line
from core.posting.open_entries import LockedEntry
from core.posting.writing import BANK_POSITION, LineColumns, check_balanced, in_portions, write_lines
from core.storage import WriteColumns
from models import JournalLine, Method, TaxLine


def whole_entries(entries: Sequence[LockedEntry], counter: Sequence[Sequence[Line]]) -> LineColumns:
    """The bank's line of each entry and these lines behind it; `entry` counts into `entries`."""
    others = counter_columns(counter)
    return LineColumns(
        [*range(len(entries)), *others.entry],
        [*[BANK_POSITION] * len(entries), *others.position],
        [*(entry.bank_account_id for entry in entries), *others.account_id],
        [*(entry.amount_minor for entry in entries), *others.amount_minor],
        others.taxed,
    )


def counter_columns(counter: Sequence[Sequence[Line]]) -> LineColumns:
    """These lines of n entries as columns, without the bank's."""
    flat = [
        (number, place, line)
        for number, lines in enumerate(counter)
        for place, line in enumerate(lines, BANK_POSITION + 1)
    ]
    return LineColumns(
        [number for number, _, _ in flat],
        [place for _, place, _ in flat],
        [line.account_id for _, _, line in flat],
        [line.amount_minor for _, _, line in flat],
        {(number, place): (line.tax_code_id, line.tax_minor) for number, place, line in flat if line.tax_code_id},
    )


def replace_counter_lines(
    session: Session,
    write: WriteColumns,
    company_id: UUID,
    entries: Sequence[LockedEntry],
    counter: Sequence[Sequence[Line]],
) -> None:
    """Put these lines in the place of all but the bank's line; the entries still wait for review."""
    if not entries:
        return
    currency = [entry.currency for entry in entries]
    check_balanced(len(entries), whole_entries(entries, counter), currency)
    entry_ids = [entry.id for entry in entries]
    for portion in in_portions(entry_ids):
        session.execute(
            delete(TaxLine)
            .where(col(TaxLine.company_id) == company_id, col(TaxLine.entry_id).in_(portion))
            .execution_options(synchronize_session=False)
        )
        session.execute(
            delete(JournalLine)
            .where(
                col(JournalLine.company_id) == company_id,
                col(JournalLine.entry_id).in_(portion),
                col(JournalLine.position) > BANK_POSITION,
            )
            .execution_options(synchronize_session=False)
        )
    write_lines(session, write, company_id, entry_ids, counter_columns(counter), currency)


def of_several_accounts(session: Session, entries: Sequence[LockedEntry]) -> set[UUID]:
    """Those of the entries that are booked to several accounts as proposed, which matches, rules and people do.

    The line behind a taxed one holds its tax and does not count.
    """
    found: set[UUID] = set()
    is_tax = exists().where(
        col(TaxLine.entry_id) == col(JournalLine.entry_id),
        col(TaxLine.position) == col(JournalLine.position) - 1,
        col(TaxLine.tax_minor) != 0,
    )
    splitting = (Method.MATCH, Method.RULE, Method.MANUAL)
    for portion in in_portions(entry.id for entry in entries if entry.proposed_method in splitting):
        found |= set(
            session.execute(
                select(col(JournalLine.entry_id)).where(
                    col(JournalLine.entry_id).in_(portion), col(JournalLine.position) > BANK_POSITION + 1, ~is_tax
                )
            ).scalars()
        )
    return found


def proposed_taxes(session: Session, entries: Sequence[LockedEntry]) -> dict[UUID, UUID]:
    """The tax that entries booked to one account contain as proposed, by entry."""
    found: dict[UUID, UUID] = {}
    for portion in in_portions(entry.id for entry in entries):
        rows = session.execute(
            select(col(TaxLine.entry_id), col(TaxLine.tax_code_id)).where(col(TaxLine.entry_id).in_(portion))
        )
        found |= dict(iter(rows))
    return found
