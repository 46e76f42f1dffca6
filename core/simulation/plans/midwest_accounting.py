"""An accounting firm: monthly clients invoiced, a tax season paid by card, payroll, professional software."""

from datetime import date

from core.simulation.plan import (
    HEATING,
    BankPlan,
    CardPayment,
    CompanyPlan,
    Event,
    Party,
    Series,
    Shop,
    Transfer,
    Use,
    monthly,
    text_rule,
)

BANKS = (
    BankPlan("checking", "Firm Checking 5150", "checking", "1010", "5150", "ofx_xml", 3, 26_077_84),
    BankPlan("card", "Firm Card 8042", "credit_card", "2100", "8042", "card_purchases_positive", 3, -742_09),
    BankPlan("savings", "Tax Reserve 7719", "savings", "1020", "7719", "bracketed", 6, 15_500_00),
)

SERIES = (
    Series(
        "checking",
        "6000",
        ("ADP WAGE PAY WAGE PAY {d10}{a3}",),
        tuple(sorted(monthly(14) + monthly(29))),
        2_150_00,
        2_450_00,
        season=(104, 122, 136, 128, 100, 96, 96, 96, 98, 100, 98, 98),
    ),
    Series("checking", "6010", ("ADP TAX ADP TAX {d6} {d7}TAX",), monthly(15), 1_650_00, 1_930_00),
    Series(
        "checking",
        "6100",
        ("KENWOOD TOWER LP WEB PMTS {a6}",),
        monthly(2),
        1_960_00,
        1_960_00,
        fixed=True,
        rises_on=date(2025, 1, 1),
    ),
    Series("checking", "6110", ("DUKE ENERGY OH SPEEDPAY {d10}",), monthly(20), 138_00, 196_00, season=HEATING),
    Series("checking", "6600", ("CAMICO MUTUAL INS PREM {d7}",), monthly(6, (10, 1, 4, 7)), 688_00, 688_00, fixed=True),
    Series(
        "checking",
        "6020",
        ("ANTHEM BLUE OH PPD CORP PYMT {a8}",),
        monthly(3),
        628_40,
        628_40,
        fixed=True,
        rises_on=date(2025, 1, 1),
    ),
    Series(
        "card",
        "6300",
        ("INTUIT *QBOOKS PROADVISOR CL.INTUIT.COM CA", "INTUIT *QuickBooks 800-446-8848 CA"),
        monthly(7),
        219_00,
        342_00,
        step=9_00,
    ),
    Series(
        "card",
        "6120",
        ("ALTAFIBER 513-565-2210 OH", "CINCINNATI BELL 513-565-2210 OH"),
        monthly(16),
        148_75,
        148_75,
        fixed=True,
    ),
    Series(
        "checking", "7000", ("IRS USATAXPYMT 2705{d11}",), monthly(15, (1, 4, 6, 9)), 2_400_00, 2_400_00, fixed=True
    ),
    Series("savings", "8900", ("Interest Deposit",), monthly(30, (12, 3, 6, 9)), 44_00, 71_00, money_in=True),
)

TAX_SEASON = (2, 3, 4)

