"""A café in Hamilton, Ohio: card settlements, wholesale and catering invoices, payroll, many small purchases."""

from datetime import date

from core.simulation.plan import (
    COOLING,
    BankPlan,
    CardPayment,
    CompanyPlan,
    Event,
    Party,
    Series,
    Shop,
    Transfer,
    Use,
    every,
    monthly,
    text_rule,
)

OWN = "INDN:HAMILTON COFFEE CO"

BANKS = (
    BankPlan("checking", "Business Checking 4417", "checking", "1010", "4417", "summary_on_top", 1, 14_862_17),
    BankPlan("card", "Business Card 7731", "credit_card", "2100", "7731", "card_purchases_positive", 3, -1_204_88),
    BankPlan("savings", "Business Savings 0915", "savings", "1020", "0915", "ofx_sgml", 3, 6_000_00),
)

SERIES = (
    Series(
        "checking",
        "8000",
        (f"SQUARE INC DES:SQ{{yymmdd}} ID:T3{{a11}} {OWN} CO ID:9424300002 CCD",),
        every(10, date(2024, 10, 3)),
        4_700_00,
        7_900_00,
        money_in=True,
        season=(86, 90, 98, 102, 106, 98, 90, 94, 104, 110, 106, 116),
    ),
    Series(
        "checking",
        "6000",
        (f"GUSTO DES:NET {{d6}} ID:6SEMJ{{a6}} {OWN} CO ID:9138864007 CCD",),
        tuple(sorted(monthly(7) + monthly(22))),
        3_150_00,
        3_980_00,
        season=(92, 92, 98, 100, 104, 104, 100, 100, 102, 102, 104, 110),
    ),
    Series(
        "checking",
        "6010",
        (f"GUSTO DES:TAX {{d6}} ID:6SEMJ{{a6}} {OWN} CO ID:9138864007 CCD",),
        monthly(23),
        1_420_00,
        1_790_00,
    ),
    Series(
        "checking",
        "6030",
        (f"GUSTO DES:FEE {{d6}} ID:6SEMJ{{a6}} {OWN} CO ID:9138864007 CCD",),
        monthly(2),
        79_00,
        91_00,
        step=100,
        fixed=True,
        rises_on=date(2025, 3, 1),
    ),
    Series(
        "checking",
        "6100",
        (f"HIGH STREET HLDG DES:RENT ID:UNIT 118 {OWN} CO ID:1831774420 PPD",),
        monthly(1),
        2_850_00,
        2_850_00,
        fixed=True,
        rises_on=date(2025, 5, 1),
    ),
    Series(
        "checking",
        "6110",
        (f"DUKE-ENERGY DES:BILL PAY ID:9101{{d8}} {OWN} CO ID:1310240030 PPD",),
        monthly(17),
        388_00,
        520_00,
        season=COOLING,
    ),
    Series(
        "card",
        "6120",
        ("SPECTRUM 855-707-7328 MO", "SPECTRUM CHARTER COMM 855-707-7328 MO"),
        monthly(11),
        139_98,
        139_98,
        fixed=True,
        rises_on=date(2025, 2, 1),
    ),
    Series("card", "6300", ("INTUIT *QBOOKS ONLINE CL.INTUIT.COM CA",), monthly(19), 99_00, 99_00, fixed=True),
    Series("card", "6300", ("SQ *SQUARE PAID SERVICES 855-700-6000 CA",), monthly(5), 105_00, 129_00, step=100),
    Series(
        "checking",
        "2500",
        (f"NORTHSIDE CAPITAL DES:LOAN PMT ID:SBA{{d7}} {OWN} CO ID:1274556130 CCD",),
        monthly(15),
        1_118_42,
        1_118_42,
        fixed=True,
    ),
    Series(
        "checking",
        "6600",
        (f"ERIE INSURANCE DES:PREMIUM ID:Q97{{d7}} {OWN} CO ID:2250466020 PPD",),
        monthly(12, (10, 1, 4, 7)),
        612_00,
        740_00,
    ),
    Series(
        "checking",
        "2200",
        (f"OHIO-TAXOSUTAX DES:OH SALESTX ID:{{d11}} {OWN} CO ID:1311334820 CCD",),
        monthly(23, (10, 1, 4, 7)),
        1_890_00,
        2_640_00,
    ),
    Series(
        "checking",
        "7000",
        (f"IRS DES:USATAXPYMT ID:2704{{d11}} {OWN} CO ID:3387702000 CCD",),
        monthly(15, (1, 4, 6, 9)),
        1_500_00,
        1_500_00,
        fixed=True,
    ),
    Series(
        "checking",
        "2210",
        (f"IRS DES:USATAXPYMT ID:2704{{d11}} {OWN} CO ID:3387702000 CCD",),
        monthly(28, (10, 1, 4, 7)),
        310_00,
        690_00,
    ),
    Series("savings", "8900", ("INTEREST EARNED",), monthly(28, (12, 3, 6, 9)), 11_00, 24_00, money_in=True),
)

