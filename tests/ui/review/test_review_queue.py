"""The Review page as a reviewer meets it: what is shown agrees with the books, and decisions reach them."""

from datetime import UTC, date, datetime, timedelta

from core.posting.line_history import open_questions
from core.posting.line_notes import answer, defer
from db.bulk import write_columns
from db.engine import snapshot, unit_of_work
from models import EntryStatus, JournalEntry, Outcome, QueueState, Role
from tests import builders
from tests.ui.review.page import group_open, line, opened, reviews, statuses, waiting_amounts
from tests.ui.screen import button, check, press, refusals, told
from tests.unit.posting.cases import LATER, lines_of

# --- looking ----------------------------------------------------------------------------------


def test_the_page_says_what_the_books_hold_and_opens_what_is_most_at_stake(books, caller):
    line(books, "adobe", -2_000, books.expense, confidence=0.9)
    line(books, "adobe", -3_050, books.expense, confidence=0.7)
    line(books, "zelle to ortega", -120_000)
    page = opened()
    amounts = waiting_amounts()
    assert (len(amounts), sum(abs(a) for a in amounts)) == (3, 125_050)
    assert "3 lines in 2 groups · $1,250.50 to decide" in told(page)
    assert list(page.dataframe[0].value["Payee"]) == ["zelle to ortega", "adobe"]
    assert list(page.dataframe[0].value["Amount"]) == [-120_000, -5_050]
    assert group_open(page) == "zelle to ortega"
    assert button(page, "review_approve").disabled


def test_what_others_wrote_is_not_read_as_markup(books, caller):
    line(books, "SQ *BLUE_BOTTLE* [x](http://y) `$5$`", -500, books.expense)
    page = opened()
    assert page.header[0].value == r"SQ \*BLUE\_BOTTLE\* \[x\](http\://y) \`\$5\$\`"
    assert "`` CARD 4411 SQ *BLUE_BOTTLE* [X](HTTP://Y) `$5$` ``" in told(page).replace("\\", "")


def test_an_empty_queue_says_what_to_do_next(books, caller):
    page = opened()
    assert "Nothing waits here" in told(page)
    assert "Upload the next statements" in told(page)
    assert button(page, "review_approve").disabled
    assert button(page, "review_next").disabled


def test_a_search_without_a_hit_says_how_to_see_the_others(books, caller):
    line(books, "adobe", -2_000, books.expense)
    page = opened()
    check(page.text_input(key="review_wanted").set_value("no such payee").run())
    assert "No waiting line matches" in told(page)
    check(page.text_input(key="review_wanted").set_value("ADOBE").run())
    assert group_open(page) == "adobe"


def test_next_goes_over_the_edge_of_a_page_and_back(books, caller):
    for number in range(21):
        line(books, f"payee {number:02}", -1_000 * (30 - number), books.expense)
    page = opened()
    for _ in range(20):
        press(page, "review_next")
    assert group_open(page) == "payee 20"
    press(page, "review_next")
    assert group_open(page) == "payee 20"
    press(page, "review_prev")
    assert group_open(page) == "payee 19"


def test_a_filter_narrows_what_is_shown_and_what_is_approved(books, caller):
    kept = line(books, "adobe", -2_000, books.expense)
    approved = line(books, "adobe", -9_000, books.expense)
    page = opened()
    check(page.text_input(key="review_least").set_value("50.00").run())
    assert "1 line in 1 group · $90.00 match" in told(page)
    press(page, "review_approve")
    assert statuses(kept, approved) == [EntryStatus.NEEDS_REVIEW, EntryStatus.POSTED]
    assert "No waiting line matches" in told(page)
    press(page, "review_clear")
    assert group_open(page) == "adobe"


# --- asking and putting off -------------------------------------------------------------------


def test_a_group_put_off_stands_under_later_and_the_next_opens(books, caller):
    for payee, amount in (("first", -9_000), ("second", -5_000)):
        line(books, payee, amount, books.expense)
    page = opened()
    press(page, "review_to_later")
    press(page, "review_later_go")
    assert list(page.dataframe[0].value["Payee"]) == ["second"]
    assert "first → put off until" in told(page)
    check(page.segmented_control(key="review_state").set_value(QueueState.DEFERRED).run())
    assert group_open(page) == "first"
    check(page.segmented_control(key="review_state").set_value(QueueState.OPEN).run())
    press(page, "review_undo")
    assert group_open(page) == "first"


def test_the_toolbar_counts_what_is_put_off_however_it_comes_and_goes(books, caller):
    def states() -> list[str]:
        return [option.content for option in page.segmented_control(key="review_state").proto.options]

    for payee, amount in (("first", -9_000), ("second", -5_000)):
        line(books, payee, amount, books.expense)
    page = opened()
    press(page, "review_to_later")
    press(page, "review_later_go")
    assert states() == ["To decide", "Asked", "Later 1"]
    press(page, "review_undo")
    assert states() == ["To decide", "Asked", "Later"]
    press(page, "review_to_later")
    press(page, "review_later_go")
    check(page.segmented_control(key="review_state").set_value(QueueState.DEFERRED).run())
    press(page, "review_approve")
    assert states() == ["To decide", "Asked", "Later"]
    press(page, "review_undo")
    assert states() == ["To decide", "Asked", "Later 1"]


def test_a_question_takes_the_group_out_until_it_is_answered(books, caller):
    line(books, "zelle", -9_000)
    page = opened()
    press(page, "review_to_ask")
    press(page, "review_ask_go")
    assert refusals(page) == ["Write the question first."]
    page.text_area(key="review_ask").set_value("Whose rent *is* this?")
    press(page, "review_ask_go")
    assert "Nothing waits here" in told(page)
    assert "1 line asked about" in told(page)
    with unit_of_work() as session:
        (question,) = open_questions(session, caller, books.company_id)
        answer(session, caller, books.company_id, question.thread_id, "The annex", write=write_columns, now=LATER)
    page = opened()
    assert group_open(page) == "zelle"
    assert "Whose rent *is* this?" in told(page)
    assert "The annex" in told(page)