SHOPS = (
    Shop(
        ("AFFINIPAY CPACHARGE {d6} DEPOSIT", "AFFINIPAY LLC DEPOSIT {d9}"),
        (Use("8120", 900_00, 5_800_00),),
        "checking",
        14,
        money_in=True,
        months=TAX_SEASON,
    ),
    Shop(
        ("AFFINIPAY CPACHARGE {d6} DEPOSIT",),
        (Use("8120", 280_00, 900_00, 2), Use("8100", 250_00, 1_400_00, 3)),
        "checking",
        5,
        money_in=True,
        months=(5, 6, 7, 8, 9, 10, 11),
    ),
    Shop(
        ("MOBILE CHECK DEPOSIT {d6}",),
        (Use("8120", 240_00, 1_150_00, 3), Use("8100", 300_00, 950_00, 2), Use("2310", 500_00, 1_500_00, 1, 250_00)),
        "checking",
        7,
        money_in=True,
    ),
    Shop(("DRAKE SOFTWARE 800-890-9500 NC",), (Use("6300", 345_00, 2_095_00),), weight=1, months=(11, 12, 1)),
    Shop(
        ("THOMSON REUTERS TAX&ACCT 800-968-8900 TX",),
        (Use("6300", 186_00, 640_00, 3), Use("6710", 99_00, 340_00, 2)),
        weight=3,
    ),
    Shop(
        ("DROPBOX*{a12} DROPBOX.COM CA", "ZOOM.US 888-799-9666 SAN JOSE CA", "DOCUSIGN INC. 866-219-4318 CA"),
        (Use("6300", 14_99, 75_00),),
        weight=7,
    ),
    Shop(
        ("AMZN MKTP US*{a9} AMZN.COM/BILL WA", "AMAZON.COM*{a9} SEATTLE WA"),
        (Use("6400", 9_00, 110_00, 4), Use("6320", 48_00, 420_00, 2), Use("3020", 14_00, 90_00)),
        weight=8,
        refunds=True,
    ),
    Shop(
        ("STAPLES 00115022 CINCINNATI OH", "STAPLES INC STAPLES.COM MA"),
        (Use("6400", 18_00, 190_00, 4), Use("6420", 22_00, 160_00, 2)),
        weight=5,
        refunds=True,
    ),
    Shop(("USPS PO 3815520236 CINCINNATI OH", "STAMPS.COM 855-608-2677 TX"), (Use("6410", 8_00, 86_00),), weight=5),
    Shop(
        ("AICPA *ORDER 888-777-7077 NC", "OHIO SOCIETY OF CPAS 614-764-2727 OH"),
        (Use("6510", 165_00, 440_00, 2), Use("6710", 89_00, 349_00, 3)),
        weight=3,
    ),
    Shop(
        (
            "PANERA BREAD #204718 CINCINNATI OH",
            "JIMMY JOHNS 2288 CINCINNATI OH",
            "DD *DOORDASH SKYLINECH 855-973-1040 CA",
        ),
        (Use("6810", 14_00, 128_00),),
        weight=7,
    ),
    Shop(("SHRED-IT CINCINNATI 800-697-4733 OH",), (Use("6140", 78_00, 112_00),), weight=3),
    Shop(
        ("BILL PAYMENT TO ELAINE MERCER",),
        (Use("3020", 1_500_00, 4_000_00, step=500_00),),
        "checking",
        4,
        trait="private",
    ),
    Shop(
        ("COSTCO WHSE #0388 CINCINNATI OH",),
        (Use("6400", 28_00, 140_00, 2), Use("6810", 36_00, 160_00, 2), Use("3020", 60_00, 290_00)),
        weight=2,
    ),
    Shop(("LINKEDIN PRE {d8} LNKD.IN/BILL CA",), (Use("6500", 39_99, 99_95, 2), Use("6840", 120_00, 295_00)), weight=2),
    Shop(("SOUTHWES {d10} 800-435-9792 TX",), (Use("6800", 212_00, 486_00),), trait="once"),
    Shop(("GAYLORD OPRYLAND NASHVILLE TN",), (Use("6800", 438_00, 790_00),), trait="once"),
    Shop(("ACCOUNTANCY BD OF OHIO 614-466-4135 OH",), (Use("6610", 150_00, 150_00),), trait="once"),
    Shop(("BECKER PROFESSIONAL ED 877-272-3926 IL",), (Use("6710", 299_00, 599_00),), trait="once"),
    Shop(("DELL SALES & SERVICE 866-393-9460 TX",), (Use("1500", 1_180_00, 1_960_00),), trait="once"),
    Shop(("MINUTEMAN PRESS KENWOOD CINCINNATI OH",), (Use("6420", 94_00, 310_00),), trait="once"),
    Shop(("NKY CHAMBER TRI-ED 859-578-8800 KY",), (Use("6510", 345_00, 345_00),), trait="once"),
    Shop(("FREESTORE FOODBANK 513-482-7500 OH",), (Use("6900", 250_00, 500_00),), trait="once"),
    Shop(("SQ *FLOWERS OF KENWOOD Cincinnati OH",), (Use("6990", 58_00, 96_00),), trait="once"),
    Shop(("GEEK SQUAD 00004457 CINCINNATI OH",), (Use("6320", 99_00, 249_00),), trait="once"),
    Shop(("CHECK {check}",), (Use("6140", 180_00, 260_00),), "checking", trait="once"),
)

EVENTS = (
    Event(date(2025, 4, 14), "card", "6410", "USPS PO 3815520236 CINCINNATI OH", -9_85, "equal"),
    Event(date(2025, 4, 14), "card", "6410", "USPS PO 3815520236 CINCINNATI OH", -9_85, "equal"),
    Event(date(2025, 4, 15), "checking", "8120", "AFFINIPAY CPACHARGE 440127 DEPOSIT", 450_00, "equal"),
    Event(date(2025, 4, 15), "checking", "8120", "AFFINIPAY CPACHARGE 440127 DEPOSIT", 450_00, "equal"),
    Event(date(2025, 5, 2), "checking", "6200", "AFFINIPAY MERCHANT FEES APR", -388_17),
    Event(date(2025, 5, 6), "checking", "8800", "AFFINIPAY REFUND 440311", -325_00, "refund"),
    Event(date(2025, 2, 28), "checking", "6210", "SERVICE CHARGE", -18_00),
)

