# ruff: noqa: E501 - a statement is easier to judge in one piece than folded
"""More statements made up for these tests: habits of exports that were read otherwise than they are meant."""

from tests.golden.made_up_statements import Case

MORE = {
    'settled and not, in Italian': Case(
        'Data;Operazione;Dettagli;Conto o carta;Contabilizzazione;Categoria ;Valuta;Importo\n'
        '31/01/2024;Pagamento Pos;PAGAMENTO POS ESSELUNGA;Conto 1000/1234;CONTABILIZZATO;Spesa;EUR;-45,30\n'
        '15/01/2024;Bonifico Disposto Da: Acme Srl;COD. DISP. 0124 INV 3;Conto 1000/1234;CONTABILIZZATO;Entrate;EUR;1.500,00\n'
        '30/01/2024;Pagamento Pos;Autogrill;Conto 1000/1234;NON CONTABILIZZATO;Viaggi;EUR;-7,00\n',
        2, '1454.70', '2024-01-15', '2024-01-31', currency='EUR',
    ),
    'pending rows that lack the value date': Case(
        '"Girokonto";"DE00120300001234567890"\n'
        '""\n'
        '"Kontostand vom 01.02.2024:";"976,55 €"\n'
        '""\n'
        '"Buchungsdatum";"Wertstellung";"Status";"Zahlungspflichtige*r";"Zahlungsempfänger*in";"Verwendungszweck";"Umsatztyp";"IBAN";"Betrag (€)";"Gläubiger-ID";"Mandatsreferenz";"Kundenreferenz"\n'
        '"31.01.24";"31.01.24";"Gebucht";"ISSUER";"REWE";"VISA Debitkartenumsatz";"Ausgang";"DE9612030000";"-23,45 €";"";"";""\n'
        '"15.01.24";"15.01.24";"Gebucht";"Acme GmbH";"Jane Roe";"Lohn";"Eingang";"DE1212030000";"1.000,00 €";"";"";""\n'
        '"01.02.24";"";"Vorgemerkt";"ISSUER";"Bahn";"VISA";"Ausgang";"DE9612030000";"-5,00 €";"";"";""\n',
        2, '976.55', '2024-01-15', '2024-01-31', currency='EUR',
    ),
    'a status that the running balance does not count': Case(
        '"Dato";"Kategori";"Underkategori";"Tekst";"Beløb";"Saldo";"Status";"Afstemt"\n'
        '"15.01.2024";"Indtægt";"Løn";"Acme ApS";"100,00";"1.087,50";"Udført";"Nej"\n'
        '"03.01.2024";"Mad";"Dagligvarer";"Netto";"-12,50";"987,50";"Udført";"Nej"\n'
        '"17.01.2024";"Mad";"Dagligvarer";"Rema";"-5,00";"";"Venter";"Nej"\n',
        2, '87.50', '2024-01-03', '2024-01-15', encoding='cp1252',
    ),
    'currency column in Dutch': Case(
        'Boekingsdatum vanaf;01/01/2024;;;;;;;;;;;;;\n'
        'Boekingsdatum tot en met;31/01/2024;;;;;;;;;;;;;\n'
        'Bedrag vanaf;;;;;;;;;;;;;;\n'
        'Bedrag tot en met;;;;;;;;;;;;;;\n'
        'Rekeninguittrekselnummer vanaf;;;;;;;;;;;;;;\n'
        'Mededeling;;;;;;;;;;;;;;\n'
        'Laatste saldo;1087,50 EUR;;;;;;;;;;;;;\n'
        'Datum/uur van het laatste saldo;31/01/2024 10:00:00;;;;;;;;;;;;;\n'
        ';;;;;;;;;;;;;;\n'
        'Rekening;Boekingsdatum;Rekeninguittrekselnummer;Transactienummer;Rekening tegenpartij;Naam tegenpartij bevat;Straat en nummer;Postcode en plaats;Transactie;Valutadatum;Bedrag;Devies;BIC;Landcode;Mededelingen\n'
        'BE00 0000 0000 0001;05/01/2024;00001;00002;BE00 0000 0000 0002;KLANT NV;;;OVERSCHRIJVING;05/01/2024;100,00;EUR;KREDBEBB;BE;Factuur 3\n'
        'BE00 0000 0000 0001;03/01/2024;00001;00001;;DELHAIZE;;;BANCONTACT;03/01/2024;-12,50;EUR;;;\n',
        2, '87.50', '2024-01-03', '2024-01-05', encoding='cp1252', currency='EUR',
    ),
    'currency column in Finnish': Case(
        'Kirjauspäivä;Määrä;Maksaja;Maksunsaaja;Nimi;Otsikko;Viitenumero;Valuutta\n'
        '2024/01/15;100,00;;;Acme Oy;Acme Oy;123;EUR\n'
        '2024/01/03;-12,50;;;K-Market;K-Market;;EUR\n',
        2, '87.50', '2024-01-03', '2024-01-15', currency='EUR',
    ),
    'one column for credit and debit, two rows of balance': Case(
        'IBAN;Booked At;Text;Credit/Debit Amount;Balance;Valuta Date\n'
        'CH0080808001234567890;2024-01-03 00:00:00.0;Coop Zürich, 02.01.2024;-12.5;987.5;2024-01-03 00:00:00.0\n'
        'CH0080808001234567890;2024-01-15 00:00:00.0;Gutschrift Acme AG;100.0;1087.5;2024-01-15 00:00:00.0\n',
        2, '87.50', '2024-01-03', '2024-01-15', encoding='cp1252',
    ),
    "a seller's report in thirty columns, net at the end": Case(
        'Date,Time,Time Zone,Gross Sales,Discounts,Service Charges,Net Sales,Gift Card Sales,Tax,Tip,Partial Refunds by Amount,Total Collected,Source,Card,Card Entry Methods,Cash,Square Gift Card,Other Tender,Other Tender Type,Tender Note,Fees,Net Total,Transaction ID,Payment ID\n'
        '2024-01-15,10:00:00,Eastern Time (US & Canada),$10.00,$0.00,$0.00,$10.00,$0.00,$0.80,$1.00,$0.00,$11.80,Register,$11.80,Tapped,$0.00,$0.00,$0.00,,,-$0.41,$11.39,AAA,BBB\n'
        '2024-01-03,11:00:00,Eastern Time (US & Canada),$20.00,$0.00,$0.00,$20.00,$0.00,$1.60,$0.00,$0.00,$21.60,Register,$21.60,Tapped,$0.00,$0.00,$0.00,,,-$0.66,$20.94,CCC,DDD\n',
        2, '32.33', '2024-01-03', '2024-01-15',
    ),
    'DR and CR as headers': Case(
        'Name :- JOHN ROE,,,,,,,\n'
        'Statement of Account No - 910010000000001 for the period (From : 01-01-2024 To : 31-01-2024),,,,,,,\n'
        '\n'
        'SRL NO,Tran Date,CHQNO,PARTICULARS,DR,CR,BAL,SOL\n'
        '1,03-01-2024,-,UPI/P2M/400311111111/SHOP/, 523.45, , 99476.55,123\n'
        '2,15-01-2024,-,NEFT/CITIN24015/ACME, , 100000.00, 199476.55,123\n'
        ',,,TRANSACTION TOTAL,523.45,100000.00,,\n'
        ',,,CLOSING BALANCE,,,199476.55,\n',
        2, '99476.55', '2024-01-03', '2024-01-15',
    ),
    'balance rows with spread letters': Case(
        '"Data","Dependencia Origem","Histórico","Data do Balancete","Número do documento","Valor",\n'
        '"12/29/2023","","Saldo Anterior","","0","1000.00",\n'
        '"01/03/2024","","Pix - Enviado","","10301","-523.45",\n'
        '"01/15/2024","","TED-Crédito em Conta","","11501","1000.00",\n'
        '"01/31/2024","","S A L D O","","0","1476.55",\n',
        2, '476.55', '2024-01-03', '2024-01-15', encoding='cp1252',
    ),
    'amount in EUROA': Case(
        '"Kirjauspäivä";"Arvopäivä";"Määrä EUROA";"Laji";"Selitys";"Saaja/Maksaja";"Saajan tilinumero";"Saajan pankin BIC";"Viite";"Viesti";"Arkistointitunnus"\n'
        '"2024-01-03";"2024-01-03";-523,45;"162";"PKORTTIMAKSU";"K-MARKET";"";"";"ref=";"Viesti: 1";"20240103/5UTH01/000001"\n'
        '"2024-01-15";"2024-01-15";1000,00;"588";"TILISIIRTO";"ACME OY";"FI00";"OKOYFIHH";"ref=3";"";"20240115/5UTH01/000002"\n',
        2, '476.55', '2024-01-03', '2024-01-15', currency='EUR',
    ),
    'opening, turnover and closing as lines, Estonian': Case(
        '"Kliendi konto";"Reatüüp";"Kuupäev";"Saaja/Maksja";"Selgitus";"Summa";"Valuuta";"Deebet/Kreedit";"Arhiveerimistunnus";"Tehingu liik";"Viitenumber";"Dokumendi number"\n'
        '"EE002200000000000001";"10";"01.01.2024";"";"Algsaldo";"1000,00";"EUR";"K";"";"AS";"";""\n'
        '"EE002200000000000001";"20";"03.01.2024";"RIMI";"Ost";"523,45";"EUR";"D";"2024010300000001";"K";"";""\n'
        '"EE002200000000000001";"20";"15.01.2024";"ACME OU";"Arve 3";"1000,00";"EUR";"K";"2024011500000002";"MK";"";""\n'
        '"EE002200000000000001";"82";"31.01.2024";"";"Käive";"1000,00";"EUR";"K";"";"K2";"";""\n'
        '"EE002200000000000001";"82";"31.01.2024";"";"Käive";"523,45";"EUR";"D";"";"K2";"";""\n'
        '"EE002200000000000001";"86";"31.01.2024";"";"Lõppsaldo";"1476,55";"EUR";"K";"";"LS";"";""\n',
        2, '476.55', '2024-01-03', '2024-01-15', currency='EUR',
    ),
    'opening, turnover and closing as lines, Lithuanian': Case(
        '"Sąskaitos Nr.","","Data","Gavėjas","Paaiškinimai","Suma","Valiuta","D/K","Įrašo Nr.","Kodas","Įmokos kodas","Dok. Nr."\n'
        '"LT00","10","2024-01-01","","Likutis pradžiai","1000.00","EUR","K","","LS","",""\n'
        '"LT00","20","2024-01-03","AMAZON","Pirkinys","23.45","EUR","D","1","K","",""\n'
        '"LT00","20","2024-01-15","UAB ACME","Sąskaita 3","1000.00","EUR","K","2","MK","",""\n'
        '"LT00","82","2024-01-31","","Apyvarta","1000.00","EUR","K","","TO","",""\n'
        '"LT00","82","2024-01-31","","Apyvarta","23.45","EUR","D","","TO","",""\n'
        '"LT00","86","2024-01-31","","Likutis pabaigai","1976.55","EUR","K","","LS","",""\n',
        2, '976.55', '2024-01-03', '2024-01-15', currency='EUR',
    ),
    'purchases positive, two lines of both directions': Case(
        'Transaction Date,Clearing Date,Description,Merchant,Category,Type,Amount (USD),Purchased By\n'
        '01/14/2024,01/15/2024,"UBER TRIP SAN FRANCISCO CA USA","Uber","Transportation","Purchase","12.50","Jane Roe"\n'
        '01/12/2024,01/12/2024,"ACH DEPOSIT INTERNET TRANSFER FROM ACCOUNT ENDING IN 1234","Ach Deposit","Payment","Payment","-100.00","Jane Roe"\n',
        2, '87.50', '2024-01-12', '2024-01-15', currency='USD',
    ),
    'a dash before the time of day': Case(
        'Tarih/Saat;Kanal/Şube;İşlem Tutarı;Bakiye;Ek Bakiye;İşlem;İşlem Tipi;Açıklama\n'
        '15/01/2024-10:11:12;İnternet;1.000,00;1.476,55;;Havale;Alacak;ACME AS\n'
        '16/01/2024-11:11:12;Pos;-23,45;1.453,10;;Pos;Borç;MIGROS\n',
        2, '976.55', '2024-01-15', '2024-01-16', encoding='cp1254',
    ),
    'nothing but thousands, Spanish': Case(
        'Fecha,Descripción,Canal o Sucursal,Cargos (PESOS),Abonos (PESOS),Saldo (PESOS)\n'
        '15/01/2024,Traspaso De: Acme Spa,Internet,,100.000,147.655\n'
        '16/01/2024,Compra Jumbo,Central,2.345,,145.310\n',
        2, '97655', '2024-01-15', '2024-01-16',
    ),
    'nothing but thousands, Icelandic': Case(
        'Dagsetning;Vaxtadagur;Tilvísun;Skýring;Texti;Upphæð;Staða\n'
        '15.01.2024;15.01.2024;123;Millifært;Acme ehf;100.000;197.655\n'
        '03.01.2024;03.01.2024;124;Debetkort;Amazon;-2.345;97.655\n',
        2, '97655', '2024-01-03', '2024-01-15',
    ),
    'blocks of labelled lines': Case(
        'From: 01/02/2024 to 29/02/2024\n'
        '\n'
        'Account: XXXX XXXX XXXX 1234\n'
        '\n'
        'Date: 28/02/2024\n'
        'Description: CARD PAYMENT TO TESCO ON 26-02-2024\n'
        'Amount: -10.00 \n'
        'Balance: 990.00 \n'
        '\n'
        'Date: 15/02/2024\n'
        'Description: FASTER PAYMENTS RECEIPT REF.INV 1 FROM ACME\n'
        'Amount: 500.00 \n'
        'Balance: 1000.00 \n'
        '\n'
        'Date: 14/02/2024\n'
        'Description: DIRECT DEBIT PAYMENT TO EDF\n'
        'Amount: -60.00 \n'
        'Balance: 500.00 \n',
        3, '430.00', '2024-02-14', '2024-02-28', encoding='cp1252',
    ),
    'payments that are paid': Case(
        'Date,Payment method,Currency,Amount,Status,ID,Description,Consumer name,Consumer bank account,Consumer BIC,Settlement currency,Settlement amount,Settlement reference,Amount refunded\n'
        '2024-01-15 10:11:12,ideal,EUR,"100.00",Paid,tr_1,Order 3,J Roe,NL00,INGBNL2A,EUR,"100.00",1234567.2401.01,"0.00"\n'
        '2024-01-03 10:11:12,ideal,EUR,"50.00",Paid,tr_2,Order 2,B Roe,NL01,RABONL2U,EUR,"50.00",1234567.2401.01,"0.00"\n',
        2, '150.00', '2024-01-03', '2024-01-15', currency='EUR',
    ),
    'payouts that are paid, fees taken off': Case(
        'Payout Date,Status,Charges,Refunds,Adjustments,Reserved Funds,Fees,Retried Amount,Total,Currency\n'
        '2024-01-15,paid,1000.00,-20.00,0.00,0.00,-29.30,0.00,950.70,USD\n'
        '2024-01-03,paid,100.00,0.00,0.00,0.00,-3.20,0.00,96.80,USD\n',
        2, '1047.50', '2024-01-03', '2024-01-15', currency='USD',
    ),
    'card sales with fee and payout': Case(
        'Date,Time,Transaction ID,Receipt Number,Type,Payment method,Currency,Total,Subtotal,Tax,Tip,Fee,Payout,Payout date\n'
        '15/01/2024,10:11,TA1,S1,Sale,Card,GBP,10.00,10.00,0.00,0.00,0.17,9.83,16/01/2024\n'
        '03/01/2024,10:11,TA2,S2,Sale,Card,GBP,20.00,20.00,0.00,0.00,0.34,19.66,04/01/2024\n',
        2, '29.49', '2024-01-03', '2024-01-15', currency='GBP',
    ),
    'Greek letters for credit and debit': Case(
        'Α/Α;Ημ/νία;Αιτιολογία;Κατάστημα;Τοκισμός από;Αρ. συναλλαγής;Ποσό;Πρόσημο ποσού\n'
        '1;15/01/2024;ΕΜΒΑΣΜΑ ACME;100;15/01/2024;="001";1.000,00;Π\n'
        '2;03/01/2024;ΑΓΟΡΑ AMAZON;100;03/01/2024;="002";23,45;Χ\n',
        2, '976.55', '2024-01-03', '2024-01-15',
    ),
    'a word for the amount and one for the balance': Case(
        'Sl. No.,Transaction Date,Value Date,Description,Chq / Ref No.,Amount,Dr / Cr,Balance,Dr / Cr\n'
        '1,03/01/2024,03/01/2024,UPI/AMAZON,UPI-1,23.45,DR,976.55,CR\n'
        '2,15/01/2024,15/01/2024,NEFT ACME,NEFT-2,"1,000.00",CR,"1,976.55",CR\n',
        2, '976.55', '2024-01-03', '2024-01-15',
    ),
    'balance and day once a day': Case(
        'Date,Type,Description,Paid out,Paid in,Balance\n'
        '01 Mar 2024,BP,ACME SUPPLIES INV 7,120.00,,\n'
        ',CR,CUSTOMER A,,500.00,1380.00\n'
        '04 Mar 2024,DD,BT,35.00,,\n'
        ',CR,CUSTOMER B,,100.00,1445.00\n'
        '05 Mar 2024,CHQ,100021,45.00,,1400.00\n',
        5, '400.00', '2024-03-01', '2024-03-05',
    ),
    'a status that denies the booking': Case(
        'Buchungstag;Text;Betrag;Status\n'
        '15.01.2024;Acme;1.000,00;gebucht\n'
        '03.01.2024;Amazon;-23,45;gebucht\n'
        '16.01.2024;Shell;-50,00;noch nicht gebucht\n',
        2, '976.55', '2024-01-03', '2024-01-15',
    ),
    'Ukrainian card currency columns': Case(
        'Дата;Категорія;Картка;Опис операції;Сума в валюті картки;Валюта картки;Сума в валюті транзакції;Валюта транзакції;Залишок на кінець періоду;Валюта залишку\n'
        '15.01.2024 10:11:12;Зарахування;****1234;ТОВ Акме;1000.00;UAH;1000.00;UAH;1976.55;UAH\n'
        '03.01.2024 10:11:12;Покупки;****1234;Сільпо;-23.45;UAH;-23.45;UAH;976.55;UAH\n',
        2, '976.55', '2024-01-03', '2024-01-15', currency='UAH',
    ),
    'balance as the means of payment': Case(
        '------------------------------------------------------------------------------------\n'
        '导出信息：\n'
        '姓名：张三\n'
        '支付宝账户：a@example.org\n'
        '起始时间：[2024-01-01 00:00:00]    终止时间：[2024-01-31 23:59:59]\n'
        '共2笔记录\n'
        '收入：1笔 1000.00元\n'
        '支出：1笔 23.45元\n'
        '\n'
        '------------------------支付宝（中国）网络技术有限公司  电子客户回单------------------------\n'
        '交易时间,交易分类,交易对方,对方账号,商品说明,收/支,金额,收/付款方式,交易状态,交易订单号,商家订单号,备注,\n'
        '2024-01-15 10:11:12,转账红包,李四,l***@example.org,转账,收入,1000.00,余额,交易成功,2024011500001\t,\t,,\n'
        '2024-01-03 10:11:12,餐饮美食,麦当劳,/,午餐,支出,23.45,花呗,交易成功,2024010300001\t,M001\t,,\n',
        2, '976.55', '2024-01-03', '2024-01-15', encoding='gb18030',
    ),
    'fees beside money out that the balance counts': Case(
        'Account,Posting Date,Transaction Date,Description,Category,Money In,Money Out,Fee,Balance\n'
        '123,17/01/2024,17/01/2024,Card Purchase: Shell,Fuel,,-100.00,-2.00,1372.55\n'
        '123,16/01/2024,16/01/2024,Cash Withdrawal,Cash,,-50.00,-10.00,1474.55\n'
        '123,15/01/2024,15/01/2024,Payment Received: Acme,Income,1000.00,,,1534.55\n'
        '123,03/01/2024,03/01/2024,Card Purchase: Checkers,Groceries,,-523.45,-2.00,534.55\n',
        4, '312.55', '2024-01-03', '2024-01-17',
    ),
}  # fmt: skip
