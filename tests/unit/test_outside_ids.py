from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import InvalidInput
from core.outside_ids import Prefix, read_id, write_id


@given(st.sampled_from(Prefix), st.from_regex(r"[a-z0-9][a-z0-9_]{0,39}", fullmatch=True), st.uuids(version=4))
def test_what_is_written_is_read(prefix: Prefix, slug: str, key: UUID) -> None:
    assert read_id(write_id(prefix, slug, key)) == (prefix, slug, key)


@pytest.mark.parametrize("text", ["", "txn", "txn__", "foo_a_" + "0" * 32, "txn_a_" + "0" * 31, "txn_A_" + "0" * 32])
def test_what_is_no_id_is_refused(text: str) -> None:
    with pytest.raises(InvalidInput):
        read_id(text)