TRANSFERS = (
    Transfer(
        "checking",
        "savings",
        ("TRANSFER TO TAX RESERVE 7719",),
        ("Transfer from Firm Checking 5150 {mm/dd}",),
        monthly(25, (10, 2, 3, 4, 7)),
        2_000_00,
        4_000_00,
        step=500_00,
        lag=1,
    ),
    Transfer(
        "savings",
        "checking",
        ("Transfer to Firm Checking 5150 {mm/dd}",),
        ("TRANSFER FROM TAX RESERVE 7719",),
        (date(2025, 1, 13), date(2025, 6, 12), date(2025, 9, 12)),
        3_000_00,
        3_500_00,
        step=500_00,
        lag=1,
    ),
)

PARTIES = (
    Party(
        "Mason Tool & Die",
        ("MASON TOOL DIE EDI PYMNTS {ref}", "MASON TOOL DIE EDI PYMNTS {d8}"),
        "8110",
        monthly(1, before=1),
        1_950_00,
        1_950_00,
        fixed=True,
        terms=20,
        delay=(14, 30),
    ),
    Party(
        "Hyde Park Pediatrics",
        ("HYDE PARK PEDIAT VENDOR PAY {d7}",),
        "8110",
        monthly(1, before=1),
        1_520_00,
        1_520_00,
        fixed=True,
        delay=(10, 36),
    ),
    Party(
        "Blue Ash Brewing",
        ("ZELLE FROM BLUE ASH BREWING CO {a8}", "ZELLE FROM BLUE ASH BREWING CO {ref}"),
        "8110",
        monthly(1, before=1),
        1_120_00,
        1_120_00,
        fixed=True,
        delay=(5, 44),
    ),
    Party(
        "Loveland Cycle Works",
        ("MOBILE CHECK DEPOSIT {d6}",),
        "8110",
        monthly(1, before=1),
        1_120_00,
        1_120_00,
        fixed=True,
        delay=(12, 40),
        pays="pairs",
    ),
    Party(
        "St. Gertrude Parish",
        ("REMOTE DEPOSIT {d6}",),
        "8100",
        monthly(12, (10, 1, 3, 4, 7)),
        2_600_00,
        5_400_00,
        step=20_00,
    ),
    Party(
        "Osterman Trucking",
        ("OSTERMAN TRUCKIN ACH PMT {ref}", "OSTERMAN TRUCKIN ACH PMT"),
        "8100",
        monthly(18, (11, 2, 5, 8)),
        1_240_00,
        4_200_00,
        step=10_00,
        pays="parts",
    ),
    Party("Estate of W. Hollis", ("MOBILE CHECK DEPOSIT {d6}",), "8120", (date(2025, 3, 3),), 1_850_00, 1_850_00),
    Party(
        "Fairmount Properties",
        ("FAIRMOUNT PROP BILLPAY {d9}",),
        "8120",
        (date(2025, 2, 20), date(2025, 3, 21)),
        1_200_00,
        2_600_00,
        step=50_00,
        delay=(15, 50),
    ),
    Party(
        "Anchor Salvage", ("MOBILE CHECK DEPOSIT {d6}",), "8100", (date(2025, 1, 22),), 990_00, 990_00, delay=(290, 291)
    ),
    Party(
        "Kelly Strand CPA",
        ("ZELLE TO KELLY STRAND CPA {a8}",),
        "5100",
        monthly(4, (2, 3, 4, 5)),
        900_00,
        2_300_00,
        kind="bill",
        delay=(3, 12),
        prefix="B-",
        step=25_00,
    ),
)

RULES = (
    text_rule("Net payroll", "ADP WAGE PAY", "6000", "out", up_to=4_500_00),
    text_rule("Payroll taxes", "ADP TAX", "6010", "out", up_to=3_000_00),
    text_rule("Rent", "KENWOOD TOWER", "6100", "out"),
    text_rule("Health plan", "ANTHEM BLUE", "6020", "out", up_to=1_000_00),
    text_rule("QuickBooks", "INTUIT *", "6300", "out"),
    text_rule("Electricity", "DUKE ENERGY", "6110", "out"),
    text_rule("Postage", "USPS PO", "6410", "out"),
    text_rule("Liability insurance", "CAMICO", "6600", "out"),
)

PLAN = CompanyPlan(
    slug="sim_midwest_accounting",
    name="Midwest Accounting",
    sector="professional",
    count=289,
    banks=BANKS,
    series=SERIES,
    shops=SHOPS,
    events=EVENTS,
    transfers=TRANSFERS,
    card_payment=CardPayment(
        "checking", "card", ("FIRM CARD AUTOPAY PAYMENT XXXX8042",), ("AUTOPAY PAYMENT - THANK YOU",), 21
    ),
    parties=PARTIES,
    rules=RULES,
)
