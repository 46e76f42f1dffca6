from time import process_time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.ingestion.normalising import LONGEST_READ, counterparty_name, counterparty_names, name_source, vendor_key


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("SQ *BLUE BOTTLE 8837 OAKLAND CA", "Blue Bottle"),
        ("PAYPAL *BVPHR82D 402-935-7733 CA", "Paypal"),
        ("POS DEBIT SQ *BLUE BOTTLE 1123 SAN FRANCISCO CA", "Blue Bottle"),
        ("TST* THE RUSTY SPOON   PORTLAND   OR", "The Rusty Spoon"),
        ("AMZN MKTP US*2K4AB12C3 AMZN.COM/BILL WA", "Amazon Mktp"),
        ("GUSTO DES:PAYROLL 123456 ID:6SEMA INDN:GREEN LEAF CO ID:9138864001 CCD", "Gusto"),
        ("ORIG CO NAME:GUSTO ORIG ID:9138864001 DESC DATE:240112", "Gusto"),
        ("PURCHASE AUTHORIZED ON 04/12 SHELL OIL 57442 DENVER CO S304 CARD 1234", "Shell Oil"),
        ("CHECKCARD 0412 HOME DEPOT #4412 AUSTIN TX", "Home Depot"),
        ("ZELLE PAYMENT FROM MARIA LOPEZ 18273645", "Maria Lopez"),
        ("Zelle to John Smith on 03/04 Ref # WFCT09", "John Smith"),
        ("ZELLE TO HECTOR M ON 02/10 REF # PP0B0RS00 CLEAN OUT", "Hector M"),
        ("Zelle payment from TRUE WEST MKT for INV-0204 Conf# a5pm62ymq", "True West Mkt"),
        ("Withdrawal ACH DUKEENERGY TYPE: BILL PAY ID: 1310240030 CO: DUKEENERGY", "Dukeenergy"),
        ("Deposit ACH STRIPE BRIGHTWHL TYPE: TRANSFER ID: 1800948598", "Stripe Brightwhl"),
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
        ("ACH VAUXHALL PRINTING CO 925334", "Vauxhall Printing"),
        ("DEPOSIT ISUBSCRIBE LTD & C 110798 77164", "Isubscribe"),
        ("[CW]TELUS MOB", "Telus Mob"),
        ("CREDIT Some Company vendorpymt PPD ID: 59728JSL20", "Some Company Vendorpymt"),
        ("EFTPOS WDL HANDYWAY ALDI STORE", "Handyway Aldi Store"),
        ("TESCO STORES 3188 BIRMINGHAM GB", "Tesco Stores"),
        ("FPI PLUMB CENTER JEC SI/2025/756801 5699", "Plumb Center Jec"),
        ("BACS ACME SUPPLIES LTD INV-584149", "Acme Supplies"),
        ("FASTER PAYMENTS RECEIPT REF.RENT FROM JANE DOE", "Jane Doe"),
        ("))) PRET A MANGER", "Pret A Manger"),
        ("CARD 4411 ADOBE AUTH 123456", "Adobe"),
        ("SO ENERGY", "So Energy"),
        ("KARTENZAHLUNG REWE SAGT DANKE. 41400673//HAMBURG/DE 2018-03-01T11:33:59 KFN 1 VJ 1812", "Rewe Sagt Danke"),
        ("SEPA-Lastschrift Vodafone GmbH EREF+RECHNR. 1005325 MREF+KD0200 SVWZ+Kabel 01/2024", "Vodafone"),
        ("EREF+1234 MREF+X99 SVWZ+Miete Januar ABWA+Hausverwaltung Schmidt GmbH", "Hausverwaltung Schmidt"),
        ("EREF+1234 SVWZ+Miete Januar", "Miete Januar"),
        ("SEPA Lastschrift Zahlungsempfänger: Muster Verein Empfänger-Kennung: LU96KKE12", "Muster Verein"),
        ("Überweisung Max Mustermann IBAN DE89370400440532013000 BIC COBADEFFXXX", "Max Mustermann"),
        ("POS 6,49 AT K1 09.03. 09:53 FORSTINGER", "Forstinger"),
        ("VIR SEPA RECU DE MARTIN DUPONT", "Martin Dupont"),
        ("PRLV SEPA ORANGE SA FACTURE 12345678", "Orange"),
        ("CB*1234 SNCF INTERNET 23/01/24", "Sncf Internet"),
        ("CB CARREFOUR MARKET 12/03", "Carrefour Market"),
        ("CARTE 12/03/24 AUCHAN LILLE CB*9876", "Auchan Lille"),
        ("Bonifico a favore di Mario Rossi Causale: affitto 03/2024", "Mario Rossi"),
        ("ADDEBITO DIRETTO SDD ENEL ENERGIA", "Enel Energia"),
        ("Overboeking Jan Jansen NL91ABNA0417164300", "Jan Jansen"),
        ("/TRTP/SEPA OVERBOEKING/IBAN/NL91ABNA0417164300/BIC/ABNANL2A/NAME/J JANSEN/REMI/HUUR", "J Jansen"),
        ("SEPA Overboeking IBAN: NL91ABNA0417164300 Naam: Jan Jansen Omschrijving: huur", "Jan Jansen"),
        ("iDEAL Bol.com 0020001234567890", "Bol.com"),
        ("BEA, BETAALPAS ALBERT HEIJN 1403,PAS123 NR:12345 12.03.24/14:05", "Albert Heijn"),
        ("Compra tarjeta MERCADONA", "Mercadona"),
        ("Pix enviado para Padaria Central", "Padaria Central"),
        ("Swish betalning till Anna Svensson", "Anna Svensson"),
        ("PŁATNOŚĆ KARTĄ BIEDRONKA 1234", "Biedronka"),
        ("CLOUDFLARE CLOUDFLARE", "Cloudflare"),
        ("Lastschrift", "Lastschrift"),
        ("DEPOSIT", "Deposit"),
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