PACKAGING = Use("5030", 31_00, 264_00, 4)
GROCERIES = Use("5020", 14_00, 210_00, 6)
OFFICE = Use("6400", 9_00, 68_00, 2)

SHOPS = (
    Shop(
        ("DEEPER ROOTS COFFEE CINCINNATI OH", "DEEPER ROOTS COFFEE LLC 513-655-6512 OH"),
        (Use("5010", 380_00, 1_250_00),),
        weight=9,
    ),
    Shop(
        (f"SNOWVILLE CREAMERY DES:ACH PMT ID:{{d8}} {OWN} CO ID:1260919911 CCD",),
        (Use("5010", 148_00, 420_00),),
        "checking",
        7,
    ),
    Shop(("RISHI TEA 414-747-4001 WI",), (Use("5010", 92_00, 365_00),), weight=2),
    Shop(
        ("GFS STORE #0726 FAIRFIELD TWPOH", "GFS STORE #0918 WEST CHESTER OH"),
        (Use("5020", 40_00, 380_00, 4), PACKAGING),
        weight=9,
        refunds=True,
    ),
    Shop(("JUNGLE JIMS MARKET FAIRFIELD OH",), (Use("5020", 22_00, 190_00),), weight=3),
    Shop(
        ("KROGER #412 HAMILTON OH", "KROGER #0441 FAIRFIELD OH"),
        (Use("5020", 6_00, 88_00, 8), Use("6400", 8_00, 30_00)),
        weight=7,
    ),
    Shop(
        ("COSTCO WHSE #1127 LIBERTY TWP OH",),
        (GROCERIES, PACKAGING, Use("3020", 40_00, 260_00)),
        weight=5,
        refunds=True,
    ),
    Shop(
        ("WEBSTAURANTSTORE 717-392-7472 PA", "WEBSTAURANT STORE INC LITITZ PA"),
        (PACKAGING, Use("1500", 640_00, 2_300_00), Use("6130", 25_00, 140_00)),
        weight=5,
    ),
    Shop(
        ("AMZN MKTP US*{a9} AMZN.COM/BILL WA", "AMAZON.COM*{a9} SEATTLE WA", "AMZN MKTP US AMZN.COM/BILL WA"),
        (
            OFFICE,
            Use("5030", 18_00, 120_00, 2),
            Use("6320", 45_00, 389_00),
            Use("6130", 12_00, 95_00),
            Use("3020", 15_00, 130_00),
        ),
        weight=9,
        refunds=True,
    ),
    Shop(
        ("THE HOME DEPOT #3817 HAMILTON OH",),
        (Use("6130", 8_00, 175_00, 5), Use("1520", 420_00, 1_600_00)),
        weight=3,
        refunds=True,
    ),
    Shop(
        ("WAL-MART #2250 HAMILTON OH", "WM SUPERCENTER #2250 HAMILTON OH"),
        (Use("6140", 12_00, 75_00, 2), OFFICE, GROCERIES),
        weight=3,
    ),
    Shop(("RUMPKE CONSOLIDATED CO 800-582-3107 OH",), (Use("6140", 96_00, 121_00),), weight=3),
    Shop(
        ("FACEBK *{a10} 650-5434800 CA", "FACEBK ADS {a9} MENLO PARK CA"),
        (Use("6500", 20_00, 150_00, step=5_00),),
        weight=4,
    ),
    Shop(("SPEEDWAY 01107 HAMILTON OH", "SHELL OIL 57442893 FAIRFIELD OH"), (Use("6820", 28_00, 71_00),), weight=4),
    Shop(("USPS PO 3833600013 HAMILTON OH",), (Use("6410", 5_00, 42_00),), weight=2),
    Shop(("CINTAS CORP 513-459-1200 OH",), (Use("6140", 58_00, 84_00),), weight=3),
    Shop(
        ("ATM WITHDRAWAL {mm/dd} #000{d6} 3RD & HIGH HAMILTON OH",),
        (Use("1000", 100_00, 300_00, 3, 20_00), Use("3020", 60_00, 400_00, 2, 20_00)),
        "checking",
        4,
    ),
    Shop(
        ("Zelle payment to DANA HARTSOCK Conf# {h9}",),
        (Use("3020", 800_00, 3_200_00, step=50_00),),
        "checking",
        5,
        trait="private",
    ),
    Shop(("SQ *BRIGHTSIDE ESPRESSO REPAI CINCINNATI OH",), (Use("6130", 145_00, 610_00),), weight=2),
    Shop(
        ("NETFLIX.COM LOS GATOS CA", "KINGS ISLAND MASON OH"), (Use("3020", 15_49, 118_00),), weight=1, trait="private"
    ),
    Shop(
        ("COUNTER CREDIT {mm/dd} #{d7} HAMILTON BANKING CTR",),
        (Use("8000", 260_00, 940_00),),
        "checking",
        4,
        money_in=True,
    ),
    Shop(
        (f"DOORDASH, INC. DES:HAMILTON C ID:ST-{{a11}} {OWN} CO ID:4270465600 CCD",),
        (Use("8000", 118_00, 640_00),),
        "checking",
        6,
        money_in=True,
    ),
    Shop(("TST* MUNICIPAL BREW WORKS HAMILTON OH",), (Use("6810", 24_00, 96_00),), trait="once"),
    Shop(("BUTLER COUNTY HEALTH DIS 513-863-1770 OH",), (Use("6610", 348_00, 348_00),), trait="once", months=(2,)),
    Shop(("COMMERCIAL PARTS & SERV 513-984-1900 OH",), (Use("6130", 386_00, 720_00),), trait="once"),
    Shop(("SP LOVERAMICS US HTTPSLOVERAMIC HK",), (Use("5030", 180_00, 340_00),), trait="once"),
    Shop(("VISTAPRINT 866-207-4955 MA",), (Use("6420", 48_00, 165_00),), trait="once"),
    Shop(("EB *COFFEE FEST LOUISVIL 801-413-7200 CA",), (Use("6710", 75_00, 180_00),), trait="once"),
    Shop(("HAMPTON INN LOUISVILLE KY",), (Use("6800", 164_00, 238_00),), trait="once", months=(11,)),
    Shop(("INDEED JOBS US {d8} AUSTIN TX",), (Use("6840", 90_00, 220_00),), trait="once"),
    Shop(("PAYPAL *OHIOROASTER 402-935-7733 CA",), (Use("5010", 210_00, 480_00),), trait="once"),
    Shop(("GREATER HAMILTON CHAMBER 513-844-1500 OH",), (Use("6510", 275_00, 275_00),), trait="once"),
    Shop(("SQ *MILL RACE POTTERY OXFORD OH",), (Use("5000", 160_00, 320_00),), trait="once"),
    Shop(("Check {check}",), (Use("6700", 425_00, 650_00),), "checking", trait="once"),
    Shop(("Check {check}",), (Use("6420", 210_00, 380_00),), "checking", trait="once"),
)

