import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.ingestion.normalising import counterparty_name, counterparty_names, vendor_key


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("SQ *BLUE BOTTLE 8837 OAKLAND CA", "Blue Bottle"),
        ("POS DEBIT SQ *BLUE BOTTLE 1123 SAN FRANCISCO CA", "Blue Bottle"),
        ("TST* THE RUSTY SPOON   PORTLAND   OR", "The Rusty Spoon"),
        ("AMZN MKTP US*2K4AB12C3 AMZN.COM/BILL WA", "Amazon Mktp"),
        ("GUSTO DES:PAYROLL 123456 ID:6SEMA INDN:GREEN LEAF CO ID:9138864001 CCD", "Gusto"),
        ("ORIG CO NAME:GUSTO ORIG ID:9138864001 DESC DATE:240112", "Gusto"),
        ("PURCHASE AUTHORIZED ON 04/12 SHELL OIL 57442 DENVER CO S304 CARD 1234", "Shell Oil"),
        ("CHECKCARD 0412 HOME DEPOT #4412 AUSTIN TX", "Home Depot"),
        ("ZELLE PAYMENT FROM MARIA LOPEZ 18273645", "Maria Lopez"),
        ("Zelle to John Smith on 03/04 Ref # WFCT09", "John Smith"),
        ("84 LUMBER #221 EIGHTY FOUR PA", "84 Lumber"),
        ("7-ELEVEN 33821 DALLAS TX", "7-eleven"),
        ("GOOGLE *ADS1234567 CC@GOOGLE.COM CA", "Google Ads"),
        ("INTUIT *QBOOKS ONLINE CL.INTUIT.COM CA", "Intuit Qbooks Online"),
        ("PAYPAL INST XFER ADOBE SYSTEMS", "Adobe Systems"),
        ("COMCAST BUSINESS 800-391-3000 PA", "Comcast Business"),
        ("CARD PAYMENT TO TESCO STORES 2041,12.00 GBP ON 03-03-2024", "Tesco Stores"),
        ("DIRECT DEBIT PAYMENT TO BRITISH GAS REF 8374837483, MANDATE NO 0001", "British Gas"),
        ("SP MAVIS TIRE 95041 BOISE FL", "Mavis Tire"),
        ("SP PLUS PARKING", "Sp Plus Parking"),
        ("MONTHLY SERVICE FEE", "Monthly Service Fee"),
        ("12345", "12345"),
        ("", ""),
    ],
)
def test_the_payee_is_found_in_what_banks_print(text: str, name: str) -> None:
    assert counterparty_name(text) == name


@given(store=st.integers(100, 99999), card=st.integers(1000, 9999), day=st.integers(10, 28))
def test_store_number_card_and_date_do_not_change_the_name(store: int, card: int, day: int) -> None:
    text = f"PURCHASE AUTHORIZED ON 03/{day} CORNER BAKERY {store} AUSTIN TX CARD {card}"
    assert counterparty_name(text) == "Corner Bakery"


@given(st.text(max_size=80))
def test_any_text_gives_a_name_without_case_mattering_at_the_edges(text: str) -> None:
    name = counterparty_name(text)
    assert bool(name) == bool(text.strip())
    assert name == counterparty_name(f"  {text}\t")


@given(st.lists(st.sampled_from(["SQ *A SHOP 12 RENO NV", "a shop", "", "CHECK 12"]), max_size=20))
def test_bulk_names_equal_single_names(texts: list[str]) -> None:
    assert counterparty_names(texts) == [counterparty_name(text) for text in texts]


def test_the_vendor_key_is_what_branches_share() -> None:
    assert vendor_key("Home Depot Online") == vendor_key("HOME DEPOT") == "home depot"
    assert [vendor_key(name) for name in ("Shell Oil West", "")] == ["shell oil", ""]
