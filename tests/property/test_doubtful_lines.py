"""No line is lost or stored twice without having been shown: a person who answers doubtful lines gets the true books.

Unlike in test_import_conservation the exports are cut anywhere, with and without ids and balances, in any mixture.
"""

from collections import Counter
from datetime import date

from hypothesis import given, settings
from hypothesis import strategies as st

from core.ingestion.doubts import Said
from core.ingestion.duplicates import KnownLines, Sorted, sort_lines
from core.ingestion.line_facts import LineFacts
from core.period import Period
from tests.property.test_import_conservation import CSV, LEDGERS, OFX, facts

Slot = tuple[date, int]

WRITERS = {
    "plain": lambda line: line._replace(bank_id="", balance_minor=None, source=CSV),
    "balances": lambda line: line._replace(bank_id="", source=CSV),
    "other words": lambda line: line._replace(bank_id="", balance_minor=None, source=CSV, text=f"x{line.text[:2]}"),
    "ids": lambda line: line._replace(balance_minor=None, source=OFX, text=f"pos {line.text}"),
    "ids, unlike words": lambda line: line._replace(balance_minor=None, source=OFX, text=f"zq{line.text[:1]}"),
}
EXPORTS = st.lists(
    st.tuples(st.integers(0, 25), st.integers(0, 25), st.sampled_from(sorted(WRITERS))), min_size=1, max_size=8
)


def slots(lines: list[LineFacts]) -> Counter[Slot]:
    return Counter((line.booked_on, line.amount_minor) for line in lines)


def answered(file: list[LineFacts], result: Sorted, wanted: Counter[Slot]) -> Said:
    """Say of doubtful lines what makes the file bring as many lines of each day and amount as are missing."""
    counted = slots([line for line, is_new in zip(file, result.is_new, strict=True) if is_new])
    known, new = set(), set()
    for pair in result.doubtful:
        slot = (file[pair.number].booked_on, file[pair.number].amount_minor)
        if pair.is_new and counted[slot] > wanted[slot]:
            known.add(pair.number)
            counted[slot] -= 1
        elif not pair.is_new and counted[slot] < wanted[slot]:
            new.add(pair.number)
            counted[slot] += 1
    return Said(frozenset(known), frozenset(new))


@settings(deadline=None)
@given(ledger=LEDGERS, exports=EXPORTS)
def test_with_a_person_who_answers_every_mixture_of_exports_gives_the_true_ledger(
    ledger: list[tuple[int, int, str]], exports: list[tuple[int, int, str]]
) -> None:
    truth = facts(ledger, ids=True, balances=True)
    known, held = KnownLines(), set()
    for left, right, writer in exports:
        first, last = sorted((left % (len(truth) + 1), right % (len(truth) + 1)))
        file = [WRITERS[writer](line) for line in truth[first:last]]
        if not file:
            continue
        wanted = slots([truth[number] for number in range(first, last) if number not in held])
        result = sort_lines(file, known, answered(file, sort_lines(file, known), wanted))
        new = [line._replace(fingerprint=mark) for line, mark in zip(file, result.fingerprints, strict=True) if mark]
        assert slots(new) == wanted, "a line was lost, or came twice, that nobody was asked about"
        known.add(new)
        known.files.periods.append(Period(file[0].booked_on, file[-1].booked_on))
        held |= set(range(first, last))
