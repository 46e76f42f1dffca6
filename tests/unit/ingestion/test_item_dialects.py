"""Exports of other programs, made up after their public column names: each gives the items a bookkeeper would name."""

import io
from datetime import date

import pytest
from openpyxl import Workbook

from core.errors import AmbiguousStatement, ItemsUnclear
from core.ingestion.items.layout import ItemLayout
from core.ingestion.items.values import ItemReading
from core.ingestion.raw_file import RawFile
from tests.unit.ingestion.items_reading import read

Expected = list[tuple[str, str, str, str, int]]

XERO = (
    "ContactName,EmailAddress,InvoiceNumber,Reference,InvoiceDate,DueDate,Total,TaxTotal,InvoiceAmountPaid,"
    "InvoiceAmountDue,InventoryItemCode,Description,Quantity,UnitAmount,LineAmount,AccountCode,Currency,Type,Status\n"
)


def read_text(name: str, text: str, answer: ItemLayout | None = None, encoding: str = "utf-8") -> ItemReading:
    return read(RawFile(name, text.encode(encoding)), answer)


def facts(found: ItemReading) -> Expected:
    return [
        (str(item.kind), item.number, item.counterparty, item.issued_on.isoformat(), item.amount_minor)
        for item in found.items
    ]


def test_a_quickbooks_invoice_list_gives_open_balances_and_credits_without_paid_rows_and_totals() -> None:
    found = read_text(
        "Invoice List.csv",
        "Hamilton Coffee Co.\nInvoice List\nJanuary - March 2025\n\n"
        "Date,Transaction type,Num,Name,Memo/Description,Due date,Amount,Open balance\n"
        '01/15/2025,Invoice,1001,Blue Cafe,Beans,02/14/2025,"1,200.00",700.00\n'
        "01/22/2025,Credit Memo,1003,Corner Deli,,,-50.00,-50.00\n"
        "01/25/2025,Payment,,Blue Cafe,,,-100.00,-100.00\n"
        "02/01/2025,Invoice,1004,Blue Cafe,,03/03/2025,99.00,0.00\n"
        'Total,,,,,,"1,149.00","550.00"\n',
    )
    assert facts(found) == [
        ("invoice", "1001", "Blue Cafe", "2025-01-15", 70_000),
        ("invoice", "1003", "Corner Deli", "2025-01-22", -5_000),
    ]
    assert found.items[0].total_minor == 120_000
    assert [(left.why, left.count, left.minor) for left in found.left] == [
        ("paid", 1, {"USD": 9_900}), ("payment", 1, {"USD": -10_000}),
    ]  # fmt: skip
    assert found.passed_over == 1


def test_an_ageing_report_takes_customers_from_the_headings_above_the_rows() -> None:
    found = read_text(
        "report.csv",
        "A/R Aging Detail\n\nDate,Transaction Type,Num,Due Date,Amount,Open Balance\nBlue Cafe,,,,,\n"
        "2025-01-15,Invoice,1001,2025-02-14,1200.00,700.00\nTotal for Blue Cafe,,,,1200.00,700.00\nDeli,,,,,\n"
        "2025-01-16,Invoice,1002,2025-02-14,50.00,50.00\nTotal for Deli,,,,50.00,50.00\nTOTAL,,,,1250.00,750.00\n",
    )
    assert [(item.number, item.counterparty, item.amount_minor) for item in found.items] == [
        ("1001", "Blue Cafe", 70_000), ("1002", "Deli", 5_000),
    ]  # fmt: skip


