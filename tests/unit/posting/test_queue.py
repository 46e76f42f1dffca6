from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import InvalidInput
from core.posting.group_detail import vendor_of
from core.posting.queue import GroupKey
from core.posting.queue_filter import Level, level_of


@given(st.text(), st.uuids(), st.booleans(), st.sampled_from(["USD", "EUR", "JPY"]))
def test_a_group_is_found_again_by_its_token(payee, account_id, money_in, currency):
    key = GroupKey(payee, account_id, money_in, currency)
    assert GroupKey.read(key.token) == key


@pytest.mark.parametrize(
    "token", ["", "nonsense", "0" * 32, "0" * 32 + "*USDpayee", "0" * 32 + "+12", "g" * 32 + "+USD"]
)
def test_a_token_that_was_never_written_is_refused(token):
    with pytest.raises(InvalidInput):
        GroupKey.read(token)


@pytest.mark.parametrize(
    ("confidence", "level"),
    [(1.0, Level.LIKELY), (0.8, Level.LIKELY), (0.799, Level.UNSURE), (0.6, Level.UNSURE), (0.599, Level.GUESS),
     (0.0, Level.GUESS), (None, Level.NO_BASIS)],
)  # fmt: skip
def test_the_word_for_a_confidence_changes_at_the_stated_limits(confidence, level):
    assert level_of(confidence) == level


@pytest.mark.parametrize(
    ("counterparty", "vendor"), [("Uber Trip Help", "Uber Trip"), ("Adobe", "Adobe"), ("", ""), ("  a  b c", "a b")]
)
def test_a_vendor_is_named_by_the_first_two_words(counterparty, vendor):
    assert vendor_of(counterparty) == vendor


def test_accounts_of_equal_digits_stay_apart_by_direction():
    a, b = (GroupKey("x", UUID(int=1), money_in, "USD") for money_in in (True, False))
    assert a.token != b.token
