"""Money that comes back: whose payment a line turns back, and how much of it."""

from collections.abc import Sequence
from typing import Any

import pytest

from core.matching.money_back import Movements
from core.matching.refunds import Refund, find_refunds
from core.matching.values import Decision
from tests.unit.matching.builders import bank_lines, item, line, open_items


def found(
    later: list[dict[str, Any]], earlier: list[dict[str, Any]], sales: Sequence[dict[str, Any]] = (), **given: Any
) -> list[Refund]:
    return find_refunds(
        Movements.of_lines(bank_lines(later)),
        Movements.of_lines(bank_lines(earlier)),
        Movements.of_items(open_items(sales), range(len(sales))),
        **given,
    )


def test_a_customers_refund_turns_back_the_payment_whole_or_in_part() -> None:
    earlier = [line("paid", 12_000, "ACME LTD"), line("other", 12_000, "QUAY MOTORS")]
    (whole,) = found([line("back", -12_000, "REFUND TO ACME LTD", 9)], earlier)
    assert (whole.target, whole.minor, whole.fee_minor, whole.decision) == (0, -12_000, 0, Decision.AUTO)
    assert whole.reason == "Gives back all of the payment of 2024-03-01, same name."
    (part,) = found([line("back", -2_500, "REFUND ACME LTD", 9)], earlier)
    assert (part.target, part.minor, part.decision) == (0, -2_500, Decision.AUTO)
    assert part.reason == "Gives back 25.00 of the payment of 2024-03-01, same name."


def test_a_vendors_refund_without_a_word_of_it_is_only_suggested_and_only_for_the_whole() -> None:
    earlier = [line("paid", -8_015, "POS BRAMBLE VETS 442")]
    (whole,) = found([line("back", 8_015, "BRAMBLE VETS", 9)], earlier)
    assert (whole.target, whole.decision) == (0, Decision.SUGGEST)
    assert "no word of a refund in the text" in whole.reason
    assert found([line("back", 2_015, "BRAMBLE VETS", 9)], earlier) == []


@pytest.mark.parametrize(
    ("back", "why"),
    [
        (line("back", 12_000, "REFUND ACME LTD", 9), "the same sign"),
        (line("back", -12_000, "REFUND ACME LTD", 9, currency="EUR"), "another currency"),
        (line("back", -12_000, "REFUND ACME LTD", -1), "earlier than the payment"),
        (line("back", -12_000, "REFUND ACME LTD", 121), "too late"),
        (line("back", -12_001, "REFUND ACME LTD", 9), "more than was paid"),
        (line("back", -12_000, "REFUND HAZEL WATER", 9), "somebody else"),
    ],
)
def test_what_is_no_refund_of_the_payment_is_not_proposed(back: dict[str, Any], why: str) -> None:
    assert found([back], [line("paid", 12_000, "ACME LTD")]) == [], why


def test_of_two_equal_payments_neither_is_automatic_until_a_number_tells_them_apart() -> None:
    earlier = [line("one", 12_000, "ACME LTD INV-2044"), line("two", 12_000, "ACME LTD INV-2051", 1)]
    (tie,) = found([line("back", -12_000, "REFUND ACME LTD", 9)], earlier)
    assert tie.decision is Decision.SUGGEST
    (told,) = found([line("back", -12_000, "REFUND ACME LTD INV-2051", 9)], earlier)
    assert (told.target, told.decision) == (1, Decision.AUTO)


def test_a_part_of_a_payment_with_another_number_is_only_suggested() -> None:
    earlier = [line("paid", 107_772, "WEBSITE DEPOSIT 7045")]
    (part,) = found([line("back", -38_530, "REFUND: WEBSITE DEPOSIT 4471", 9)], earlier)
    assert part.decision is Decision.SUGGEST
    (same,) = found([line("back", -38_530, "REFUND: WEBSITE DEPOSIT 7045", 9)], earlier)
    assert same.decision is Decision.AUTO


def test_no_more_comes_back_than_was_paid() -> None:
    earlier = [line("paid", 10_000, "ACME LTD")]
    later = [line(f"back{n}", -4_000, "REFUND ACME LTD", 9 + n) for n in range(3)]
    assert [(one.line, one.minor) for one in found(later, earlier)] == [(0, -4_000), (1, -4_000)]


def test_a_chargeback_takes_its_fee_on_top_and_is_automatic_only_by_number() -> None:
    earlier = [line("paid", 6_325, "BRAMBLE VETS INV-4001")]
    (suggested,) = found([line("back", -7_825, "RETURNED DEBIT BRAMBLE VETS", 5)], earlier)
    assert (suggested.minor, suggested.fee_minor, suggested.decision) == (-6_325, -1_500, Decision.SUGGEST)
    (sure,) = found([line("back", -7_825, "CHARGEBACK BRAMBLE VETS INV-4001", 5)], earlier)
    assert (sure.minor, sure.fee_minor, sure.decision) == (-6_325, -1_500, Decision.AUTO)
    assert "15.00 more, as a fee" in sure.reason
    assert found([line("back", -7_825, "REFUND BRAMBLE VETS INV-4001", 5)], earlier) == []


def test_a_processor_charges_back_one_of_its_sales() -> None:
    sales = [
        item("s1", 4_999, "Stripe sale", "#80112", kind="sale"), item("s2", 4_999, "Stripe sale", "#80113", kind="sale")
    ]  # fmt: skip
    (sure,) = found([line("back", -6_499, "STRIPE CHARGEBACK #80113", 20)], [], sales)
    assert (sure.target, sure.minor, sure.fee_minor, sure.decision) == (1, -4_999, -1_500, Decision.AUTO)
    (tie,) = found([line("back", -4_999, "STRIPE CHARGEBACK", 20)], [], sales)
    assert tie.decision is Decision.SUGGEST
    assert found([line("back", -4_999, "PAYPAL CHARGEBACK", 20)], [], sales) == []


def test_what_a_person_said_no_to_is_not_proposed_again() -> None:
    earlier, later = [line("paid", 12_000, "ACME LTD")], [line("back", -12_000, "REFUND ACME LTD", 9)]
    assert found(later, earlier, excluded={("back", "paid")}) == []


def test_the_order_of_rows_changes_nothing() -> None:
    earlier = [line(f"p{n}", 5_000, "ACME LTD", n) for n in range(4)]
    later = [line(f"b{n}", -5_000 + 700 * n, "REFUND ACME LTD", 9) for n in range(3)]

    def by_key(later: list[dict[str, Any]], earlier: list[dict[str, Any]]) -> set[Any]:
        return {(later[one.line]["key"], earlier[one.target]["key"], one.minor) for one in found(later, earlier)}

    assert by_key(later, earlier) == by_key(later[::-1], earlier[::-1])


def test_words_of_refunds_are_known_in_the_languages_of_banks() -> None:
    texts = [
        "ERSTATTUNG ACME", "Rücklastschrift Acme", "REMBOURSEMENT ACME", "DEVOLUCION DE ACME", "RIMBORSO ACME",
        "ACME CHARGEBACK", "RFND ACME", "TERUGBETALING ACME",
    ]  # fmt: skip
    read = Movements.of_lines(bank_lines([line(str(n), 1, text) for n, text in enumerate(texts)]))
    assert (read.refund | read.chargeback).all()
    assert set(read.name) == {"ACME"}