EVENTS = (
    Event(date(2024, 11, 20), "card", "6820", "PARKMOBILE-CINCINNATI 770-818-9036 GA", -4_35, "equal"),
    Event(date(2024, 11, 20), "card", "6820", "PARKMOBILE-CINCINNATI 770-818-9036 GA", -4_35, "equal"),
    Event(date(2025, 1, 17), "checking", "6210", "OVERDRAFT ITEM FEE FOR ACTIVITY OF 01-16", -35_00),
    Event(date(2025, 1, 21), "checking", "6210", "OVERDRAFT FEE REFUND 01-17", 35_00, "refund"),
    Event(date(2025, 6, 30), "checking", "6210", "MONTHLY FEE BUSINESS ADV RELATIONSHIP", -29_95),
    Event(
        date(2025, 4, 9),
        "checking",
        "8800",
        f"SQUARE INC DES:DISPUTE ID:T3K7Q0V1M2X {OWN} CO ID:9424300002 CCD",
        -46_20,
        "refund",
    ),
    Event(
        date(2025, 8, 14), "checking", "3010", "Zelle payment from DANA HARTSOCK Conf# 0xq41jz8m", 3_000_00, "private"
    ),
)

TRANSFERS = (
    Transfer(
        "checking",
        "savings",
        ("Online Banking transfer to SAV 0915 Confirmation# {conf}", "ONLINE TRANSFER TO SAV ...0915 {mm/dd}"),
        ("Online Banking transfer from CHK 4417 Confirmation# {conf}", "TRANSFER FROM CHK 4417"),
        monthly(24, (10, 12, 3, 6, 8)),
        500_00,
        2_000_00,
        lag=1,
    ),
    Transfer(
        "savings",
        "checking",
        ("Online Banking transfer to CHK 4417 Confirmation# {conf}",),
        ("Online Banking transfer from SAV 0915 Confirmation# {conf}",),
        (date(2025, 1, 16), date(2025, 4, 14)),
        1_000_00,
        2_000_00,
        lag=1,
    ),
)

