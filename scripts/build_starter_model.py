"""Build the starter model that ships in data/starter: python -m scripts.build_starter_model

The same sources and seed give the same bytes. Prints the measured figures and writes them to statement.json.
"""

import csv
import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import typer

from core.categorization.calibration import expected_calibration_error, fit_calibration
from core.categorization.fitting import (
    Labelled,
    Outcomes,
    Pairs,
    boosted,
    causal_pairs,
    joined_labelled,
    joined_outcomes,
    predictions_by_month,
)
from core.categorization.history import History, no_decisions
from core.categorization.lines import AccountOption, Lines
from core.categorization.meanings import Meaning
from core.categorization.model import NEVER_PROPOSED, Ranker
from core.categorization.starter import (
    FOLDER,
    MODEL,
    PRIOR,
    STATEMENT,
    PriorRow,
    prior_csv,
    prior_decisions,
    starter_bytes,
)
from core.categorization.starter_corpus import SECTORS, Group, invented_company, read_groups
from core.categorization.text_model import TextLearner, TextModel
from core.ingestion.normalising import counterparty_name, counterparty_names

SEED = 20240
FOLDS = 3  # each fold's companies are scored by a text model that never saw a third of the vocabulary
COMPANIES = 6  # a sector
MONTHS = 14
BITS = 15
PRIOR_WEIGHT = 10
CHART = FOLDER.parent / "charts" / "us_small_business.csv"


@dataclass(frozen=True)
class Company:
    """An invented company: its lines, the vocabulary item behind each, its sector and fold."""

    labelled: Labelled
    templates: list[str]
    sector: str
    fold: int


@dataclass(frozen=True)
class Knowledge:
    """What a starter knows before it meets a company."""

    text: TextModel
    prior: tuple[PriorRow, ...]


def read_chart(path: Path) -> list[tuple[Meaning, frozenset[str]]]:
    """The chart template's rows with the sectors that use each."""
    with path.open(encoding="utf-8", newline="") as file:
        return [
            (
                Meaning(row["code"], row["name"], row["type"], row["role"], row["about"]),
                frozenset(SECTORS if row["sectors"] == "all" else row["sectors"].split()),
            )
            for row in csv.DictReader(file)
        ]


def accounts_of(chart: Sequence[tuple[Meaning, frozenset[str]]], sector: str) -> list[AccountOption]:
    """The chart of a company of the sector, keyed by code."""
    return [AccountOption(m.code, m.code, m.name, m.type, m.role) for m, sectors in chart if sector in sectors]


def invented(groups: Sequence[Group], chart: Sequence[tuple[Meaning, frozenset[str]]], seed: int) -> list[Company]:
    """COMPANIES companies of each sector; lines whose account the sector's chart lacks are left out."""
    found = []
    for place, sector in enumerate(SECTORS):
        codes = {option.code for option in accounts_of(chart, sector)}
        for i in range(COMPANIES):
            number = place * COMPANIES + i
            labelled, templates = invented_company(groups, sector, f"{sector} {i}", MONTHS, seed * 1000 + number)
            kept = np.flatnonzero([code in codes for code in labelled.account]).astype(np.int64)
            found.append(Company(labelled.take(kept), [templates[j] for j in kept.tolist()], sector, number % FOLDS))
    return found


def in_fold(template: str, fold: int) -> bool:
    """Whether the vocabulary item is hidden from the fold's text model. Stable across runs and machines."""
    return sum((i + 1) * ord(sign) for i, sign in enumerate(template)) % FOLDS == fold


def known_prior(groups: Sequence[Group], hidden_fold: int | None, sectors: set[str]) -> tuple[PriorRow, ...]:
    """Payees with a fixed name, weighted by how common they are."""
    counts: Counter[tuple[str, bool, str]] = Counter()
    for group in groups:
        for name in group.names:
            local = group.form in {"trade", "person"} or "{" in name
            if local or not group.sectors & sectors or (hidden_fold is not None and in_fold(name, hidden_fold)):
                continue
            weight = max(1, round(PRIOR_WEIGHT * group.monthly / len(group.names)))
            counts[counterparty_name(name), group.form == "in", group.code] += weight
    return tuple(PriorRow(*key, count) for key, count in sorted(counts.items()))


