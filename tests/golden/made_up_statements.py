# ruff: noqa: E501 - a statement is easier to judge in one piece than folded
"""Statements made up for these tests, each in the habits of a kind of bank export.

Each has what must be read of it: count, sum, first and last day; or the word in the refusal.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Case:
    text: str
    count: int = 0
    total: str = ""
    first: str = ""
    last: str = ""
    refused: str = ""
    encoding: str = "utf-8"
    currency: str = ""  # "": not compared


CASES = {
    "account summary above the table": Case(
        'Description,,Summary Amt.\nBeginning balance as of 01/01/2024,,"1,000.00"\nTotal credits,,"2,500.00"\n'
        'Total debits,,"-1,230.55"\nEnding balance as of 01/31/2024,,"2,269.45"\n\nDate,Description,Amount,Running Bal.\n'
        '01/01/2024,Beginning balance as of 01/01/2024,,"1,000.00"\n01/05/2024,"RENT, JANUARY","-1,200.00","-200.00"\n'
        '01/19/2024,PAYROLL,"2,500.00","2,300.00"\n01/22/2024,COFFEE,-30.55,"2,269.45"\n',
        3, "1269.45", "2024-01-05", "2024-01-22",
    ),
    "no header, a star and quotes": Case(
        '"01/22/2024","-12.50","*","","PURCHASE AUTHORIZED ON 01/20 BAKERY"\n"01/19/2024","1500.00","*","","ACME PAYROLL"\n'
        '"01/03/2024","-40.00","*","1021","CHECK # 1021"\n',
        3, "1447.50", "2024-01-03", "2024-01-22",
    ),
    "card with debit and credit columns": Case(
        "Transaction Date,Posted Date,Card No.,Description,Category,Debit,Credit\n2024-01-20,2024-01-22,1234,BOOKSHOP,Merchandise,15.99,\n"
        "2024-01-18,2024-01-19,1234,ONLINE PYMT,Payment/Credit,,250.00\n",
        2, "234.01", "2024-01-19", "2024-01-22",
    ),
    "card that writes purchases as positive": Case(
        "Trans. Date,Post Date,Description,Amount,Category\n01/14/2024,01/15/2024,SUPERMARKET 12,45.10,Supermarkets\n"
        "01/16/2024,01/17/2024,NETFLIX.COM,15.49,Services\n01/17/2024,01/18/2024,SHELL GAS 1,30.00,Gasoline\n"
        "01/20/2024,01/20/2024,INTERNET PAYMENT - THANK YOU,-90.59,Payments and Credits\n",
        4, "0.00", "2024-01-15", "2024-01-20",
    ),
    "German preamble, Soll/Haben sign and day balance": Case(
        'Kontonummer:;DE00 1234;\nZeitraum:;01.01.2024 - 31.01.2024;\nKontostand vom 31.01.2024:;1.234,56 EUR;\n\n'
        '"Buchungstag";"Wertstellung";"Buchungstext";"Auftraggeber / Begünstigter";"Verwendungszweck";"Betrag (EUR)"\n'
        '"31.01.2024";"31.01.2024";"Lastschrift";"Stadtwerke";"Abschlag Strom";"-85,00"\n'
        '"02.01.2024";"02.01.2024";"Gutschrift";"Kunde AG";"Rechnung 17";"1.190,00"\n',
        2, "1105.00", "2024-01-02", "2024-01-31", encoding="cp1252",
    ),
    "S and H after the amount": Case(
        "Buchungstag;Valuta;Textschlüssel;Zahlungsempfänger;Umsatz;;Währung\n05.02.2024;05.02.2024;DA;Miete;800,00;S;EUR\n"
        "07.02.2024;07.02.2024;GU;Lohn;2.100,00;H;EUR\n",
        2, "1300.00", "2024-02-05", "2024-02-07", encoding="cp1252",
    ),
    "Polish with hash lines and amounts with currency": Case(
        "#Klient;\nJAN KOWALSKI;\n\n#Data operacji;#Opis operacji;#Rachunek;#Kategoria;#Kwota;\n"
        '2024-01-05;"BIEDRONKA";"eKonto 1";"Żywność";-50,20 PLN;\n2024-01-07;"WYNAGRODZENIE";"eKonto 1";"Wpływy";5 000,00 PLN;\n',
        2, "4949.80", "2024-01-05", "2024-01-07",
    ),
    "Norwegian in and out columns": Case(
        '"Dato";"Forklaring";"Rentedato";"Ut fra konto";"Inn på konto"\n"05.01.2024";"Varekjøp KIWI";"06.01.2024";"250,50";""\n'
        '"15.01.2024";"Lønn";"15.01.2024";"";"30000,00"\n',
        2, "29749.50", "2024-01-05", "2024-01-15", encoding="cp1252",
    ),
    "tab-separated without header": Case(
        "123456789\tEUR\t20240105\t1000,00\t950,00\t20240105\t-50,00\tBEA NR:12 SUPERMARKT\n"
        "123456789\tEUR\t20240108\t950,00\t1450,00\t20240108\t500,00\tSALARIS\n",
        2, "450.00", "2024-01-05", "2024-01-08",
    ),
    "signs written on both sides, quoted": Case(
        '"IBAN/BBAN","Munt","BIC","Volgnr","Datum","Rentedatum","Bedrag","Saldo na trn","Tegenrekening IBAN/BBAN","Naam tegenpartij","Code","Omschrijving-1"\n'
        '"NL00X","EUR","RABONL2U","000000000000001","2024-01-05","2024-01-05","-12,34","+987,66","NL01","Bakker","bc","brood"\n'
        '"NL00X","EUR","RABONL2U","000000000000002","2024-01-06","2024-01-06","+100,00","+1087,66","NL02","Klant","cb","factuur"\n',
        2, "87.66", "2024-01-05", "2024-01-06",
    ),
    "Swiss with debit negative and apostrophes": Case(
        "Account number:;0123\nIBAN:;CH00\nFrom:;2024-01-01\nCurrency:;CHF\n\nTrade date;Booking date;Description1;Debit;Credit;Balance\n"
        "2024-01-22;2024-01-22;Invoice 5;-1'200.00;;3'800.00\n2024-01-10;2024-01-11;Customer;;500.00;5'000.00\n",
        2, "-700.00", "2024-01-11", "2024-01-22",
    ),
    "Indian withdrawal and deposit, two-digit years": Case(
        "Date     ,Narration          ,Value Dat,Debit Amount       ,Credit Amount      ,Chq/Ref Number   ,Closing Balance\n"
        "  01/01/24   ,UPI-GROCER         ,01/01/24 ,        250.00     ,      0.00          ,0000001          ,      9750.00\n"
        "  15/01/24   ,NEFT CR SALARY     ,15/01/24 ,        0.00       ,  1,50,000.00       ,0000002          ,      159750.00\n",
        2, "149750.00", "2024-01-01", "2024-01-15",
    ),
    "no header, signs in quotes, balance last": Case(
        '22/01/2024,"-12.00","CAFE","+1088.00"\n20/01/2024,"+100.00","TRANSFER","+1100.00"\n18/01/2024,"-50.00","PHONE","+1000.00"\n',
        3, "38.00", "2024-01-18", "2024-01-22",
    ),
    "amounts with CR and DR": Case(
        "Txn Date,Particulars,Amount,Balance\n13-Jan-2024,CASH DEPOSIT,500.00 CR,1500.00 CR\n14-Jan-2024,ATM,200.00 DR,1300.00 CR\n",
        2, "300.00", "2024-01-13", "2024-01-14",
    ),
    "trailing minus": Case(
        "Boekdatum;Omschrijving;Bedrag\n05-01-2024;winkel;12,50-\n06-01-2024;salaris;1.000,00+\n", 2, "987.50", "2024-01-05", "2024-01-06",
    ),
    "French debit and credit in one month, Latin-1": Case(
        "Date;Libellé;Débit euros;Crédit euros\n05/01/2024;PRLV EDF;-65,00;\n11/01/2024;VIR CLIENT;;1 200,00\n",
        2, "1135.00", "2024-01-05", "2024-01-11", encoding="cp1252",
    ),
    "Spanish with balance": Case(
        "F. Operación;Concepto;Importe;Saldo\n05/01/2024;RECIBO LUZ;-60,00;940,00\n03/01/2024;NOMINA;1.000,00;1.000,00\n",
        2, "940.00", "2024-01-03", "2024-01-05",
    ),
    "Brazilian": Case(
        "Data,Valor,Identificador,Descrição\n05/01/2024,-25.90,a1b2,Compra no débito - PADARIA\n08/01/2024,300.00,c3d4,Transferência recebida\n",
        2, "274.10", "2024-01-05", "2024-01-08",
    ),
    "Italian dare/avere": Case(
        "Data contabile;Data valuta;Descrizione;Dare;Avere\n05/01/2024;05/01/2024;PAGAMENTO POS;12,00;\n09/01/2024;09/01/2024;BONIFICO;;400,00\n",
        2, "388.00", "2024-01-05", "2024-01-09",
    ),
    "Japanese": Case(
        "日付,お取り扱い内容,お引出し,お預入れ,残高\n2024/1/5,ＡＴＭ,\"10,000\",,\"90,000\"\n2024/1/25,給与,,\"250,000\",\"340,000\"\n",
        2, "240000", "2024-01-05", "2024-01-25", encoding="shift_jis",
    ),
    "Turkish": Case(
        "Tarih;Açıklama;İşlem Tutarı;Bakiye\n05.01.2024;MARKET;-120,50;879,50\n10.01.2024;MAAŞ;10.000,00;10.879,50\n",
        2, "9879.50", "2024-01-05", "2024-01-10", encoding="cp1254",
    ),
    "Danish": Case(
        '"Dato";"Tekst";"Beløb";"Saldo";"Status"\n"05.01.2024";"Netto";"-100,00";"900,00";"Udført"\n"12.01.2024";"Løn";"2.000,00";"2.900,00";"Udført"\n',
        2, "1900.00", "2024-01-05", "2024-01-12", encoding="cp1252",
    ),
    "UTF-16 with tabs": Case(
        "Date\tDescription\tAmount\n2024-01-05\tshop purchase\t-10.00\n2024-01-06\tsalary\t100.00\n", 2, "90.00", "2024-01-05", "2024-01-06",
        encoding="utf-16",
    ),
    "pipes": Case("date|text|amount\n2024-01-05|shop|-10.00\n2024-01-16|refund|4.00\n", 2, "-6.00", "2024-01-05", "2024-01-16"),
    "separator line of Excel": Case("sep=;\nDate;Description;Amount\n13/01/2024;shop;-10.00\n16/01/2024;refund;4.00\n", 2, "-6.00", "2024-01-13", "2024-01-16"),
    "total at the end": Case(
        "Date,Description,Debit,Credit\n13/01/2024,shop,10.00,\n16/01/2024,customer,,40.00\nTotal,,10.00,40.00\n", 2, "30.00", "2024-01-13", "2024-01-16",
    ),
    "month names": Case("Date,Details,Paid out,Paid in,Balance\n3 Jan 2024,shop,10.00,,90.00\n1 Feb 2024,pay,,40.00,130.00\n", 2, "30.00", "2024-01-03", "2024-02-01"),
    "dates that nothing settles": Case("Date,Description,Amount\n03/04/2024,shop,-10.00\n05/04/2024,refund,4.00\n", refused="day or the month"),
    "only a header": Case("Date,Description,Amount\n", refused="no lines"),
    "an invoice list without dates": Case("Item,Price\nchair,10.00\ntable,20.00\n", refused="dates"),
    "contacts": Case("Name,Email,Phone\nA,a@example.org,0123456\nB,b@example.org,0123457\n", refused="dates"),
    "header over two rows": Case(
        "Booking;Value;Payee or;Amount;\nDate;Date;Payer;in EUR;Balance\n05.01.2024;06.01.2024;Bakery;-12,00;988,00\n13.01.2024;13.01.2024;Customer;100,00;1.088,00\n",
        2, "88.00", "2024-01-05", "2024-01-13"),
    "a group word above money out and in": Case(
        "Date,Text,Amount,\n,,Debit,Credit\n05/01/2024,Bakery,12.00,\n13/01/2024,Customer,,100.00\n", 2, "88.00", "2024-01-05", "2024-01-13"),
    "thirty lines above the header": Case(
        "".join(f"Note {i},this is line {i}\n" for i in range(30)) + "Date,Description,Amount\n2024-01-05,purchase,-12.00\n2024-01-06,salary,20.00\n", 2, "8.00", "2024-01-05", "2024-01-06"),
    "pages with repeated headers and balances carried forward": Case(
        "Date,Description,Paid out,Paid in,Balance\n01/01/2024,Balance brought forward,,,100.00\n13/01/2024,shop,10.00,,90.00\n,Balance carried forward,,,90.00\n"
        "Date,Description,Paid out,Paid in,Balance\n,Balance brought forward,,,90.00\n14/01/2024,customer,,40.00,130.00\n15/01/2024,shop,30.00,,100.00\n", 3, "0.00", "2024-01-13", "2024-01-15"),
    "opening balance in the column of amounts": Case(
        "Date;Description;Amount\n2024-01-01;Opening balance;1000.00\n2024-01-05;shop;-10.00\n2024-01-06;salary;20.00\n2024-01-31;Closing balance;1010.00\n", 2, "10.00", "2024-01-05", "2024-01-06"),
    "turnover rows at the end": Case(
        "Дата;Описание;Приход;Расход\n05.01.2024;Оплата;100,00;\n06.01.2024;Аренда;;40,00\nОбороты;;100,00;40,00\nИсходящий остаток;;60,00;\n", 2, "60.00", "2024-01-05", "2024-01-06"),
    "text that goes on in the row below": Case(
        "Date,Description,Amount,Balance\n2024-01-05,CARD PAYMENT,-10.00,90.00\n,BAKERY LONDON,,\n2024-01-06,TRANSFER,20.00,110.00\n,FROM ACME,,\n,REF 17,,\n", 2, "10.00", "2024-01-05", "2024-01-06"),
    "the date only on the first line of a day": Case(
        "Date,Description,Paid out,Paid in,Balance\n13 Jan 2024,shop,10.00,,90.00\n,bakery,5.00,,85.00\n14 Jan 2024,customer,,40.00,125.00\n,fee,1.00,,124.00\n", 4, "24.00", "2024-01-13", "2024-01-14"),
    "a delimiter in the text without quotes": Case(
        "Date,Description,Amount,Balance\n2024-01-05,shop,-10.00,90.00\n2024-01-06,ACME, LONDON,20.00,110.00\n2024-01-07,rent,-5.00,105.00\n", 3, "5.00", "2024-01-05", "2024-01-07"),
    "a quote that is never closed": Case(
        'Date,Description,Amount\n2024-01-05,"shop,-10.00\n2024-01-06,salary,20.00\n2024-01-07,rent purchase,-5.00\n', 3, "5.00", "2024-01-05", "2024-01-07"),
    "quotes inside quoted text": Case(
        'Date,Description,Amount\n2024-01-05,"the "blue" shop, purchase",-10.00\n2024-01-06,"salary",20.00\n', 2, "10.00", "2024-01-05", "2024-01-06"),
    "decimal commas between commas without quotes": Case(
        "Datum,Text,Betrag,Saldo\n15.01.2024,Kartenzahlung,-10,50,989,50\n16.01.2024,Gehalt,20,00,1009,50\n", 2, "9.50", "2024-01-15", "2024-01-16"),
    "decimal commas between commas with quotes": Case(
        'Datum,Text,Betrag\n15.01.2024,Kartenzahlung,"-1.010,50"\n16.01.2024,Gehalt,"20,00"\n', 2, "-990.50", "2024-01-15", "2024-01-16"),
    "D and K": Case("Dato;Tekst;Beløp;D/K\n15.01.2024;Husleie;1000,00;D\n16.01.2024;Lønn;3000,00;K\n", 2, "2000.00", "2024-01-15", "2024-01-16"),
    "Polish Wn and Ma": Case("Data operacji;Opis;Kwota;Wn/Ma\n2024-01-15;czynsz;1000,00;Wn\n2024-01-16;pensja;3000,00;Ma\n", 2, "2000.00", "2024-01-15", "2024-01-16"),
    "gross, fee and net": Case("Date,Name,Gross,Fee,Net\n2024-01-15,Customer,100.00,-3.20,96.80\n2024-01-16,Refund,-20.00,0.60,-19.40\n", 2, "77.40", "2024-01-15", "2024-01-16"),
    "amount, fee and total": Case("Date,Description,Amount,Fee,Total\n2024-01-15,Customer,100.00,3.20,96.80\n2024-01-16,Customer,50.00,1.60,48.40\n2024-01-17,Payout,-100.00,0.00,-100.00\n", 3, "45.20", "2024-01-15", "2024-01-17"),
    "pending and declined lines": Case("Date,Description,Amount,Status\n2024-01-15,shop purchase,-10.00,Completed\n2024-01-16,salary,20.00,Completed\n2024-01-17,hotel,-300.00,Pending\n2024-01-17,hotel,-310.00,Declined\n", 2, "10.00", "2024-01-15", "2024-01-16"),
    "no years, the period above the table, across New Year": Case(
        "Statement period,15 Dec 2023 to 14 Jan 2024\nDate,Description,Paid out,Paid in,Balance\n30 Dec,shop,10.00,,90.00\n31 Dec,bakery,5.00,,85.00\n2 Jan,customer,,40.00,125.00\n", 3, "25.00", "2023-12-30", "2024-01-02"),
    "no years, numbers, the period above the table": Case(
        "Zeitraum;01.12.2023 - 31.01.2024\nBuchung;Text;Betrag\n30.12.;Kartenzahlung;-10,00\n02.01.;Gehalt;40,00\n", 2, "30.00", "2023-12-30", "2024-01-02"),
    "no years, another column has them": Case(
        "Date,Value date,Description,Amount\n30 Dec,2024-01-02,shop purchase,-10.00\n2 Jan,2024-01-03,salary,40.00\n", 2, "30.00", "2023-12-30", "2024-01-02"),
    "no years and nothing that tells": Case("Date,Description,Amount\n30 Dec,shop,-10.00\n2 Jan,salary,40.00\n", refused="year"),
    "30 February": Case("Date,Description,Amount\n28/02/2024,shop purchase,-10.00\n30/02/2024,rent,-5.00\n29/02/2024,salary,40.00\n", 2, "30.00", "2024-02-28", "2024-02-29"),
    "two accounts and two currencies": Case("Account,Date,Description,Amount,Currency\nA1,2024-01-15,shop purchase,-10.00,EUR\nA2,2024-01-15,shop purchase,-5.00,USD\nA1,2024-01-16,salary,20.00,EUR\n", 3, "5.00", "2024-01-15", "2024-01-16"),
    "debit and credit whose names the balance contradicts": Case("Date,Text,Debit,Credit,Balance\n2024-01-15,a,,10.00,90.00\n2024-01-16,b,20.00,,110.00\n2024-01-17,c,5.00,,115.00\n", refused="swapped"),
    "day first in a few days of one month": Case("Date,Description,Amount\n03/04/2024,office rent,-10.00\n04/04/2024,acme invoice 5,40.00\n05/04/2024,stamps,-3.10\n08/04/2024,paper,-12.00\n09/04/2024,flowers,-9.00\n", 5, "5.90", "2024-04-03", "2024-04-09"),
    "a statement period above the table settles the day": Case("Period: 2024-04-01 to 2024-04-30\nDate,Description,Amount\n03/04/2024,shop purchase,-10.00\n05/04/2024,refund,4.00\n", 2, "-6.00", "2024-04-03", "2024-04-05"),
    "dates in the texts settle the day": Case("Date,Description,Amount\n03/04/2024,CARD PAYMENT 02 Apr 2024 BAKERY,-10.00\n05/04/2024,CARD PAYMENT 04 Apr 2024 KIOSK,-4.00\n", 2, "-14.00", "2024-04-03", "2024-04-05"),
    "interest on the first of each month": Case("Date,Description,Amount\n01/01/2024,INTEREST,1.00\n01/02/2024,INTEREST,1.10\n01/03/2024,INTEREST,1.20\n01/04/2024,INTEREST,1.30\n", refused="day or the month"),
}  # fmt: skip
