"""The proof of the open statement: does it add up, does the ledger agree, and if not, why."""

import streamlit as st

from core.money import Money
from core.reconciliation.closing import reopen_reconciliation, state_balances
from core.reconciliation.proofs import StatementProof
from core.reconciliation.statement_proof import Cause, Proof
from ui import reconcile_desk as desk
from ui.frame import answered, equation, refusals_shown
from ui.navigation import PAGES
from ui.reconcile_sight import Sight
from ui.reconcile_steps import printed
from ui.reconcile_words import cause_text, period_of
from ui.tables import frame, small_table
from ui.words import MINUS, badge_text, count, day, money, plain


def proofs(sight: Sight) -> None:
    """Both boxes, side by side."""
    left, right = st.columns(2, gap="small")
    with left, st.container(border=True, height="stretch", key="proofbank", gap="xsmall"):
        _statement(sight)
    with right, st.container(border=True, height="stretch", key="proofbook", gap="xsmall"):
        _ledger(sight)


def _statement(sight: Sight) -> None:
    one, proof = sight.one, sight.one.proof
    stated = proof.stated
    answered("Does the statement add up?", _verdict(proof, one.currency))
    opening = "Opening, carried over" if proof.opening_carried else f"Opening, {day(stated.first_on)}"
    sums = (
        ("", opening, money(proof.opening_minor, one.currency)),
        ("+", count(stated.line_count, "line"), money(stated.lines_minor, one.currency)),
        ("=", f"Closing, {day(stated.last_on)}", money(stated.closing_minor, one.currency)),
    )
    equation(sums, "sumbank")
    for sentence in proof.chain:
        st.caption(f":orange[:material/event_busy:] {plain(sentence)}")
    if one.blockers and not sight.is_closed:
        st.caption(f"Before it can be closed: {plain('; '.join(one.blockers))}.")
    if one.reopened_reason and not sight.is_closed:
        st.caption(f"Reopened: {plain(one.reopened_reason)}")
    with st.container(horizontal=True, vertical_alignment="center", gap="xsmall"):
        if sight.typed and not sight.is_closed:
            unknown = None in (stated.opening_minor, stated.closing_minor)
            st.button(
                "Type in the balances" if unknown else "Change the balances", key="reconcile_balances",
                icon=":material/edit:", type="secondary" if unknown else "tertiary", disabled=not sight.may_work,
                on_click=desk.open_dialog, args=("balances",),
            )  # fmt: skip
        _print(sight)
        st.caption(f"{plain(one.file_name)} · {one.currency}")


def _print(sight: Sight) -> None:
    """The bank reconciliation statement to take away; made when the button is pressed."""
    one = sight.one
    name = f"bank_reconciliation_{one.bank_account_code}_{one.proof.stated.last_on}.pdf"
    st.download_button(
        "Print", lambda: printed(sight.caller, sight.company_id, one), name, "application/pdf", type="tertiary",
        key=desk.key_for("reconcile_print", one.reconciliation_id), icon=":material/print:", on_click="ignore",
        help="The bank reconciliation statement as PDF.",
    )  # fmt: skip


def _verdict(proof: Proof, currency: str) -> str:
    if proof.difference_minor is None:
        return badge_text("asking", "A balance is not stated")
    if proof.difference_minor:
        return badge_text("difference", f"{money(abs(proof.difference_minor), currency)} apart")
    if proof.missing_lines:
        return badge_text("difference", f"{count(proof.missing_lines, 'line')} missing")
    return badge_text("confirmed", "Proved")


def _ledger(sight: Sight) -> None:
    one, proof = sight.one, sight.one.proof
    difference = proof.ledger_difference_minor
    verdict = badge_text("confirmed", "To the cent")
    if difference is None:
        verdict = badge_text("asking", "The closing balance is not stated")
    elif difference:
        verdict = badge_text("difference", f"{money(abs(difference), one.currency)} to explain")
    answered("Does the ledger agree?", verdict)
    sums = (
        ("", f"Ledger, {plain(one.ledger_account)}", money(proof.ledger_minor, one.currency)),
        (MINUS, "Statement closing", money(proof.stated.closing_minor, one.currency)),
        ("=", "Difference", money(difference, one.currency)),
    )
    equation(sums, "sumbook")
    if proof.causes:
        rows = [(cause_text(share), share.amount_minor) for share in proof.causes]
        small_table(frame(rows, "Why", "Amount"), ["Amount"], one.currency)
        _ways(sight)


