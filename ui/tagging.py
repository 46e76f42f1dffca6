"""The form that sets the tags of bank lines, for the dialogs of Review and Posted."""

from collections.abc import Collection
from datetime import UTC, datetime
from uuid import UUID

import streamlit as st

from core.access.roles import Caller
from core.posting.tags import change_tags, list_tags, tags_of
from db.bulk import write_columns
from db.engine import snapshot, unit_of_work
from ui.words import count


def tagged(caller: Caller, company_id: UUID, transaction_ids: Collection[UUID], key: str) -> bool:
    """The tags that all of these lines have, to be changed; True once they are. Raises what change_tags raises."""
    with snapshot() as session:
        known = list(list_tags(session, caller, company_id))
        present = tags_of(session, caller, company_id, transaction_ids)
    common = [name for name in known if all(name in present.get(line, ()) for line in transaction_ids)]
    with st.form(f"{key}_form", border=False, enter_to_submit=False):
        chosen = st.multiselect(
            "Tags", known, default=common, accept_new_options=True, key=f"{key}_chosen",
            placeholder="Choose, or type a new one",
        )  # fmt: skip
        st.caption("Tags are the company's own classes. They go into the exports and change no entry.")
        with st.container(horizontal=True, horizontal_alignment="right"):
            pressed = st.form_submit_button(
                f"Tag {count(len(transaction_ids), 'line')}", type="primary", key=f"{key}_go", shortcut="Ctrl+Enter"
            )
    if pressed:
        with unit_of_work() as session:
            change_tags(
                session, caller, company_id, transaction_ids, write=write_columns, now=datetime.now(UTC),
                add=[name for name in chosen if name not in common],
                remove=[name for name in common if name not in chosen],
            )  # fmt: skip
    return pressed
