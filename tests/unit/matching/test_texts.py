import numpy as np
import pytest

from core.matching.texts import (
    NO_NAME,
    account_tails,
    document_numbers,
    is_marked,
    name_key,
    name_similarity,
    reference_key,
    speaks_of_transfer,
)
from core.matching.words import Rarity, WordTable


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("POS MIDLAND DISCOUNT 76995", "MIDLAND DISCOUNT"),
        ("ACH CREDIT ACE PARTY CO SI/2025/670951 79162", "ACE PARTY"),
        ("FASTER PAYMENT WWW.FLYBE.CODKKNSK 417196", "WWW.FLYBE.CODKKNSK"),
        ("ace party", "ACE PARTY"),
        ("DCC 785268 56913", "DCC"),
        ("CREDIT", "CREDIT"),
        ("4711 0815", ""),
    ],
)
def test_a_name_is_what_stays_of_a_text(text: str, name: str) -> None:
    assert name_key(text) == name


def test_numbers_of_documents_are_read_with_and_without_marks() -> None:
    text = "APCOA INV-546387 and SI/2025/241438, #680708 15609"
    assert document_numbers(text) == ("INV546387", "SI2025241438", "#680708", "15609")
    assert [is_marked(number) for number in document_numbers(text)] == [True, True, True, False]


def test_a_number_announced_by_a_word_reads_like_the_joined_one() -> None:
    assert document_numbers("PAYMENT FOR INVOICE 1042") == ("INV1042",)
    assert reference_key("INV-1042") == "INV1042"


@pytest.mark.parametrize("reference", ["", "A1", "INV", "99"])
def test_short_references_prove_nothing(reference: str) -> None:
    assert reference_key(reference) == ""


def test_a_word_before_a_marked_number_is_no_part_of_it_and_masks_are_no_documents() -> None:
    assert document_numbers("CINCINNATI OH REF: INV-0730") == ("INV0730",)
    assert [is_marked(number) for number in document_numbers("BILL PAY XXXXX4705 ON 06/01")] == [False]


def test_shared_words_count_by_how_rare_they_are() -> None:
    items = ["LINDQVIST FAMILY", "OKAFOR FAMILY", "HYDE PARK PEDIATRICS", "MASON FAMILY", "ORTIZ FAMILY"]
    lines = ["ZELLE FROM SARA LINDQVIST", "HYDE PARK PEDIAT VENDOR PAY", "FAMILY DOLLAR"]
    filler = [f"{a}{b}ZZ" for a in "ABCDEFGHIJ" for b in "KLMNOPQRST"]  # other payees, so that rare words are rare
    line, item = np.array([0, 0, 1, 2]), np.array([0, 1, 2, 0])
    rarity = Rarity.of(lines + filler, items)
    shares = WordTable(lines, items, rarity).shared(line, item).tolist()
    assert shares[0] > 0.5
    assert shares[1] == 0.0
    assert shares[2] == 1.0
    assert 0 < shares[3] < 0.45


def test_similar_names_score_above_different_ones() -> None:
    pairs = [
        ("STAFFORD SF CONNEC", "STAFFORD SF CONNECT"),  # cut by the bank
        ("DRAYTON MANOR PARK", "DRAYOTN MANOR PARK"),  # misspelt
        ("KFC BEACONSFIELD", "KFC"),  # shortened
        ("WELCOME BREAK HOLDINGS", "WBH"),  # initials
        ("PIZZA EXPRESS", "CARLUCCIOS"),
        ("", "CARLUCCIOS"),
    ]
    scores = name_similarity([a for a, _ in pairs], [b for _, b in pairs]).tolist()
    assert scores[0] > 0.95
    assert scores[1] > 0.85
    assert 0.75 <= scores[2] < 0.85
    assert 0.75 <= scores[3] < 0.85
    assert scores[4] < 0.55
    assert scores[5] == NO_NAME


def test_no_pairs_have_no_similarities() -> None:
    assert len(name_similarity([], [])) == 0


@pytest.mark.parametrize(
    ("text", "speaks"),
    [
        ("ONLINE TRANSFER TO SAV ...0915 03/04", True),
        ("Payment Thank You-Mobile", True),
        ("AMEX EPAYMENT ACH PMT", True),
        ("XFER FROM CHK 4417", True),
        ("TRANSFERWISE INC", False),
        ("BLUE BOTTLE COFFEE", False),
    ],
)
def test_words_of_transfers_are_known(text: str, speaks: bool) -> None:
    assert speaks_of_transfer(text) is speaks


def test_tails_are_four_digits_standing_alone() -> None:
    assert account_tails("TRANSFER FROM XXXXXX9021 REF 1234567, TO SAV ...0915") == {"9021", "0915"}
