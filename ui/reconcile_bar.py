"""The bars of Reconcile: which statement, which view; and at the bottom what can be done with it."""

from uuid import UUID

import streamlit as st

from core.reconciliation.by_hand import Rest
from core.reconciliation.unmatched import Wanted
from ui import reconcile_desk as desk
from ui.reconcile_sides import AGE_WORDS, Chosen
from ui.reconcile_sight import Sight
from ui.reconcile_words import choice_of, period_of, state_of
from ui.words import MINUS, badge_text, count, money, plain

KEYS = """
| | |
|---|---|
| **J** / **K** | next / previous suggestion |
| **A** | confirm the suggestion |
| **X** | not this: never suggested again |
| **M** | match the selected lines and items |
| **W** | match them and write off a small difference |
| **Z** | take back your last step here |
"""


def toolbar(sight: Sight) -> None:
    """Menus rather than selectboxes: those keep the focus, and the keys would type into them."""
    accounts = {one.bank_account_id: one.bank_account for one in sight.proofs}
    mine = [one for one in reversed(sight.proofs) if one.bank_account_id == sight.one.bank_account_id]
    by_id = {one.reconciliation_id: one for one in mine}
    with st.container(horizontal=True, vertical_alignment="center", key="tools_reconcile", gap="small"):
        st.menu_button(
            plain(sight.one.bank_account), list(accounts), format_func=lambda key: plain(accounts[key]),
            key="reconcile_pick_account", icon=":material/account_balance:", on_click=_account_picked,
        )  # fmt: skip
        st.menu_button(
            period_of(sight.one), list(by_id), format_func=lambda key: choice_of(by_id[key]),
            key="reconcile_pick_statement", icon=":material/calendar_month:", on_click=_statement_picked, args=(sight,),
        )  # fmt: skip
        st.markdown(badge_text(*state_of(sight.one)), width="content")
        st.space("stretch")
        st.segmented_control(
            "View", desk.VIEWS, default=desk.TO_MATCH, required=True, key=desk.VIEW, label_visibility="collapsed"
        )
        if sight.view == desk.TO_MATCH:
            _filter()
        with (
            st.container(width="content", key="reconcile_keys"),
            st.popover("Keys", icon=":material/keyboard:", type="tertiary"),
        ):
            st.markdown(KEYS)


def _filter() -> None:
    """Narrows both sides; in a popover, so that no field takes the keys."""
    narrowed = desk.wanted() != Wanted()
    with (
        st.container(width="content", key="reconcile_filter"),
        st.popover("Filter", icon=":material/filter_alt:", type="secondary" if narrowed else "tertiary"),
    ):
        st.text_input("Text, name or number", key=desk.TEXT, on_change=desk.first_pages)
        st.segmented_control("Way", list(desk.WAYS), key=desk.WAY, on_change=desk.first_pages)
        st.pills(
            "Open items overdue by", list(AGE_WORDS), format_func=AGE_WORDS.__getitem__, key=desk.AGE,
            on_change=desk.first_pages,
        )  # fmt: skip


def _account_picked() -> None:
    if chosen := st.session_state.get("reconcile_pick_account"):
        desk.choose_account(chosen)


def _statement_picked(sight: Sight) -> None:
    chosen = st.session_state.get("reconcile_pick_statement")
    for one in sight.proofs:
        if one.reconciliation_id == chosen:
            desk.choose_statement(one)


def summary(sight: Sight) -> str:
    """17 of 20 statements closed · 3 suggestions here."""
    closed = sum(state_of(one)[0] == "closed" for one in sight.proofs)
    here = f" · {count(sight.suggested_count, 'suggestion')} here" if sight.suggested else ""
    return f"{closed} of {count(len(sight.proofs), 'statement')} closed{here}"


def bar(sight: Sight, chosen: Chosen, unmatching: tuple[object, ...]) -> None:
    """Always the same buttons at the same places; what cannot be done now is disabled."""
    card = sight.card if sight.view == desk.TO_MATCH else None
    off = card is None or not sight.may_work
    with st.bottom, st.container(horizontal=True, vertical_alignment="center", key="bar", gap="xsmall"):
        what = card.match_id if card else ""
        ids = (card.match_id,) if card else ()
        _asks("Confirm", "confirm", "A", off, desk.Asked("confirm", ids), what, primary=True)
        _asks("Not this", "dismiss", "X", off, desk.Asked("dismiss", ids), what)
        if sight.view == desk.MATCHED:
            asked = desk.Asked("unmatch", unmatching)  # type: ignore[arg-type]
            _asks("Unmatch the selected", "unmatch", "", not unmatching or not sight.may_work, asked, unmatching)
        else:
            _by_hand(sight, chosen)
            _difference(sight, chosen)
        with st.container(key="reconcile_told"):
            st.caption(plain(_told(sight, chosen)), wrap=False, text_alignment="right")
        with st.container(horizontal=True, width="content", gap="xsmall", key="prevnext"):
            _way_back(sight)
            _step("Prev", "K", -1, card is None or sight.at == 0)
            _step("Next", "J", 1, card is None or sight.at + 1 >= len(sight.suggested))
        _close(sight)


