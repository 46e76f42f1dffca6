"""The dialogs of Review: another account, leaving out, splits, many at once, a rule."""

from core.categorization.rule_book import list_rules
from core.posting.bookings import WAITS_FOR_MATCH
from db.engine import snapshot
from models import EntryStatus
from tests.ui.review.page import line, opened, statuses
from tests.ui.screen import button, check, press, refusals, told
from tests.unit.posting.cases import lines_of

# --- dialogs ----------------------------------------------------------------------------------


def test_no_key_works_under_an_open_dialog(books, caller):
    line(books, "adobe", -2_000, books.expense)
    page = opened()
    keys = ["review_approve", "review_to_split", "review_choice_1", "review_undo", "review_next", "review_to_rule"]
    assert all(button(page, key).proto.shortcut for key in keys)
    press(page, "review_to_split")
    assert not any(button(page, key).proto.shortcut for key in keys)
    press(page, "review_split_cancel")
    assert all(button(page, key).proto.shortcut for key in keys)


def test_another_account_is_chosen_among_code_and_name(books, caller):
    entry = line(books, "zelle", -2_000)
    page = opened()
    press(page, "review_to_account")
    assert "9000 Suspense" not in page.selectbox(key="review_account").options
    press(page, "review_account_go")
    assert refusals(page) == ["Choose the account first."]
    page.selectbox(key="review_account").set_value(books.expense.id)
    press(page, "review_account_go")
    assert statuses(entry) == [EntryStatus.POSTED]
    assert "Nothing waits here" in told(page)


def test_leaving_lines_out_needs_a_reason(books, caller):
    entry = line(books, "adobe", -2_000, books.expense)
    page = opened()
    press(page, "review_to_reject")
    press(page, "review_reject_go")
    assert refusals(page) == ["Say in a few words why these lines stay out of the books."]
    assert statuses(entry) == [EntryStatus.NEEDS_REVIEW]
    page.text_area(key="review_reject_why").set_value("private")
    press(page, "review_reject_go")
    assert statuses(entry) == [EntryStatus.REJECTED]
    assert "adobe → left out" in told(page)


def test_a_line_is_split_by_amounts_with_a_running_rest(books, caller):
    entry = line(books, "doordash", 9_700, books.revenue)
    page = opened()
    press(page, "review_to_split")
    page.text_input(key="review_part_share_0").set_value("100")
    check(page.run())
    assert "Left to place: −3.00" in told(page)
    press(page, "review_split_go")
    assert refusals(page) == ["The parts do not make the whole line yet."]
    page.selectbox(key="review_part_1").set_value(books.expense.id)
    page.text_input(key="review_part_share_1").set_value("-3")
    press(page, "review_split_go")
    with snapshot() as session:
        assert lines_of(session, entry) == [
            (books.bank.id, 9_700),
            (books.revenue.id, -10_000),
            (books.expense.id, 300),
        ]


def test_all_lines_of_a_group_are_split_by_percent(books, caller):
    first = line(books, "rent", -10_000, books.expense)
    second = line(books, "rent", -5_001, books.expense)
    page = opened()
    press(page, "review_to_split")
    page.text_input(key="review_part_share_0").set_value("75")
    page.selectbox(key="review_part_1").set_value(books.clearing.id)
    press(page, "review_split_go")
    with snapshot() as session:
        assert lines_of(session, first)[1:] == [(books.expense.id, 7_500), (books.clearing.id, 2_500)]
        assert lines_of(session, second)[1:] == [(books.expense.id, 3_751), (books.clearing.id, 1_250)]
    assert "rent → split, 2 lines" in told(page)


def test_approving_by_confidence_shows_the_totals_before_it_acts(books, caller):
    sure = [line(books, "adobe", -2_000, books.expense, confidence=0.9), line(books, "shop", 700, books.revenue)]
    doubtful = line(books, "zoom", -1_000, books.expense, confidence=0.69)
    line(books, "nobody", -4_000)
    match = line(books, "client", 8_000, books.revenue, confidence=0.99, hold_reason=WAITS_FOR_MATCH)
    page = opened()
    press(page, "review_sure")
    check(page.segmented_control(key="review_share").set_value(0.7).run())
    assert "2 lines · $27.00" in told(page)
    shown = page.dataframe[-1].value
    assert list(shown["Account"]) == ["6300 Software Subscriptions", "8000 Sales Revenue"]
    assert list(shown["Amount"]) == [-2_000, 700]
    assert statuses(*sure) == [EntryStatus.NEEDS_REVIEW] * 2
    press(page, next(button.key for button in page.button if str(button.key).startswith("review_sure_go")))
    assert statuses(*sure, doubtful, match) == [EntryStatus.POSTED] * 2 + [EntryStatus.NEEDS_REVIEW] * 2


def test_a_rule_is_made_of_a_group_and_nothing_booked_changes(books, caller):
    entry = line(books, "adobe", -2_000, books.expense)
    page = opened()
    press(page, "review_to_rule")
    press(page, "review_rule_go")
    with snapshot() as session:
        (rule,) = list_rules(session, caller, books.company_id)
    assert (rule.name, rule.account) == ("adobe", "6300 Software Subscriptions")
    assert rule.conditions == [
        {"kind": "text", "field": "counterparty", "test": "equals", "value": "adobe"},
        {"kind": "direction", "way": "out"},
    ]
    assert statuses(entry) == [EntryStatus.NEEDS_REVIEW]
    assert "books coming lines to" in page.info[0].value