@pytest.mark.parametrize(
    ("field", "text", "source"),
    [
        ("Vodafone Kabel GmbH", "FOLGELASTSCHRIFT EREF+1", "Vodafone Kabel GmbH"),
        ("12341234123412341", "Hypotheek", "Hypotheek"),
        ("--", "Zinsen", "Zinsen"),
        ("哈哈", "转存", "哈哈"),
        ("4711", "", "4711"),
        ("", "Zinsen", "Zinsen"),
    ],
)
def test_the_field_of_the_file_names_the_payee_unless_it_holds_no_word(field: str, text: str, source: str) -> None:
    assert name_source(field, text) == source


WORDS = st.sampled_from(
    [
        *("CARD", "PAYMENT", "TO", "POS", "SQ", "*", "ACH", "DEPOSIT", "SEPA", "VIR", "KARTENZAHLUNG", "IBAN", "EREF+"),
        *(
            "SVWZ+",
            "NAME:",
            "12/03",
            "8837",
            "XX1234",
            "#12",
            "SI/2025/4",
            "SHELL",
            "OIL",
            "LTD",
            "CO",
            "DC",
            "OAKLAND",
        ),
        *("CA", "GB", "&", "L", "7-ELEVEN", "O2", "A.", "(X)", "//", ":"),
    ]
)


@given(st.lists(WORDS, max_size=9).map(" ".join))
def test_a_name_is_its_own_name_and_case_does_not_matter(text: str) -> None:
    name = counterparty_name(text)
    assert counterparty_name(name) == name
    assert counterparty_name(text.lower()) == name


@given(
    st.sampled_from(["Blue Bottle", "Café Central", "Aldi Süd", "Amazon Marketplace", "Jan Jansen"]),
    st.sampled_from(
        ["CARD PAYMENT TO {}", "POS DEBIT {}", "KARTENZAHLUNG {}", "PRLV SEPA {}", "ACH {}", "FPI {}", "{}"]
    ),
    st.sampled_from(["{} {}", "{} #{}", "{} REF {}", "{} INV-{}", "{} IBAN DE8937040044053201{}", "{} 12.03.2024 {}"]),
    st.integers(1000, 9999),
)
def test_what_stands_around_a_payee_does_not_change_its_name(name: str, before: str, after: str, number: int) -> None:
    assert counterparty_name(before.format(after.format(name.upper(), number))) == name


HOSTILE = (
    " ", "A ", "A:", "/NAME/", "EREF+", "1", "X*", "NAME: ", "- ", "CARD ", "SEPA ", "AT12 ABCD ", "12.12.", "A.A.",
    "(123) ", "POS (A", "ä", "ORIG CO NAME:a ", "VIR SEPA ", "#*", "A-", "WWW.", "+", "X REF ", "1-", "\x00", "ß",
)  # fmt: skip


@pytest.mark.parametrize("piece", HOSTILE)
def test_no_text_of_ten_thousand_signs_takes_long(piece: str) -> None:
    text = (piece * 10_000)[:10_000] + "x"
    before = process_time()
    assert len(counterparty_name(text)) <= 2 * LONGEST_READ
    assert process_time() - before < 0.5  # milliseconds where nothing is read again and again