def test_a_xero_export_has_a_row_a_line_of_the_invoice_and_counts_it_once() -> None:
    line = "Ridgeway,,INV-25,P/O 8,28/01/2025,27/02/2025,6187.50,687.5,0.00,6187.50,,Work,1,500,500,200,NZD,"
    found = read_text(
        "invoices.csv",
        f"{XERO}{line}Sales invoice,Awaiting Payment\n{line.replace('Work', 'Desk')}Sales invoice,Awaiting Payment\n"
        "Limo,,CN-14,,03/02/2025,,50.00,5,0.00,50.00,,x,1,45,45,200,NZD,Sales credit note,Awaiting Payment\n"
        "Limo,,INV-26,,03/02/2025,,50.00,5,50.00,0.00,,x,1,45,45,200,NZD,Sales invoice,Paid\n",
    )
    assert facts(found) == [
        ("invoice", "INV-25", "Ridgeway", "2025-01-28", 618_750), ("invoice", "CN-14", "Limo", "2025-02-03", -5_000),
    ]  # fmt: skip
    assert (found.row_count, found.item_row_count) == (4, 3)


def test_xero_bills_go_out_though_they_are_written_positive() -> None:
    line = ",,B-1,,28/01/2025,27/02/2025,100.00,10,0.00,100.00,,x,1,90,90,429,USD,"
    found = read_text("bills.csv", f"{XERO}Water Co{line}Bill,Awaiting Payment\nWater Co{line}Bill credit note,Draft\n")
    assert facts(found) == [("bill", "B-1", "Water Co", "2025-01-28", -10_000)]


def test_stripe_payouts_are_expected_whole_and_failed_ones_are_not() -> None:
    found = read_text(
        "payouts.csv",
        "id,Amount,Arrival Date (UTC),Currency,Created (UTC),Description,Destination,Status,Type\n"
        "po_1,412.33,2025-01-06 00:00:00,usd,2025-01-03 00:12:00,STRIPE PAYOUT,ba_1,paid,bank_account\n"
        "po_2,98.00,2025-01-07 00:00:00,usd,2025-01-04 00:12:00,STRIPE PAYOUT,ba_1,failed,bank_account\n",
    )
    assert facts(found) == [("payout", "po_1", "Stripe", "2025-01-06", 41_233)]
    assert [(left.why, left.count) for left in found.left] == [("void", 1)]


def test_the_charges_of_a_stripe_payout_are_added_up_with_their_fees() -> None:
    text = (
        "automatic_payout_id,automatic_payout_effective_at_utc,balance_transaction_id,created_utc,reporting_category,"
        "gross,fee,net,currency,description\n"
        "po_1,2025-01-06 00:00:00,txn_1,2025-01-03 10:00:00,charge,100.00,3.20,96.80,usd,a\n"
        "po_1,2025-01-06 00:00:00,txn_2,2025-01-03 11:00:00,charge,50.00,1.75,48.25,usd,b\n"
        "po_1,2025-01-06 00:00:00,txn_3,2025-01-03 12:00:00,refund,-20.00,0.00,-20.00,usd,c\n"
    )
    with pytest.raises(ItemsUnclear, match="who the counterparty is"):
        read_text("itemized.csv", text)
    (payout,) = read_text("itemized.csv", text, ItemLayout(counterparty="Stripe")).items
    assert (payout.amount_minor, payout.total_minor, payout.fee_minor) == (12_505, 13_000, 495)


def test_square_deposits_are_net_of_their_fees() -> None:
    found = read_text(
        "square-transfers.csv",
        "Deposit ID,Deposit Date,Total Collected,Fees,Net Total,Deposit Status\n"
        'D1,01/13/2025,"$1,210.00",($34.10),"$1,175.90",Deposited\n',
    )
    assert facts(found) == [("payout", "D1", "Square", "2025-01-13", 117_590)]
    assert (found.items[0].total_minor, found.items[0].fee_minor) == (121_000, 3_410)


