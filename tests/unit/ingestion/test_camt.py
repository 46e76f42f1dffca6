"""CAMT.052, 053 and 054: entries, balances, and XML that must not do harm."""

import pytest

from core.errors import InvalidLines, StatementRefused, UnknownFormat
from core.ingestion.raw_file import RawFile
from core.ingestion.reading import read_statement
from core.ingestion.statement import Statement, StatementLine

ACCOUNT = "<Acct><Id><IBAN>DE02120300000000202051</IBAN></Id><Ccy>EUR</Ccy></Acct>"
BOOKED = "<Sts>BOOK</Sts><BookgDt><Dt>2024-01-02</Dt></BookgDt>"


def balance(code: str, amount: str, mark: str = "CRDT") -> str:
    kind = f"<Tp><CdOrPrtry><Cd>{code}</Cd></CdOrPrtry></Tp>"
    return f"<Bal>{kind}<Amt Ccy='EUR'>{amount}</Amt><CdtDbtInd>{mark}</CdtDbtInd><Dt><Dt>2024-01-02</Dt></Dt></Bal>"


def entry(amount: str = "5.00", mark: str = "DBIT", rest: str = BOOKED, currency: str = "EUR") -> str:
    return f"<Ntry><Amt Ccy='{currency}'>{amount}</Amt><CdtDbtInd>{mark}</CdtDbtInd>{rest}</Ntry>"


def document(*parts: str, namespace: str = "urn:iso:std:iso:20022:tech:xsd:camt.053.001.02") -> str:
    stated = f"<Stmt><Id>1</Id>{ACCOUNT}{''.join(parts)}</Stmt>"
    return f'<?xml version="1.0"?><Document xmlns="{namespace}"><BkToCstmrStmt>{stated}</BkToCstmrStmt></Document>'


def read(text: str) -> Statement:
    return read_statement(RawFile("bank.xml", text.encode()))


def line(rest: str, mark: str = "DBIT") -> StatementLine:
    (only,) = read(document(entry(mark=mark, rest=BOOKED + rest))).lines
    return only


@pytest.mark.parametrize("version", ["02", "03", "04", "06", "08", "13"])
def test_any_version_is_read(version: str) -> None:
    statement = read(document(entry(), namespace=f"urn:iso:std:iso:20022:tech:xsd:camt.053.001.{version}"))
    assert [each.amount_minor for each in statement.lines] == [-500]
    assert statement.accounts[0].account_number == "DE02120300000000202051"


@pytest.mark.parametrize(("message", "statement"), [("BkToCstmrAcctRpt", "Rpt"), ("BkToCstmrDbtCdtNtfctn", "Ntfctn")])
def test_reports_and_notifications_are_read_like_statements(message: str, statement: str) -> None:
    text = document(entry()).replace("BkToCstmrStmt", message).replace("Stmt>", f"{statement}>")
    assert len(read(text).lines) == 1


def test_no_namespace_a_prefix_and_a_message_without_document_are_read() -> None:
    plain = document(entry()).replace(' xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.02"', "")
    bare = plain.replace("<Document>", "").replace("</Document>", "")
    prefixed = document(entry()).replace("xmlns=", "xmlns:c=").replace("</", "\0").replace("<", "<c:")
    prefixed = prefixed.replace("\0", "</c:").replace("<c:?xml", "<?xml")
    assert [len(read(text).lines) for text in (plain, bare, prefixed)] == [1, 1, 1]


def test_balances_prove_the_statement_and_what_they_do_not_prove_is_said() -> None:
    good = read(document(balance("OPBD", "10.00"), balance("CLBD", "5.00"), balance("CLAV", "1.00"), entry()))
    assert (good.accounts[0].proved, good.problems) == (True, ())
    bad = read(document(balance("OPBD", "10.00"), balance("CLBD", "7.00", "DBIT"), entry()))
    assert (bad.accounts[0].closing_minor, bad.accounts[0].proved) == (-700, False)
    assert "-7.00" in bad.problems[0].message


def test_a_previous_closing_balance_opens_and_two_interim_ones_open_and_close() -> None:
    previous = read(document(balance("PRCD", "10.00"), balance("CLBD", "5.00"), entry()))
    interim = read(document(balance("ITBD", "10.00"), balance("ITBD", "5.00"), entry()))
    assert (previous.accounts[0].proved, interim.accounts[0].proved) == (True, True)
    assert read(document(balance("ITBD", "10.00"), entry())).accounts[0].proved is None


def test_the_direction_of_a_reversal_is_the_one_that_is_written() -> None:
    assert line("<RvslInd>true</RvslInd>", mark="CRDT").amount_minor == 500


def test_a_batch_is_one_line_with_the_texts_of_its_payments() -> None:
    payments = "".join(
        f"<TxDtls><Refs><EndToEndId>{n}</EndToEndId></Refs>"
        f"<RltdPties><Cdtr><Nm>Payee {n}</Nm></Cdtr></RltdPties></TxDtls>"
        for n in (1, 2)
    )
    made = line(f"<NtryDtls><Btch><PmtInfId>PAY-7</PmtInfId></Btch>{payments}</NtryDtls>")
    assert (made.counterparty, made.reference, made.description) == ("", "PAY-7", "Payee 1 Payee 2")


@pytest.mark.parametrize("party", ["<Nm>ACME</Nm>", "<Pty><Nm>ACME</Nm></Pty>"])
def test_counterparty_reference_purpose_and_bank_id_are_kept(party: str) -> None:
    made = line(
        "<AcctSvcrRef>BANK-1</AcctSvcrRef><NtryDtls><TxDtls><Refs><EndToEndId>E2E</EndToEndId><MndtId>M-1</MndtId></Refs>"
        f"<RltdPties><Dbtr><Nm>We</Nm></Dbtr><Cdtr>{party}</Cdtr></RltdPties>"
        "<RmtInf><Ustrd>Invoice 7</Ustrd><Ustrd>Thanks</Ustrd></RmtInf></TxDtls></NtryDtls>"
    )
    assert (made.counterparty, made.reference, made.bank_id) == ("ACME", "E2E", "BANK-1")
    assert made.description == "ACME Invoice 7 Thanks M-1"


