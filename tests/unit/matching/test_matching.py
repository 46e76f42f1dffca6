from core.matching.matching import find_matches
from core.matching.values import Decision, Kind, Matching, OwnAccounts
from tests.unit.matching.builders import bank_lines, item, line, open_items

NO_ITEMS = open_items([])
TWO_ACCOUNTS = OwnAccounts({"checking": frozenset({"4417"}), "savings": frozenset({"0915"})})


def decisions(found: Matching) -> list[tuple[tuple[int, ...], tuple[int, ...], Kind, Decision]]:
    return sorted((match.lines, match.items, match.kind, match.decision) for match in found.matches)


def test_a_named_and_quoted_payment_settles_its_item_without_a_person() -> None:
    lines = bank_lines([line("a", 12_000, "ACH CREDIT ACME LTD INV-2044", day=3)])
    found = find_matches(lines, open_items([item("x", 12_000, "Acme Ltd", "INV-2044")]))
    assert decisions(found) == [((0,), (0,), Kind.SETTLEMENT, Decision.AUTO)]
    assert found.matches[0].score > 0.99
    assert found.matches[0].reason == "Same amount, its number is in the text, same name, 3 days after it was issued."


def test_an_equal_amount_alone_is_only_a_suggestion() -> None:
    lines = bank_lines([line("a", 12_000, "DEPOSIT", day=3)])
    found = find_matches(lines, open_items([item("x", 12_000, "Acme Ltd", "INV-2044")]))
    assert decisions(found) == [((0,), (0,), Kind.SETTLEMENT, Decision.SUGGEST)]


def test_two_items_that_fit_alike_are_a_tie_and_never_automatic() -> None:
    lines = bank_lines([line("a", 5_000, "CREDIT ACME LTD", day=3)])
    items = open_items([item("x", 5_000, "Acme Ltd"), item("y", 5_000, "Acme Ltd")])
    found = find_matches(lines, items)
    assert [match.decision for match in found.matches] == [Decision.SUGGEST]
    assert found.matches[0].score <= 0.5
    assert len(found.open_items) == 1
    assert [match.items for match in found.alternatives] == [(found.open_items[0],)]


def test_the_quoted_number_decides_between_like_items() -> None:
    lines = bank_lines([line("a", 5_000, "CREDIT ACME LTD RE5520", day=3)])
    items = open_items([item("x", 5_000, "Acme Ltd", "RE5519"), item("y", 5_000, "Acme Ltd", "RE5520")])
    assert decisions(find_matches(lines, items)) == [((0,), (1,), Kind.SETTLEMENT, Decision.AUTO)]


def test_an_item_of_the_other_sign_another_currency_or_another_account_is_no_candidate() -> None:
    lines = bank_lines([line("a", 5_000, "CREDIT ACME LTD RE5520", day=3)])
    items = open_items(
        [
            item("x", -5_000, "Acme Ltd", "RE5520"),
            item("y", 5_000, "Acme Ltd", "RE5520", currency="EUR"),
            item("z", 5_000, "Acme Ltd", "RE5520", account="savings"),
        ]
    )
    found = find_matches(lines, items)
    assert found.matches == ()
    assert found.open_lines == (0,)
    assert found.open_items == (0, 1, 2)


def test_an_item_is_not_settled_long_before_or_after_its_issue() -> None:
    lines = bank_lines([line("a", 5_000, "ACME RE5520", day=-6), line("b", 5_000, "ACME RE5520", day=91)])
    assert find_matches(lines, open_items([item("x", 5_000, "Acme", "RE5520")])).matches == ()


def test_both_sides_of_a_transfer_meet() -> None:
    lines = bank_lines(
        [
            line("a", -25_000, "ONLINE TRANSFER TO SAV ...0915", day=0),
            line("b", 25_000, "TRANSFER FROM CHK 4417", day=2, account="savings"),
        ]
    )
    found = find_matches(lines, NO_ITEMS, own=TWO_ACCOUNTS)
    assert decisions(found) == [((0, 1), (), Kind.TRANSFER, Decision.AUTO)]


def test_a_transfer_needs_two_accounts_opposite_signs_and_near_days() -> None:
    text = "ONLINE TRANSFER"
    same_account = bank_lines([line("a", -900, text), line("b", 900, text)])
    same_sign = bank_lines([line("a", 900, text), line("b", 900, text, account="savings")])
    far_days = bank_lines([line("a", -900, text), line("b", 900, text, day=6, account="savings")])
    other_currency = bank_lines([line("a", -900, text), line("b", 900, text, account="savings", currency="EUR")])
    for lines in (same_account, same_sign, far_days, other_currency):
        assert find_matches(lines, NO_ITEMS).matches == ()


