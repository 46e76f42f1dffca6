"""The model card: which model proposes for a company, what it saw, how it does, and the training of another."""

from collections.abc import Mapping
from datetime import date
from typing import Any

import streamlit as st

from core.access.roles import Caller
from core.categorization.model_card import ModelCard
from ui.frame import empty, section
from ui.metrics_measured import Measured
from ui.metrics_model_charts import calibration_chart, risk_coverage_chart
from ui.metrics_training import training
from ui.tables import frame, small_table, table
from ui.words import NONE, count, day, percent


def model(caller: Caller, measured: Measured) -> None:
    """Which model proposes, what it saw, how it did on what it had not seen; and the training of another."""
    section("The model in use", "Measured on lines it had not seen.")
    if len(measured.cards) > 1:
        _cards_table(measured)
        return
    ((company_id, card),) = measured.cards.items()
    with st.container(border=True, key="metrics_model", gap="xsmall"):
        facts = _own_facts(card) if card.number is not None else _starter_facts(card)
        facts.append(("Books alone from", _threshold(card)))
        small_table(frame(facts, "What", "Value"))
    _curves(card)
    training(caller, company_id)


def _curves(card: ModelCard) -> None:
    """Calibration and risk–coverage: of the trial where there was one, else of what people decided since."""
    tried = card.figures if card.figures and card.figures.get("reliability") else card.lived
    if tried is None:
        return
    basis = (
        f"On the {tried['holdout_rows']:,} later lines of its trial."
        if tried is card.figures
        else f"On {tried['holdout_rows']:,} lines that people decided after it had proposed, most of them because it "
        "was unsure: on all lines it does better."
    )
    left, right = st.columns(2, gap="medium")
    with left:
        section("Does its confidence mean what it says?", f"{basis} On the dashed line it does.")
        calibration_chart(tried["reliability"])
    with right:
        section("What would each threshold post?", f"{basis} Strict at the left, loose at the right.")
        if tried["risk_coverage"]:
            risk_coverage_chart(tried["risk_coverage"], card.threshold, card.target_error)
        else:
            empty("query_stats", "No line reached a threshold", "The curve begins at 50% confidence.")


def _threshold(card: ModelCard) -> str:
    source = "chosen for this company" if card.is_chosen else "the stated default, until enough is reviewed"
    return (
        f"{percent(card.threshold, 1)} confidence on, {source}; at most {percent(card.target_error, 1)} of that may be "
        "wrong"
    )


def _own_facts(card: ModelCard) -> list[tuple[str, str]]:
    figures_of = card.figures or {}
    trained = day(card.trained_at.date(), year=True) if card.trained_at else NONE
    later = count(int(figures_of.get("holdout_rows") or 0), "later line")
    span = [date.fromisoformat(card.data[name]) for name in ("first_on", "last_on") if name in card.data]
    learned = f"{count(card.reviewed_rows or 0, 'decision')} of people"
    if len(span) == 2:
        learned += f", lines of {day(span[0], year=True)} to {day(span[1], year=True)}"
    return [
        ("Model", f"Version {card.number} of this company, trained {trained}"),
        ("Learned from", f"{learned}; this company alone, on top of starter {card.starter_version}"),
        ("First guess right", f"{percent(figures_of.get('accuracy'), 1)} of {later}"),
        ("Among its first three", f"{percent(figures_of.get('top3_accuracy'), 1)} of {later}"),
        ("Confidence off by", f"{percent(figures_of.get('ece'), 1)} on average (expected calibration error)"),
        ("Would post at the promise", _coverage(figures_of, card)),
        ("Why this one", card.reason),
        *([("Trained last", card.last_trial)] if card.last_trial != card.reason else []),
    ]  # fmt: skip


def _coverage(tried: Mapping[str, Any], card: ModelCard) -> str:
    share = percent(tried.get("coverage"), 1)
    return (
        f"{share} of these lines, the surest first, with at most {percent(card.target_error, 1)} wrong; with hindsight"
    )


def _starter_facts(card: ModelCard) -> list[tuple[str, str]]:
    saw, done = card.starter["trained_on"], card.starter["measured"]
    cold, monthly = done["other_companies_cold"], done["other_companies_reviewed_monthly"]
    return [
        ("Model", f"The shipped starter, {card.starter_version}; no version was trained on this company's reviews yet"),
        ("Learned from", f"{saw['invented_lines']:,} invented lines of {saw['invented_companies']:,} invented "
         f"companies, {saw['client_rows']:,} of clients"),
        ("First guess right, before any review", f"{percent(cold['accuracy'], 1)} of {cold['lines']:,} lines of other "
         "invented companies"),
        ("First guess right, reviewed monthly", f"{percent(monthly['accuracy'], 1)} of {monthly['lines']:,}; from 97% "
         f"confidence on {percent(monthly['precision_above_097'], 1)}"),
        *_lived(card),
        ("Limits", str(card.starter["limits"])),
        *([("Trained last", card.last_trial)] if card.last_trial else []),
    ]  # fmt: skip


def _lived(card: ModelCard) -> list[tuple[str, str]]:
    """What people said to its proposals here."""
    if card.lived is None:
        return []
    said = f"{percent(card.lived['accuracy'], 1)} of {card.lived['holdout_rows']:,} lines that people decided"
    return [("First guess right, here", f"{said}; confidence off by {percent(card.lived['ece'], 1)} on these")]


def _cards_table(measured: Measured) -> None:
    rows = [
        (
            measured.names[key],
            f"Version {card.number}" if card.number is not None else f"Starter {card.starter_version}",
            NONE if card.reviewed_rows is None else count(card.reviewed_rows, "decision"),
            percent((card.figures or {}).get("accuracy"), 1),
            percent(card.threshold, 1),
            "Chosen" if card.is_chosen else "Default",
            percent(card.target_error, 1),
        )
        for key, card in measured.cards.items()
    ]
    table(
        frame(rows, "Company", "Model", "Learned from", "First guess right", "Books alone from", "Threshold",
              "May be wrong"),
        columns={
            "Company": st.column_config.TextColumn(width=210), "Model": st.column_config.TextColumn(width=180),
            "Learned from": st.column_config.TextColumn(width=120, alignment="right"),
            "First guess right": st.column_config.TextColumn(width=130, alignment="right"),
            "Books alone from": st.column_config.TextColumn(width=130, alignment="right"),
            "Threshold": st.column_config.TextColumn(width=90),
            "May be wrong": st.column_config.TextColumn(width=110, alignment="right"),
        },
        key="metrics_models",
    )  # fmt: skip