def test_a_comment_stays_with_the_lines_and_is_taken_back_like_everything(books, caller):
    line(books, "adobe", -2_000, books.expense)
    page = opened()
    press(page, "review_to_comment")
    page.text_area(key="review_comment").set_value("the yearly plan")
    press(page, "review_comment_go")
    assert group_open(page) == "adobe"
    assert "the yearly plan" in told(page)
    press(page, "review_to_history")
    assert "Proposed 6300 Software Subscriptions" in told(page).replace("**", "")
    page = opened()
    press(page, "review_undo")
    assert "the yearly plan" not in told(page)


def test_lines_put_off_until_today_wait_again_when_the_page_is_opened(books, caller):
    entry = line(books, "adobe", -2_000, books.expense)
    long_ago = datetime(2024, 1, 1, tzinfo=UTC)
    with unit_of_work() as session:
        defer(
            session, caller, books.company_id, [entry], long_ago.date() + timedelta(days=1),
            write=write_columns, today=long_ago.date(), now=long_ago,
        )  # fmt: skip
    assert group_open(opened()) == "adobe"


# --- deciding ---------------------------------------------------------------------------------


def test_approving_a_group_posts_its_lines_and_the_next_group_takes_the_focus(books, caller):
    first = line(books, "adobe", -2_000, books.expense)
    second = line(books, "adobe", -3_000, books.expense)
    other = line(books, "zoom", -1_000, books.expense)
    page = opened()
    assert button(page, "review_approve").label.replace("\\", "") == "Approve 2 lines · −$50.00"
    press(page, "review_approve")
    assert statuses(first, second, other) == [EntryStatus.POSTED, EntryStatus.POSTED, EntryStatus.NEEDS_REVIEW]
    assert group_open(page) == "zoom"
    assert button(page, "review_approve").label == "Approve"
    assert "adobe → 6300 Software Subscriptions, 2 lines" in told(page)
    assert {row.reviewer_id for row in reviews()} == {caller.user_id}


def test_undo_brings_the_group_back_and_opens_it(books, caller):
    line(books, "adobe", -2_000, books.expense)
    line(books, "zoom", -1_000, books.expense)
    page = opened()
    press(page, "review_approve")
    press(page, "review_undo")
    assert group_open(page) == "adobe"
    assert sorted(waiting_amounts()) == [-2_000, -1_000]
    press(page, "review_approve")
    assert waiting_amounts() == [-1_000]


def test_an_alternative_is_booked_by_its_number(books, caller):
    with unit_of_work() as session:
        travel = builders.account(session, books.company_id, code="6800", name="Travel")
    choices = [
        {"account_id": str(books.expense.id), "probability": 0.7},
        {"account_id": str(travel.id), "probability": 0.2},
    ]
    entry = line(books, "adobe", -2_000, books.expense, alternatives=choices)
    page = opened()
    assert button(page, "review_choice_2").label == "6800 Travel :gray[20%]"
    press(page, "review_choice_2")
    with snapshot() as session:
        assert lines_of(session, entry) == [(books.bank.id, -2_000), (travel.id, 2_000)]
    assert [row.outcome for row in reviews()] == [Outcome.CORRECTED]


def test_a_key_pressed_twice_in_haste_does_not_decide_the_next_group_unseen(books, caller):
    line(books, "adobe", -2_000, books.expense)
    line(books, "zoom", -1_000, books.expense)
    page = opened()
    seen = button(page, "review_approve")
    seen.click().run()
    check(seen.click().run())
    assert waiting_amounts() == [-1_000]
    assert refusals(page) == []
    assert group_open(page) == "zoom"


def test_who_is_slower_is_told_so_and_sees_the_queue_as_it_is_now(books, caller):
    entry = line(books, "adobe", -2_000, books.expense)
    line(books, "zoom", -1_000, books.expense)
    page = opened()
    with unit_of_work() as session:
        builders.post(session, session.get_one(JournalEntry, entry))
    press(page, "review_approve")
    assert len(refusals(page)) == 1
    assert "is posted already" in refusals(page)[0]
    assert group_open(page) == "zoom"
    assert reviews() == []


def test_a_locked_period_is_named(books, caller):
    line(books, "adobe", -2_000, books.expense, booked_on=date(2024, 1, 31))
    page = opened()
    with unit_of_work() as session:
        company = session.get_one(type(books.company), books.company_id)
        company.closed_through_on = date(2024, 1, 31)
    press(page, "review_approve")
    assert refusals(page) == ["2024-01-31 falls in a period closed through 2024-01-31."]
    assert waiting_amounts() == [-2_000]


# --- roles ------------------------------------------------------------------------------------


def test_a_reviewer_decides_but_makes_no_rules(books, sign_in):
    sign_in(Role.REVIEWER)
    line(books, "adobe", -2_000, books.expense)
    page = opened()
    assert button(page, "review_to_rule").disabled
    assert not button(page, "review_approve").disabled


def test_a_bookkeeper_may_look_but_not_decide(books, sign_in):
    sign_in(Role.BOOKKEEPER)
    line(books, "adobe", -2_000, books.expense)
    page = opened()
    buttons = ("review_approve", "review_choice_1", "review_to_split", "review_to_reject", "review_sure")
    assert all(button(page, key).disabled for key in buttons)
    assert "Decisions are made by reviewers" in page.info[0].value
