"""What the audit log's page shows: the proof of the chain, the events, one event opened."""

from typing import Any

import streamlit as st

from core.access.audit import Violation, verify_chain
from core.access.audit_reading import ROWS, AuditPage, LoggedEvent
from db.engine import snapshot
from ui.tables import frame, small_table, table
from ui.words import MINUS, badge_text, count, money

_TABLE = "audit_rows"


@st.cache_data(ttl=600, max_entries=50, show_spinner=False)
def _violations(chain: str, head: str) -> list[Violation]:  # noqa: ARG001  a new head means a new proof
    with snapshot() as session:
        return verify_chain(session, chain)


def proof(page: AuditPage) -> str:
    """The badge: every hash was computed again from the first event on, at most ten minutes ago."""
    found = _violations(page.chain, page.head)
    if found:
        return badge_text("difference", f"Damaged: {found[0].where}, {found[0].what}")
    return badge_text("confirmed", f"Chain proved, {count(page.total, 'event')}")


def forget_proofs() -> None:
    """Compute every hash anew at the next look."""
    _violations.clear()


def change_in_words(before: dict[str, Any] | None, after: dict[str, Any] | None) -> str:
    """The facts of a change in one line: "role reviewer → manager", "username dana", "closing 412.60"."""
    old, new = before or {}, after or {}
    currency = new.get("currency") or old.get("currency") or ""
    old, new = _in_units(old, currency), _in_units(new, currency)
    parts = []
    for name in [*old, *(name for name in new if name not in old)]:
        if name in old and name in new and old[name] != new[name]:
            parts.append(f"{_word(name)} {_plain(old[name])} → {_plain(new[name])}")
        elif name in new and name not in old:
            parts.append(f"{_word(name)} {_plain(new[name])}")
        elif name in old and name not in new:
            parts.append(f"{_word(name)} {MINUS} {_plain(old[name])}")
    return ", ".join(parts)


def _in_units(facts: dict[str, Any], currency: str) -> dict[str, Any]:
    """The same with amounts written in units, where the event says of which currency they are."""

    def amount(name: str, value: Any) -> Any:
        return money(value, currency) if currency and name.endswith("_minor") and isinstance(value, int) else value

    return {name: amount(name, value) for name, value in facts.items()}


def _word(name: str) -> str:
    return name.removesuffix("_minor").removesuffix("_id").replace("_", " ")


def _plain(value: Any) -> str:
    if isinstance(value, dict):
        return "(" + ", ".join(f"{_word(name)} {_plain(each)}" for name, each in value.items()) + ")"
    if isinstance(value, list):
        return ", ".join(_plain(each) for each in value)
    return "none" if value is None else str(value)


def events_table(page: AuditPage, number: int) -> LoggedEvent | None:
    """The events of the page; the one that was clicked, if any."""
    rows = [
        (e.at, e.who, e.action, e.subject, change_in_words(e.before, e.after), e.row_count, e.via) for e in page.events
    ]
    column = st.column_config
    chosen = table(
        frame(rows, "When", "Who", "Did", "With", "Change", "Rows", "Where"),
        columns={
            "When": column.DatetimeColumn(format="MMM D, YYYY HH:mm:ss", timezone="UTC", width=160),
            "Who": column.TextColumn(width=150),
            "Did": column.TextColumn(width=160),
            "With": column.TextColumn(width=110),
            "Change": column.TextColumn(width=420),
            "Rows": column.NumberColumn(width=60, alignment="right"),
            "Where": column.TextColumn(width=110),
        },
        key=f"{_TABLE}_{page.chain}_{number}",
        on_select="rerun",
        selection_mode=["single-row", "single-cell"],
    )
    selected = chosen["selection"]
    at = selected["cells"][0][0] if selected["cells"] else next(iter(selected["rows"]), None)
    return page.events[at] if at is not None and at < len(page.events) else None


def pager(page: AuditPage, key: str) -> int:
    """Where to go; shown only where there is more than one page."""
    if page.pages == 1:
        return 1
    with st.container(horizontal=True, vertical_alignment="center", key=f"pager_{key}"):
        st.caption(f"{ROWS} of {count(page.total, 'event')} on a page", width="content")
        st.space("stretch")
        return int(st.pagination(page.pages, key=key, width=300))


def opened(event: LoggedEvent) -> None:
    """Everything that one event holds."""
    facts = [
        ("Event", f"{event.sequence}, {event.at:%Y-%m-%d %H:%M:%S} UTC"),
        ("Who", f"{event.who}, {event.via}"),
        ("Did", f"{event.action}: {event.subject} {event.subject_id or ''}".rstrip()),
        ("Before", _plain(event.before) if event.before else ""),
        ("After", _plain(event.after) if event.after else ""),
        ("Rows", f"{event.row_count:,}" + (f", digest {event.rows_digest}" if event.rows_digest else "")),
        ("Hash", event.hash),
    ]
    with st.container(border=True, key="audit_event", gap="xsmall"):
        st.markdown("**The event**")
        rows = [(name, text) for name, text in facts if text]
        small_table(frame(rows, "", "Value"))