def test_of_a_paypal_account_the_withdrawals_are_payouts_and_the_sales_are_named_as_left_out() -> None:
    found = read_text(
        "paypal.csv",
        '"Date","Time","Name","Type","Status","Currency","Gross","Fee","Net","Transaction ID","Balance"\n'
        '"01/13/2025","08:00","Ann","Mobile Sale","Completed","USD","100.00","-3.20","96.80","T1","96.80"\n'
        '"01/14/2025","08:00","","General Withdrawal","Completed","USD","-90.00","0.00","-90.00","T2","6.80"\n',
    )
    assert facts(found) == [("payout", "T2", "PayPal", "2025-01-14", 9_000)]
    assert [(left.why, left.count) for left in found.left] == [("other", 1)]
    assert any("read as money in" in problem.message for problem in found.problems)


def test_a_german_debtor_ledger_has_decimal_commas_two_sides_and_a_sum() -> None:
    found = read_text(
        "OPOS_Debitoren.csv",
        "Konto;Kontobezeichnung;Rechnungsnr.;Datum;Fälligkeit;Betrag Soll;Betrag Haben;Saldo;S/H;Währung\n"
        "10001;Müller GmbH;RE-1;05.03.2025;04.04.2025;1.234,50;;1.234,50;S;EUR\n"
        "10002;Bäcker AG;RE-2;06.03.2025;05.04.2025;500,00;;300,00;S;EUR\n"
        "10002;Bäcker AG;GU-7;07.03.2025;;;80,00;80,00;H;EUR\n;;Summe;;;1.734,50;80,00;1.454,50;S;\n",
        encoding="cp1252",
    )
    assert facts(found) == [
        ("invoice", "RE-1", "Müller GmbH", "2025-03-05", 123_450),
        ("invoice", "RE-2", "Bäcker AG", "2025-03-06", 30_000),
        ("invoice", "GU-7", "Bäcker AG", "2025-03-07", -8_000),
    ]


def test_a_sheet_of_a_workbook_is_read_like_a_file() -> None:
    book = Workbook()
    sheet = book.active
    for row in (
        ["Unpaid bills"], [], ["Supplier", "Document no.", "Invoice date", "Due", "Balance due"],
        ["Water Co", "W-1", date(2025, 3, 1), date(2025, 3, 31), 45.5], ["Total", None, None, None, 45.5],
    ):  # fmt: skip
        sheet.append(row)
    content = io.BytesIO()
    book.save(content)
    found = read(RawFile("list.xlsx", content.getvalue()))
    assert facts(found) == [("bill", "W-1", "Water Co", "2025-03-01", -4_550)]


def test_net_before_tax_is_no_amount_to_be_paid() -> None:
    found = read_text(
        "offen.csv", "Kunde;Rechnungsnummer;Datum;Netto;Brutto\nX GmbH;R1;01.02.2025;100,00;119,00\n",
    )  # fmt: skip
    assert facts(found) == [("invoice", "R1", "X GmbH", "2025-02-01", 11_900)]


@pytest.mark.parametrize(
    ("text", "question"),
    [
        ("Customer,Invoice,Date,Due,Amount\nA,1,03/04/2025,04/05/2025,10\n", "the day or the month first"),
        ("Customer,Invoice,Date,Amount,Total\nA,1,2025-03-04,100.00,119.00\n", "hold different amounts"),
        ("Contact,Invoice,Date,Amount\nA,1,2025-03-04,100.00\n", "nothing in it says what its rows are"),
        ("Vendor,Bill,Date,Amount\nA,1,2025-03-04,-100.00\nA,2,2025-03-04,5.00\n", "some of the bills are negative"),
        ("Customer,Invoice,Date,Amount\nA,1,2025-03-04,10.00\nA,1,2025-03-05,5.00\n", "stands in row 2 and again"),
    ],
)
def test_what_a_file_leaves_open_is_asked_and_every_answer_settles_it(text: str, question: str) -> None:
    with pytest.raises(AmbiguousStatement, match=question) as raised:
        read_text("list.csv", text)
    for answer in raised.value.layouts:
        assert read_text("list.csv", text, ItemLayout.from_dict(answer)).items