PARTIES = (
    Party(
        "Fitton Center for Creative Arts",
        ("FITTON CENTER DES:AP PMT ID:{ref} INDN:HAMILTON COFFEE CO CO ID:1311287766 CCD",),
        "8010",
        monthly(9, (10, 12, 4, 6)),
        240_00,
        780_00,
    ),
    Party(
        "Miami University Hamilton",
        (f"MIAMI UNIVERSITY DES:PAYABLES ID:00{{d8}} {OWN} CO ID:1316402089 CCD",),
        "8010",
        monthly(20, (11, 2, 3, 9)),
        185_00,
        640_00,
        delay=(24, 45),
    ),
    Party(
        "True West Market",
        ("Zelle payment from TRUE WEST MKT for {ref} Conf# {h9}", "Zelle payment from TRUE WEST MKT Conf# {h9}"),
        "8020",
        monthly(3, before=1),
        320_00,
        760_00,
        terms=15,
        delay=(8, 21),
    ),
    Party(
        "Lindenwald Bed & Breakfast",
        ("BKOFAMERICA MOBILE {mm/dd} XXXXX{d5} DEPOSIT *MOBILE OH",),
        "8020",
        monthly(6, (11, 1, 3, 5, 7)),
        96_00,
        240_00,
        delay=(14, 40),
    ),
    Party(
        "Brightside Refrigeration",
        ("Check {check}",),
        "6130",
        monthly(18, (12, 3, 7)),
        260_00,
        890_00,
        kind="bill",
        prefix="B-",
    ),
)

RULES = (
    text_rule("Square settlements", "SQUARE INC DES:SQ", "8000", "in", up_to=12_000_00),
    text_rule("Payroll fee", "GUSTO DES:FEE", "6030"),
    text_rule("Payroll taxes", "GUSTO DES:TAX", "6010", up_to=2_500_00),
    text_rule("Net payroll", "GUSTO DES:NET", "6000", up_to=6_000_00),
    text_rule("Rent", "HIGH STREET HLDG", "6100", "out"),
    text_rule("Electricity", "DUKE-ENERGY", "6110", "out"),
    text_rule("Internet", "SPECTRUM", "6120", "out"),
    text_rule("Roaster", "DEEPER ROOTS", "5010"),
    text_rule("Fuel", "SPEEDWAY", "6820", "out"),
)

PLAN = CompanyPlan(
    slug="sim_hamilton_coffee",
    name="Hamilton Coffee Co.",
    sector="food",
    count=330,
    banks=BANKS,
    series=SERIES,
    shops=SHOPS,
    events=EVENTS,
    transfers=TRANSFERS,
    card_payment=CardPayment(
        "checking",
        "card",
        ("Online Banking payment to CRD 7731 Confirmation# {conf}",),
        ("INTERNET PAYMENT - THANK YOU", "DIRECTPAY FULL BALANCE SEE DETAILS OF YOUR NEXT STATEMENT"),
        19,
    ),
    parties=PARTIES,
    rules=RULES,
)