def test_opposite_amounts_without_a_word_of_a_transfer_are_only_suggested() -> None:
    lines = bank_lines([line("a", -90_000, "RENT MARCH"), line("b", 90_000, "CUSTOMER", account="savings")])
    assert decisions(find_matches(lines, NO_ITEMS)) == [((0, 1), (), Kind.TRANSFER, Decision.SUGGEST)]


def test_the_tail_tells_which_of_three_accounts_a_transfer_went_to() -> None:
    own = OwnAccounts({**TWO_ACCOUNTS.tails, "reserve": frozenset({"3388"})})
    lines = bank_lines(
        [
            line("a", -50_000, "ONLINE TRANSFER TO XXXXXX3388"),
            line("b", 50_000, "TRANSFER FROM 4417", account="savings"),
            line("c", 50_000, "TRANSFER FROM 4417", account="reserve"),
        ]
    )
    assert decisions(find_matches(lines, NO_ITEMS, own=own)) == [((0, 2), (), Kind.TRANSFER, Decision.AUTO)]


def test_a_receipt_that_quotes_an_invoice_is_not_taken_for_a_transfer() -> None:
    lines = bank_lines(
        [line("a", 70_000, "ACME LTD INV-7001", day=1), line("b", -70_000, "CHECK 1201", account="savings", day=1)]
    )
    found = find_matches(lines, open_items([item("x", 70_000, "Acme Ltd", "INV-7001")]))
    assert ((0,), (0,), Kind.SETTLEMENT, Decision.AUTO) in decisions(found)


def test_a_line_that_can_only_be_a_transfer_settles_nothing() -> None:
    lines = bank_lines([line("a", 70_000, "ACME LTD INV-7001", day=1, transfers_only=True)])
    found = find_matches(lines, open_items([item("x", 70_000, "Acme Ltd", "INV-7001")]))
    assert found.matches == ()


def test_what_a_person_dismissed_is_not_proposed_again() -> None:
    lines = bank_lines([line("a", 12_000, "ACME LTD INV-2044", day=3)])
    items = open_items([item("x", 12_000, "Acme Ltd", "INV-2044")])
    found = find_matches(lines, items, excluded=[frozenset({"a", "x"})])
    assert found.matches == found.alternatives == ()


def test_a_payout_less_exactly_the_usual_fee_is_found() -> None:
    # 53.45 + 65.66 = 119.11; fees 1.55 + 0.30 and 1.90 + 0.30
    sales = [
        item("x", 5_345, "Stripe sale", kind="sale"),
        item("y", 6_566, "Stripe sale", kind="sale"),
    ]
    lines = bank_lines([line("a", 11_506, "ACH CREDIT STRIPE PAYOUT", day=2)])
    found = find_matches(lines, open_items(sales))
    assert decisions(found) == [((0,), (0, 1), Kind.PAYOUT, Decision.AUTO)]
    assert found.matches[0].difference_minor == 11_506 - 11_911


def test_a_payout_of_another_processor_or_with_an_odd_difference_is_not_certain() -> None:
    sales = open_items([item("x", 10_000, "Stripe sale", kind="sale")])
    other = bank_lines([line("a", 9_680, "ACH CREDIT SQUARE PAYOUT", day=2)])
    odd = bank_lines([line("a", 9_550, "ACH CREDIT STRIPE PAYOUT", day=2)])
    too_much = bank_lines([line("a", 8_000, "ACH CREDIT STRIPE PAYOUT", day=2)])
    assert find_matches(other, sales).matches == ()
    assert decisions(find_matches(odd, sales)) == [((0,), (0,), Kind.PAYOUT, Decision.SUGGEST)]
    assert find_matches(too_much, sales).matches == ()


def test_two_payouts_that_fit_the_same_sales_are_a_tie() -> None:
    sales = open_items([item("x", 10_000, "Stripe sale", kind="sale")])
    lines = bank_lines([line("a", 9_680, "STRIPE PAYOUT", day=1), line("b", 9_680, "STRIPE PAYOUT", day=2)])
    found = find_matches(lines, sales)
    assert [match.decision for match in found.matches] == [Decision.SUGGEST]


def test_of_two_like_payments_of_one_item_the_second_stays_open_and_says_why() -> None:
    lines = bank_lines([line("a", -5_000, "ACME LTD RE5520", day=3), line("b", -5_000, "ACME LTD RE5520", day=9)])
    found = find_matches(lines, open_items([item("x", -5_000, "Acme Ltd", "RE5520")]))
    assert [match.decision for match in found.matches] == [Decision.SUGGEST]
    (second,) = found.open_lines
    assert found.notes == {second: found.notes[second]}
    assert found.notes[second].startswith("Perhaps paid twice: the line of 2024-03-")


def test_nothing_to_match_is_no_error() -> None:
    found = find_matches(bank_lines([]), NO_ITEMS)
    assert found == Matching((), (), ())
