"""The receipt of an upload, before and after storing: every line is new, already stored, in question or refused."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

import streamlit as st

from core.ingestion.import_history import ImportRecord
from core.ingestion.previewing import ImportPreview, PreviewStatus
from core.ingestion.receipts import AccountSums
from core.reconciliation.reconciling import MatchingResult
from models import FileStatus
from ui import upload_desk as desk
from ui.frame import answered, equation
from ui.words import badge_text, count, money, plain


@dataclass(frozen=True)
class Sums:
    """Lines of one currency, in count and in minor units: lines = new + known + asking + refused."""

    lines: tuple[int, int] = (0, 0)
    new: tuple[int, int] = (0, 0)
    known: tuple[int, int] = (0, 0)
    asking: tuple[int, int] = (0, 0)
    refused: tuple[int, int] = (0, 0)

    def __add__(self, other: "Sums") -> "Sums":
        pairs = zip(self._parts(), other._parts(), strict=True)
        return Sums(*((a[0] + b[0], a[1] + b[1]) for a, b in pairs))

    def _parts(self) -> tuple[tuple[int, int], ...]:
        return self.lines, self.new, self.known, self.asking, self.refused

    @property
    def add_up(self) -> bool:
        parts = (self.new, self.known, self.asking, self.refused)
        return self.lines == (sum(count for count, _ in parts), sum(minor for _, minor in parts))


def sums_of_previews(previews: Sequence[ImportPreview]) -> dict[str, Sums]:
    """By currency; "" holds lines whose currency is not known."""
    found: dict[str, Sums] = defaultdict(Sums)
    for one in previews:
        asking = desk.is_asking(one)
        for part in one.sums:
            found[part.currency] += _sums(part, asking)
    return dict(found)


def sums_of_records(records: Sequence[ImportRecord]) -> dict[str, Sums]:
    """The same of what was stored, as the database has it."""
    found: dict[str, Sums] = defaultdict(Sums)
    for part in (part for one in records for part in one.sums):
        found[part.currency] += _sums(part)
    return dict(found)


def _sums(part: AccountSums, asking: bool = False) -> Sums:
    lines = (part.line_count, part.lines_minor)
    if asking:
        return Sums(lines=lines, asking=lines)
    return Sums(
        lines=lines,
        new=(part.new_count, part.new_minor),
        known=(part.duplicate_count, part.duplicate_minor),
        refused=(part.refused_count, part.refused_minor),
    )


def show_sums(sums: dict[str, Sums], files: int, new_word: str, key: str, item: str = "Lines") -> None:
    """The receipt as a sum in lines, and under it in money, a currency a line."""
    total = sum(sums.values(), Sums())
    answered("Is everything accounted for?", _accounted(sums, total, item))
    parts = [("", f"{item} in {count(files, 'file')}", f"{total.lines[0]:,}"), ("=", new_word, f"{total.new[0]:,}")]
    parts.append(("+", "Already stored", f"{total.known[0]:,}"))
    if total.asking[0]:
        parts.append(("+", "Waiting for you", f"{total.asking[0]:,}"))
    parts.append(("+", "Refused", f"{total.refused[0]:,}"))
    equation(parts, key)
    for currency, one in sorted(sums.items()):
        if currency and one.lines[0]:
            st.caption(plain(_in_money(currency, one)))


def _accounted(sums: dict[str, Sums], total: Sums, item: str) -> str:
    """The badge; of no lines at all, or of some that wait for an answer, nothing is claimed."""
    if not all(one.add_up for one in sums.values()):
        return badge_text("difference")
    if total.asking[0] or not total.lines[0]:
        return badge_text("asking", "After your answer" if total.asking[0] else "Nothing counted yet")
    return badge_text("confirmed", f"Every {item.lower().removesuffix('s')}")


def _in_money(currency: str, one: Sums) -> str:
    def amount(pair: tuple[int, int]) -> str:
        return money(pair[1], currency)

    words = [f"{amount(one.new)} new", f"{amount(one.known)} already stored"]
    if one.asking[0]:
        words.append(f"{amount(one.asking)} waiting for you")
    words.append(f"{amount(one.refused)} refused")
    return f"In money, {currency}: {amount(one.lines)} = {' + '.join(words)}"


def reading_steps(previews: Sequence[ImportPreview]) -> None:
    """How far the upload is before anything is stored."""
    asking = sum(desk.is_asking(one) for one in previews)
    refused = sum(one.status is PreviewStatus.REFUSED for one in previews) - asking
    known = sum(one.status is PreviewStatus.DUPLICATE for one in previews)
    counted = ((len(previews) - asking - refused - known, "recognised"), (known, "stored before"), (refused, "refused"))
    words = [f"{number} {word}" for number, word in counted if number]
    words += [count(asking, "waits for your answer", "wait for your answer")] if asking else []
    with st.container(border=True, gap="xsmall", key="steps"):
        st.markdown("**What happened**")
        st.status(f"{count(len(previews), 'file')} received", state="complete", type="step")
        st.status(", ".join(words), state="complete", type="step")
        st.caption("Nothing is stored yet.")


def stored_steps(done: desk.Done, records: Sequence[ImportRecord]) -> None:
    """What storing did, one step a line."""
    matching, booking = done.matching, done.booking
    refused = sum(one.status is FileStatus.REFUSED for one in records)
    new = sum(one.new_count for one in records)
    steps = [f"{count(len(records), 'file')} kept, byte for byte"]
    if refused:
        steps.append(f"{count(refused, 'file')} refused, nothing stored from it" if refused == 1 else
                     f"{refused} files refused, nothing stored from them")  # fmt: skip
    steps.append(f"{count(new, 'new line')} stored")
    steps.append(_matched(matching))
    alone = booking.auto_approved + booking.confirmed
    steps.append(f"{count(alone, 'line')} booked alone, {booking.needs_review:,} sent to review")
    with st.container(border=True, gap="xsmall", key="steps"):
        st.markdown("**What happened**")
        for step in steps:
            st.status(step, state="complete", type="step")
        if booking.in_closed_period:
            st.caption(f"{count(booking.in_closed_period, 'line lies', 'lines lie')} in the locked period, not booked.")


def _matched(matching: MatchingResult) -> str:
    transfers, settled = matching.confirmed_transfers, matching.confirmed_settlements
    found = [count(transfers, "own transfer")] if transfers else []
    found += [count(settled, "open item settled", "open items settled")] if settled else []
    found += [count(matching.confirmed_refunds, "refund")] if matching.confirmed_refunds else []
    found += [count(matching.suggested, "match suggested", "matches suggested")] if matching.suggested else []
    return ", ".join(found) or "No transfer or open item among them"
