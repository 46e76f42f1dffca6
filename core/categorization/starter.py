"""The starter model that ships with the product: what a company's ranking begins with before anybody has reviewed.

data/starter/ holds `starter.model` (text model by account meaning, ranker, calibration), `prior.csv` (payee →
meaning → weight) and `statement.json` (what it was trained on and what was measured).
"""

import csv
import hashlib
import json
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any

import numpy as np

from core.categorization.artefact import packed, unpacked
from core.categorization.calibration import Calibration
from core.categorization.features import FEATURES
from core.categorization.history import Decisions
from core.categorization.lines import AccountOption, Lines
from core.categorization.meanings import Meaning, match_meanings
from core.categorization.model import Ranker
from core.categorization.text_model import TextModel
from core.errors import UnreadableModel

FOLDER = Path(__file__).resolve().parents[2] / "data" / "starter"
MODEL, PRIOR, STATEMENT = "starter.model", "prior.csv", "statement.json"
_SURE_MEANING = 0.5  # likeness from which an account inherits the prior of its meaning


@dataclass(frozen=True, slots=True)
class PriorRow:
    """A payee known beforehand: how often the corpus booked it to this meaning; `inflow` for money in."""

    payee: str
    inflow: bool
    code: str
    count: int


@dataclass(frozen=True)
class Starter:
    ranker: Ranker
    prior: tuple[PriorRow, ...]
    version: str  # digest of model and prior
    folder: Path

    @cached_property
    def statement(self) -> dict[str, Any]:
        """What it was trained on and what was measured."""
        values: dict[str, Any] = json.loads((self.folder / STATEMENT).read_text(encoding="utf-8"))
        return values

    @property
    def unknown_sector_score(self) -> float:
        """Share of first lines right in companies of a sector the starter never saw, before any review: the mean over
        the sectors left out in turn."""
        left_out = self.statement["measured"]["leave_one_sector_out"].values()
        return float(np.mean([each["cold"]["accuracy"] for each in left_out]))

    @property
    def known_sector_score(self) -> float:
        """Share of first lines right in other companies of the sectors it was trained on, before any review."""
        return float(self.statement["measured"]["other_companies_cold"]["accuracy"])

    def prior_for(self, accounts: Sequence[AccountOption]) -> Decisions:
        """The prior in terms of a company's accounts: each takes over the payees of its meaning."""
        return prior_decisions(self.prior, self.ranker.meanings, tuple(accounts))

    def known_payees(self, accounts: Sequence[AccountOption]) -> dict[tuple[str, bool], frozenset[str]]:
        """The accounts (keys) that each payee is known to lead to, by its name in lower case and whether money comes
        in."""
        known: dict[tuple[str, bool], set[str]] = defaultdict(set)
        for row, key in _owned(self.prior, self.ranker.meanings, accounts):
            known[row.payee.lower(), row.inflow].add(key)
        return {side: frozenset(keys) for side, keys in known.items()}


@lru_cache(maxsize=64)
def prior_decisions(
    prior: tuple[PriorRow, ...], meanings: tuple[Meaning, ...], accounts: tuple[AccountOption, ...]
) -> Decisions:
    """Prior rows as shared decisions for these accounts."""
    rows = _owned(prior, meanings, accounts)
    lines = Lines(
        [row.payee for row, _ in rows],
        [row.payee for row, _ in rows],
        np.array([1000 if row.inflow else -1000 for row, _ in rows], np.int64),
        np.zeros(len(rows), "datetime64[D]"),
    )
    return Decisions.of(lines, [key for _, key in rows], np.array([row.count for row, _ in rows], np.int64))


def _owned(
    prior: Sequence[PriorRow], meanings: Sequence[Meaning], accounts: Sequence[AccountOption]
) -> list[tuple[PriorRow, str]]:
    """Each prior row with the key of every account that takes over its meaning."""
    match = match_meanings(accounts, meanings)
    owners: dict[str, list[str]] = {}
    for account, meaning, likeness in zip(accounts, match.meaning.tolist(), match.similarity.tolist(), strict=True):
        if meaning >= 0 and likeness >= _SURE_MEANING:
            owners.setdefault(meanings[meaning].code, []).append(account.key)
    return [(row, key) for row in prior for key in owners.get(row.code, ())]


@lru_cache(maxsize=2)
def load_starter(folder: Path = FOLDER) -> Starter:
    """Read the shipped model once. Raises UnreadableModel if it is damaged."""
    block = (folder / MODEL).read_bytes()
    prior_text = (folder / PRIOR).read_text(encoding="utf-8")
    header, arrays = unpacked(block)
    if header.get("features") != list(FEATURES):
        raise UnreadableModel("the shipped starter is of another version of the program")
    weights = arrays["weights"].astype(np.float32) * arrays["scale"]
    text = TextModel(tuple(header["classes"]), weights, arrays["intercept"], header["bits"], False)
    ranker = Ranker(
        arrays["booster"].tobytes().decode(),
        tuple(Meaning(**row) for row in header["meanings"]),
        text,
        None,
        Calibration.from_dict(header["calibration"]),
    )
    prior = tuple(
        PriorRow(row["payee"], row["direction"] == "in", row["code"], int(row["count"]))
        for row in csv.DictReader(prior_text.splitlines())
    )
    version = hashlib.sha256(block + prior_text.encode()).hexdigest()[:12]
    return Starter(ranker, prior, version, folder)


def starter_bytes(ranker: Ranker) -> bytes:
    """The shipped form: weights of the text model as whole numbers of one byte, small ones dropped."""
    text = ranker.starter_text
    scale = (np.abs(text.weights).max(axis=0) / 127).astype(np.float32)
    small = np.rint(text.weights / np.maximum(scale, 1e-9)).astype(np.int8)
    header = {
        "features": list(FEATURES),
        "classes": list(text.classes),
        "bits": text.bits,
        "meanings": [
            {"code": m.code, "name": m.name, "type": m.type, "role": m.role, "about": m.about} for m in ranker.meanings
        ],
        "calibration": ranker.calibration.to_dict(),
    }
    return packed(
        header,
        {
            "weights": small,
            "scale": scale,
            "intercept": text.intercept,
            "booster": np.frombuffer(ranker.booster_text.encode(), np.uint8),
        },
    )


def prior_csv(rows: Sequence[PriorRow]) -> str:
    """The prior table as text."""
    lines = ["payee,direction,code,count"]
    lines += [f'"{row.payee}",{"in" if row.inflow else "out"},{row.code},{row.count}' for row in rows]
    return "\n".join(lines) + "\n"