def _asks(
    label: str, name: str, letter: str, off: bool, asked: desk.Asked, what: object, *, primary: bool = False
) -> None:
    st.button(
        label, key=desk.key_for(f"reconcile_{name}", what), shortcut=desk.shortcut(letter) if letter else None,
        type="primary" if primary else "secondary", disabled=off, on_click=desk.ask_for, args=(asked,),
    )  # fmt: skip


def _fits(chosen: Chosen) -> bool:
    if chosen.exchanged:
        return (chosen.lines_minor > 0) != (chosen.exchanged.amount_minor > 0)
    if chosen.is_transfer:
        return chosen.lines_minor == 0
    return bool(chosen.line_ids and chosen.item_ids) and chosen.lines_minor == chosen.items_minor


def _by_hand(sight: Sight, chosen: Chosen) -> None:
    off = not (_fits(chosen) and sight.may_work)
    asked = desk.Asked("by_hand", chosen.line_ids, chosen.item_ids)
    st.button(
        "Match the selected", key=desk.key_for("reconcile_by_hand", (chosen.line_ids, chosen.item_ids)),
        shortcut=desk.shortcut("M"), disabled=off, on_click=desk.ask_for, args=(asked,),
        help="Select bank lines left and open items right until both come to the same, or one line of each of two own "
        "accounts." if off else None,
    )  # fmt: skip


def _difference(sight: Sight, chosen: Chosen) -> None:
    """What a difference between the selected sides may be: a rest left open, a fee, or small enough to write off."""
    rest = chosen.lines_minor - chosen.items_minor
    both = bool(chosen.line_ids and chosen.item_ids and rest and sight.may_work)
    small = both and sight.write_off_limit is not None and abs(rest) <= sight.write_off_limit
    amount = money(abs(rest), sight.one.currency)
    what = (chosen.line_ids, chosen.item_ids)
    st.button(
        "Write off", key=desk.key_for("reconcile_write_off", what), shortcut=desk.shortcut("W"), disabled=not small,
        on_click=desk.ask_for, args=(desk.Asked("by_hand", *what, Rest.WRITTEN_OFF),),
        help=f"Books the {amount} that differ to the account for small differences." if small else
        "Small differences, within the limit of the policy under Settings.",
    )  # fmt: skip
    choices = {Rest.LEFT_OPEN: f"A part payment, leave {amount} open", Rest.FEE: f"Less a processor's fee of {amount}"}
    short = both and abs(chosen.lines_minor) < abs(chosen.items_minor)
    key = desk.key_for("reconcile_rest", what)
    st.menu_button(
        "Difference", list(choices), format_func=choices.__getitem__, key=key, disabled=not short,
        on_click=_rest_picked, args=(key, what),
    )  # fmt: skip


def _rest_picked(key: str, what: tuple[tuple[UUID, ...], tuple[UUID, ...]]) -> None:
    if rest := st.session_state.get(key):
        desk.ask_for(desk.Asked("by_hand", *what, rest))


def _told(sight: Sight, chosen: Chosen) -> str:
    """The running sum of what is selected; else what was done last."""
    currency = sight.one.currency
    if chosen.exchanged:
        given = money(chosen.lines_minor, currency, sign=True)
        return f"{given} for {money(chosen.exchanged.amount_minor, chosen.exchanged.currency, sign=True)}, exchanged"
    if chosen.line_ids and not chosen.item_ids and not chosen.is_transfer:
        return f"{count(len(chosen.line_ids), 'line')}, {money(chosen.lines_minor, currency)}; select what it pays"
    if chosen.line_ids or chosen.item_ids:
        rest = chosen.lines_minor - chosen.items_minor
        sums = f"{money(chosen.lines_minor, currency)} {MINUS} {money(chosen.items_minor, currency)}"
        return f"{sums} = {money(rest, currency)}"
    back = desk.ways_back()
    return f"Last: {back[-1][0]}" if back else ""


def _way_back(sight: Sight) -> None:
    back = desk.ways_back()
    ids = (back[-1][1],) if back else ()
    st.button(
        "Undo", key=desk.key_for("reconcile_undo", ids), type="tertiary", shortcut=desk.shortcut("Z"),
        disabled=not (back and sight.may_work), on_click=desk.ask_for, args=(desk.Asked("undo", ids),),
    )  # fmt: skip


def _step(label: str, letter: str, step: int, off: bool) -> None:
    st.button(
        label, key=f"reconcile_{label.lower()}", shortcut=desk.shortcut(letter), type="tertiary",
        on_click=desk.move, args=(step,), disabled=off,
    )  # fmt: skip


def _close(sight: Sight) -> None:
    one = sight.one
    if sight.is_closed:
        st.button(
            "Reopen", key="reconcile_to_reopen", icon=":material/lock_open:", disabled=not sight.may_reopen,
            on_click=desk.open_dialog, args=("reopen",),
            help="With a reason." if sight.may_reopen else "Managers reopen a statement.",
        )  # fmt: skip
        return
    why = "; ".join(one.blockers)
    st.button(
        "Close statement", key=desk.key_for("reconcile_close", one.reconciliation_id), icon=":material/lock:",
        disabled=bool(why) or not sight.may_work, on_click=desk.ask_for,
        args=(desk.Asked("close", (one.reconciliation_id,)),),
        help=f"Not yet: {why}." if why else "Only a manager can reopen it.",
    )  # fmt: skip
