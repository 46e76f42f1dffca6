"""The whole ledger as a file for other programs, made when somebody asks for it."""

import zipfile
from collections.abc import Callable
from io import BytesIO
from typing import IO
from uuid import UUID

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from core.access.roles import Caller
from core.exporting.formats import FORMS, ExportFormat, export_ledger
from core.exporting.gnucash import write_gnucash_accounts
from core.exporting.ledger import read_ledger
from db.engine import snapshot
from ui.identity import Here

_ABOUT = {
    ExportFormat.XLSX: "Every line with its evidence, the chart and the balances",
    ExportFormat.BEANCOUNT: "A journal that bean-check tests",
    ExportFormat.HLEDGER: "A journal that hledger check tests",
    ExportFormat.GNUCASH_CSV: "Accounts, then transactions, to be imported in this order",
}


def ledger_downloads(at: DeltaGenerator, place: Here) -> None:
    """A button that opens the forms; each file holds all that is posted, whatever period is on the page."""
    slug = place.company.slug
    with at.popover("Whole ledger", icon=":material/download:", key="ledger_downloads"):
        st.caption("All that is posted, of all periods and currencies.")
        for form, about in _ABOUT.items():
            packed = form is ExportFormat.GNUCASH_CSV
            ending = ".zip" if packed else FORMS[form].ending
            with st.container(gap=None):
                st.download_button(
                    FORMS[form].title, _file(place.caller, place.company_id, slug, form), f"{slug}_ledger{ending}",
                    "application/zip" if packed else FORMS[form].mime, key=f"ledger_{form}", on_click="ignore",
                    icon=":material/download:", width="stretch",
                )  # fmt: skip
                st.caption(about)


def _file(caller: Caller, company_id: UUID, slug: str, form: ExportFormat) -> Callable[[], bytes]:
    return lambda: ledger_file(caller, company_id, slug, form)


def ledger_file(caller: Caller, company_id: UUID, slug: str, form: ExportFormat) -> bytes:
    """The ledger in this form; for GnuCash a ZIP archive of accounts and transactions."""
    target = BytesIO()
    with snapshot() as session:
        ledger = read_ledger(session, caller, company_id)
        if form is not ExportFormat.GNUCASH_CSV:
            export_ledger(ledger, form, target)
            return target.getvalue()
        with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
            with _member(archive, f"{slug}_1_accounts.csv") as member:
                for piece in write_gnucash_accounts(ledger):
                    member.write(piece.encode())
            with _member(archive, f"{slug}_2_transactions.csv") as member:
                export_ledger(ledger, form, member)
    return target.getvalue()


def _member(archive: zipfile.ZipFile, name: str) -> IO[bytes]:
    return archive.open(name, "w", force_zip64=True)