def knowledge(
    companies: Sequence[Company], groups: Sequence[Group], classes: Sequence[str], hidden_fold: int | None
) -> Knowledge:
    """A text model and prior from these companies' lines and the merchant categories, a fold of vocabulary hidden."""
    texts, amounts, labels = [], [], []
    for company in companies:
        for text, cents, code, template in zip(
            company.labelled.lines.description,
            company.labelled.lines.amount_minor.tolist(),
            company.labelled.account,
            company.templates,
            strict=True,
        ):
            if hidden_fold is None or not in_fold(template, hidden_fold):
                texts.append(text)
                amounts.append(cents)
                labels.append(code)
    for row in merchant_categories():
        texts.append(row["description"].upper())
        amounts.append(-10_000)
        labels.append(row["code"])
    lines = Lines(texts, counterparty_names(texts), np.array(amounts, np.int64), np.zeros(len(texts), "datetime64[D]"))
    learner = TextLearner(classes, BITS, knows_companies=False, seed=SEED)
    learner.learn(lines.keys, labels)
    return Knowledge(learner.model(), known_prior(groups, hidden_fold, {company.sector for company in companies}))


def merchant_categories() -> list[dict[str, str]]:
    with (FOLDER / "merchant_categories.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


class Builder:
    """Holds what every step needs: vocabulary, chart, classes."""

    def __init__(self) -> None:
        self.groups = read_groups(FOLDER / "merchants.csv")
        self.chart = read_chart(CHART)
        self.meanings = tuple(m for m, _ in self.chart if m.role not in NEVER_PROPOSED)
        used = {group.code for group in self.groups}
        self.classes = [m.code for m in self.meanings if m.code in used]
        self.meanings = tuple(m for m in self.meanings if m.code in used)

    def base(self, known: Knowledge) -> Ranker:
        return Ranker("", self.meanings, known.text)

    def pairs(self, companies: Sequence[Company], known: dict[int, Knowledge]) -> Pairs:
        """Training pairs under every kind of evidence a ranker may meet, so that it leans on none of them blindly.

        Each company with its fold's knowledge; every third one also with a text model of its own; and the companies
        of a sector together, with a text model and history in common but accounts whose meaning nobody knows.
        """
        parts = []
        for number, company in enumerate(companies):
            accounts = accounts_of(self.chart, company.sector)
            fold = known[company.fold]
            shared = prior_decisions(fold.prior, self.meanings, tuple(accounts))
            parts.append(causal_pairs(company.labelled, accounts, self.base(fold), shared, None))
            if number % 3 == 1:
                own_classes = sorted(set(company.labelled.account))
                learner = TextLearner(own_classes, 12, knows_companies=True, seed=SEED)
                parts.append(causal_pairs(company.labelled, accounts, self.base(fold), shared, learner))
        for sector in sorted({company.sector for company in companies}):
            together = joined_labelled([c.labelled for c in companies if c.sector == sector]).by_date()
            strange = [replace(option, type="", role="") for option in accounts_of(self.chart, sector)]
            learner = TextLearner(sorted(set(together.account)), 13, knows_companies=True, seed=SEED)
            parts.append(causal_pairs(together, strange, replace(self.base(known[0]), meanings=()), None, learner))
        return Pairs(np.concatenate([p.features for p in parts]), np.concatenate([p.chosen for p in parts]))

    def train(self, companies: Sequence[Company]) -> tuple[Ranker, dict[int, Knowledge]]:
        """A ranker with the knowledge of all the companies, and the knowledge of each fold."""
        folds = {fold: knowledge(companies, self.groups, self.classes, fold) for fold in range(FOLDS)}
        whole = knowledge(companies, self.groups, self.classes, None)
        ranker = replace(self.base(whole), booster_text=boosted(self.pairs(companies, folds), SEED))
        return ranker, folds

    def tested(
        self, companies: Sequence[Company], ranker: Ranker, known: dict[int, Knowledge], *, feed: bool
    ) -> Outcomes:
        """Predict companies month by month, each with its fold's knowledge."""
        parts = []
        for company in companies:
            accounts = accounts_of(self.chart, company.sector)
            fold = known[company.fold]
            history = History(no_decisions(), prior_decisions(fold.prior, self.meanings, tuple(accounts)))
            scored = replace(ranker, starter_text=fold.text)
            parts.append(predictions_by_month(company.labelled, accounts, history, scored, feed=feed, pooled=False)[0])
        return joined_outcomes(parts)


def figures(result: Outcomes) -> dict[str, Any]:
    """Shares of right answers over all lines, and at the shipped default threshold among known payees."""
    sure = result.seen & (result.confidence >= 0.97)
    return {
        "lines": len(result.right),
        "accuracy": round(float(result.right.mean()), 4),
        "top3_accuracy": round(float((result.rank_of_true < 3).mean()), 4),
        "accuracy_unseen_payees": round(float(result.right[~result.seen].mean()), 4) if (~result.seen).any() else None,
        "ece": round(expected_calibration_error(result.confidence, result.right), 4),
        "share_above_097": round(float(sure.mean()), 4),
        "precision_above_097": round(float(result.right[sure].mean()), 4) if sure.any() else None,
    }


def leave_sectors_out(builder: Builder, companies: Sequence[Company]) -> dict[str, Any]:
    """For each sector, a starter that never saw it, tried on its companies: cold, and fed with monthly reviews."""
    found = {}
    for sector in SECTORS:
        others = [c for c in companies if c.sector != sector]
        ranker, folds = builder.train(others[::3])  # a third of them: nine trainings are nine times the wait
        test = [c for c in companies if c.sector == sector]
        found[sector] = {
            "cold": figures(builder.tested(test, ranker, folds, feed=False)),
            "reviewed_monthly": figures(builder.tested(test, ranker, folds, feed=True)),
        }
        typer.echo(f"{sector}: {found[sector]}", err=True)
    return found


def main(out: Path = FOLDER, sectors: bool = True) -> None:
    """Train, calibrate on other invented companies, measure leave-one-sector-out, write data/starter."""
    builder = Builder()
    companies = invented(builder.groups, builder.chart, SEED)
    ranker, folds = builder.train(companies)
    fresh = invented(builder.groups, builder.chart, SEED + 1)
    raw = builder.tested(fresh, ranker, folds, feed=True)
    ranker = replace(ranker, calibration=fit_calibration(raw.confidence, raw.right, raw.seen, raw.considered))
    third = invented(builder.groups, builder.chart, SEED + 2)
    statement = {
        "what": "Starter model: accounts by meaning from bank texts of US small companies, before any review",
        "trained_on": {
            "invented_companies": len(companies),
            "invented_lines": sum(len(company.labelled) for company in companies),
            "vocabulary_items": sum(len(group.names) for group in builder.groups),
            "merchant_categories": len(merchant_categories()),
            "client_rows": 0,
        },
        "sources": [
            {"name": "merchants.csv", "licence": "written for this project, its licence"},
            {
                "name": "merchant_categories.csv",
                "licence": "public domain (greggles/mcc-codes, commit 16e8ab17); the mapping is of this project",
            },
            {"name": "us_small_business.csv", "licence": "written for this project, its licence"},
        ],
        "seed": SEED,
        "measured": {
            "how": "on invented companies never trained on; a third of the vocabulary hidden from the text model",
            "other_companies_cold": figures(builder.tested(third, ranker, folds, feed=False)),
            "other_companies_reviewed_monthly": figures(builder.tested(third, ranker, folds, feed=True)),
            "leave_one_sector_out": leave_sectors_out(builder, companies) if sectors else {},
        },
        "limits": "Invented lines are cleaner than real ones; expect less on real statements until reviews come in.",
    }
    out.mkdir(parents=True, exist_ok=True)
    prior = known_prior(builder.groups, None, set(SECTORS))
    (out / MODEL).write_bytes(starter_bytes(ranker))
    (out / PRIOR).write_text(prior_csv(prior), encoding="utf-8", newline="\n")
    (out / STATEMENT).write_text(json.dumps(statement, indent=2) + "\n", encoding="utf-8", newline="\n")
    typer.echo(json.dumps(statement["measured"], indent=2))


if __name__ == "__main__":
    typer.run(main)