def _ways(sight: Sight) -> None:
    """What can be done about the causes."""
    causes = {share.cause for share in sight.one.proof.causes}
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        if Cause.OPENING in causes:
            st.button(
                "Book the opening balance", key="reconcile_opening", icon=":material/add:",
                disabled=not sight.may_book, on_click=desk.ask_for,
                args=(desk.Asked("opening", (sight.one.bank_account_id,)),),
                help="Against owner's equity, on the day before the account's first statement. Reviewers and managers "
                "may do it.",
            )  # fmt: skip
        waits = Cause.WAITING in causes and sight.may_book
        if waits and st.button(
            "Review what waits", key="reconcile_to_review", type="tertiary", icon=":material/checklist:"
        ):
            st.switch_page(PAGES / "review.py")


def dialogs(sight: Sight) -> None:
    """The dialog that is open, if any."""
    asked = st.session_state.get(desk.DIALOG)
    if asked == "balances":
        _balances(sight)
    elif asked == "reopen":
        _reopen(sight)


@st.dialog("Balances of the statement", icon=":material/edit:", on_dismiss=desk.close_dialog)
def _balances(sight: Sight) -> None:
    one, stated = sight.one, sight.one.proof.stated
    st.markdown(f"**{plain(one.bank_account)}** · {period_of(one)} · {one.currency}")
    st.caption(
        f"The lines come to {money(stated.lines_minor, one.currency)}. Money that is owed, as on a card, is negative."
    )
    with st.form("reconcile_balances_form", border=False):
        known = {"opening_minor": stated.opening_minor, "closing_minor": stated.closing_minor}
        labels = {
            "opening_minor": f"Opening, before {day(stated.first_on)}",
            "closing_minor": f"Closing, {day(stated.last_on)}",
        }
        typed = {
            name: st.text_input(
                labels[name], "" if minor is None else money(minor, one.currency).replace(MINUS, "-"),
                key=f"reconcile_{name}", disabled=name not in sight.typed, placeholder="0.00",
            )
            for name, minor in known.items()
        }  # fmt: skip
        if not _pressed("Keep the balances", "reconcile_balances"):
            return
    with refusals_shown("The balances were not changed"):
        opening, closing = (
            _minor(typed[name], one.currency) if name in sight.typed else known[name]
            for name in ("opening_minor", "closing_minor")
        )
        desk.commit(
            lambda session, now: state_balances(
                session, sight.caller, sight.company_id, one.reconciliation_id, opening, closing, now=now
            )
        )
        _finish()


def _minor(text: str, currency: str) -> int | None:
    """What a person typed, in minor units; nothing typed is not known. Raises InvalidAmount."""
    written = text.replace(",", "").replace(MINUS, "-").strip()
    return Money.parse(written, currency).minor if written else None


@st.dialog("Reopen the statement", icon=":material/lock_open:", on_dismiss=desk.close_dialog)
def _reopen(sight: Sight) -> None:
    one: StatementProof = sight.one
    st.markdown(f"**{plain(one.bank_account)}** · {period_of(one)}")
    with st.form("reconcile_reopen_form", border=False):
        reason = st.text_area("Why", key="reconcile_why", placeholder="Kept in the audit log")
        if not _pressed("Reopen it", "reconcile_reopen"):
            return
    with refusals_shown("The statement stays closed"):
        desk.commit(
            lambda session, now: reopen_reconciliation(
                session, sight.caller, sight.company_id, one.reconciliation_id, reason=reason, now=now
            )
        )
        _finish()


def _pressed(verb: str, key: str) -> bool:
    with st.container(horizontal=True, horizontal_alignment="right"):
        cancelled = st.form_submit_button("Cancel", type="tertiary", key=f"{key}_cancel")
        pressed = st.form_submit_button(verb, type="primary", key=f"{key}_go", shortcut="Ctrl+Enter")
    if cancelled:
        _finish()
    return pressed


def _finish() -> None:
    """Close the dialog and show what has become of the statement."""
    desk.close_dialog()
    st.rerun()