def test_a_structured_reference_stands_in_where_the_end_to_end_id_says_nothing() -> None:
    made = line(
        "<NtryDtls><TxDtls><Refs><EndToEndId>NOTPROVIDED</EndToEndId></Refs><RmtInf><Strd><CdtrRefInf><Ref>RF18</Ref>"
        "</CdtrRefInf></Strd></RmtInf></TxDtls></NtryDtls>"
    )
    assert made.reference == "RF18"


def test_a_reference_that_several_entries_share_is_no_id_of_a_line() -> None:
    shared = entry(rest=f"{BOOKED}<AcctSvcrRef>X</AcctSvcrRef>")
    assert [each.bank_id for each in read(document(shared, shared)).lines] == ["", ""]


@pytest.mark.parametrize("status", ["<Sts>PDNG</Sts>", "<Sts><Cd>PDNG</Cd></Sts>", "<Sts>INFO</Sts>"])
def test_pending_entries_are_left_out_with_a_warning(status: str) -> None:
    pending = entry(rest=f"{status}<BookgDt><Dt>2024-01-02</Dt></BookgDt>")
    statement = read(document(entry(), pending))
    assert (len(statement.lines), statement.problems[0].message) == (1, "1 pending transactions were left out.")


def test_a_report_of_nothing_but_pending_entries_gives_those_with_a_booking_date() -> None:
    dated = entry(rest="<Sts>PDNG</Sts><BookgDt><Dt>2024-01-02</Dt></BookgDt>")
    undated = entry(rest="<Sts>PDNG</Sts><ValDt><Dt>2024-01-02</Dt></ValDt>")
    statement = read(document(balance("ITBD", "10.00"), dated, undated))
    assert [(each.row, each.amount_minor) for each in statement.lines] == [(1, -500)]
    assert sorted(problem.row for problem in statement.problems) == [0, 1]
    judged = read(document(balance("OPBD", "10.00"), balance("CLBD", "10.00"), dated))
    assert not judged.lines


def test_a_date_with_time_is_its_day_and_a_value_date_stands_in_for_a_booking_date() -> None:
    late = entry(rest="<BookgDt><DtTm>2024-01-02T23:59:59-11:00</DtTm></BookgDt>")
    value = entry(rest="<ValDt><Dt>2024-01-03</Dt></ValDt>")
    assert [str(each.booked_on) for each in read(document(late, value)).lines] == ["2024-01-02", "2024-01-03"]


def test_statements_of_an_account_are_joined_and_currencies_kept_apart() -> None:
    two = document(entry(), entry(currency="USD")).replace("</Stmt>", f"</Stmt><Stmt>{ACCOUNT}{entry()}</Stmt>")
    assert [(a.currency, len(a.lines)) for a in read(two).accounts] == [("EUR", 2), ("USD", 1)]


def test_faulty_entries_are_reported_beside_good_ones() -> None:
    faulty = [entry("5.001"), entry("x"), entry(mark="?"), entry(rest=""), entry("1,00")]
    statement = read(document(entry(), *faulty))
    assert [problem.row for problem in statement.problems] == [2, 3, 4, 5, 6]
    with pytest.raises(InvalidLines):
        read(document(*faulty))


def test_amounts_with_more_digits_than_the_currency_are_read_where_they_are_exact() -> None:
    assert read(document(entry("5.50000"))).lines[0].amount_minor == -550


MESSAGE = "<Document><BkToCstmrStmt>&x;</BkToCstmrStmt></Document>"
HOSTILE = {
    "entities": '<?xml version="1.0"?><!DOCTYPE a [<!ENTITY x "y">]>' + MESSAGE,
    "a file": '<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]>' + MESSAGE,
    "a document type": '<!DOCTYPE a SYSTEM "http://example.org/a.dtd"><Document><BkToCstmrStmt/></Document>',
    "depth": "<Document><BkToCstmrStmt>" + "<Stmt>" * 5000,
    "a tag without end": "<Document><BkToCstmrStmt><a" + " a='1'" * 2_000_000,
    "half a document": document(entry())[:-40],
    "too many elements": "<Document><BkToCstmrStmt>" + "<a/>" * 2_000_001,
    "no statement": "<Document><BkToCstmrStmt></BkToCstmrStmt></Document>",
}


@pytest.mark.parametrize("name", sorted(HOSTILE))
def test_hostile_or_broken_xml_is_refused(name: str) -> None:
    with pytest.raises(UnknownFormat):
        read(HOSTILE[name])


def test_what_is_cut_into_millions_of_pieces_is_refused_before_it_is_cut() -> None:
    with pytest.raises(UnknownFormat, match="too much"):
        read(MESSAGE + ">" * 2_000_001)


def test_a_wrongly_declared_encoding_does_not_stop_the_reading() -> None:
    text = document(entry(rest=f"{BOOKED}<AddtlNtryInf>Gebühr für Müller</AddtlNtryInf>"))
    content = text.replace('"1.0"', '"1.0" encoding="UTF-8"').encode("cp1252")
    assert read_statement(RawFile("bank.xml", content)).lines[0].description == "Gebühr für Müller"


def test_other_xml_is_refused() -> None:
    with pytest.raises(StatementRefused, match="XML"):
        read('<?xml version="1.0"?><Document><pain.001/></Document>')
