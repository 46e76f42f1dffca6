"""A web agency in Cincinnati: care plans through a processor, project invoices, freelancers, much software."""

from datetime import date

from core.simulation.plan import (
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
    BankPlan("checking", "Business Checking 2204", "checking", "1010", "2204", "details_first", 1, 21_340_52),
    BankPlan("card", "Business Card 5519", "credit_card", "2100", "5519", "card_debit_credit", 3, -1_877_31),
    BankPlan("stripe", "Stripe", "processor", "1050", "acct_1Nq8", "processor_net", 3, 412_60),
)


def _ach(name: str, entry: str, company_id: str) -> str:
    """An ACH line as this bank prints it, the company's name cut to the 16 characters of the format."""
    return f"{name[:16]:<16} {entry:<10} {{d9}}       CCD ID: {company_id}"


CARE_PLANS = (
    ("Care Plan - Over-the-Rhine Dental", 484_00, 5),
    ("Care Plan - Madisonville Yoga", 239_00, 8),
    ("Hosting - Queen City Bicycle", 189_00, 14),
    ("Subscription update", 314_00, 21),
    ("Invoice INV-R{d3}", 582_00, 26),
)

SERIES = (
    *(
        Series(
            "stripe", "8110", (text,), monthly(day), minor, minor, money_in=True, fixed=True, rises_on=date(2025, 1, 1)
        )
        for text, minor, day in CARE_PLANS
    ),
    Series(
        "card",
        "6300",
        ("Microsoft 365 ****8925", "MSFT * E0{a8} MSBILL.INFO WA"),
        monthly(9),
        154_80,
        154_80,
        fixed=True,
    ),
    Series(
        "card",
        "6300",
        ("ADOBE  *CREATIVE CLOUD 408-536-6000 CA", "ADOBE INC. SAN JOSE CA"),
        monthly(12),
        89_99,
        89_99,
        fixed=True,
    ),
    Series("card", "6300", ("GITHUB, INC. GITHUB.COM CA",), monthly(3), 48_00, 84_00, step=4_00),
    Series(
        "card",
        "6300",
        ("FIGMA MONTHLY RENEWAL FIGMA.COM CA", "FIGMA SAN FRANCISCO CA"),
        monthly(22),
        75_00,
        75_00,
        fixed=True,
        rises_on=date(2025, 4, 1),
    ),
    Series(
        "card",
        "6310",
        ("WPENGINE AUSTIN TX", "WPE*WPENGINE.COM 877-973-6446 TX"),
        monthly(15),
        290_00,
        290_00,
        fixed=True,
    ),
    Series(
        "card", "6310", ("AMAZON WEB SERVICES AWS.AMAZON.CO WA", "AWS EMEA AWS.AMAZON.CO"), monthly(4), 118_00, 264_00
    ),
    Series("checking", "6000", (_ach("GUSTO", "NET {d6}", "9138864007"),), monthly(27), 3_900_00, 4_400_00),
    Series("checking", "6010", (_ach("GUSTO", "TAX {d6}", "9138864007"),), monthly(28), 1_270_00, 1_480_00),
    Series(
        "checking",
        "6100",
        (_ach("UNION HALL LLC", "OFFICE FEE", "1462290171"),),
        monthly(1),
        875_00,
        875_00,
        fixed=True,
    ),
    Series(
        "checking",
        "7000",
        (_ach("IRS", "USATAXPYMT", "3387702000"),),
        monthly(15, (1, 4, 6, 9)),
        2_600_00,
        2_600_00,
        fixed=True,
    ),
    Series(
        "checking",
        "6600",
        (_ach("HISCOX INC", "INSPREMIUM", "1134071112"),),
        monthly(8, (11, 2, 5, 8)),
        214_00,
        214_00,
        fixed=True,
    ),
)

SHOPS = (
    Shop(("GOOGLE *ADS{d10} CC@GOOGLE.COM CA",), (Use("6500", 100_00, 500_00, step=50_00),), weight=6),
    Shop(
        ("GOOGLE *GSUITE_CINCYW CC@GOOGLE.COM CA", "GOOGLE *Workspace_cincy CC@GOOGLE.COM CA"),
        (Use("6300", 72_00, 86_40),),
        weight=6,
    ),
    Shop(("GOOGLE *CLOUD {a6} CC@GOOGLE.COM CA",), (Use("6310", 8_00, 66_00),), weight=3),
    Shop(("UPWORK -{d9}REF UPWORK.COM CA",), (Use("5100", 90_00, 780_00),), weight=6, refunds=True),
    Shop(
        ("NAMECHEAP.COM* {a6} NAMECHEAP.COM AZ", "NAME-CHEAP.COM* {a6} WWW.NAMECHEAP AZ"),
        (Use("6310", 9_98, 64_00),),
        weight=6,
    ),
    Shop(("DNH*GODADDY.COM 480-505-8855 AZ",), (Use("6310", 21_99, 140_00),), weight=3),
    Shop(("SLACK T0{a7} DUBLIN",), (Use("6300", 43_75, 70_00),), weight=4),
    Shop(("ZOOM.US 888-799-9666 SAN JOSE CA",), (Use("6300", 15_99, 31_98),), weight=3),
    Shop(("OPENAI *CHATGPT SUBSCR OPENAI.COM CA", "OPENAI SAN FRANCISCO CA"), (Use("6300", 20_00, 60_00),), weight=4),
    Shop(
        ("ENVATO MARKET 61383766284", "ENVATO*{d8} MELBOURNE"),
        (Use("6300", 16_50, 33_00, 2), Use("5100", 39_00, 79_00)),
        weight=3,
    ),
    Shop(
        ("AMZN MKTP US*{a9} AMZN.COM/BILL WA", "AMAZON.COM*{a9} AMZN.COM/BILL WA"),
        (
            Use("6320", 39_00, 460_00, 3),
            Use("6400", 8_00, 64_00, 3),
            Use("3020", 12_00, 140_00),
            Use("6710", 18_00, 55_00),
        ),
        weight=9,
        refunds=True,
    ),
    Shop(("APPLE.COM/BILL 866-712-7753 CA",), (Use("6300", 2_99, 32_99, 3), Use("3020", 99, 19_99, 2)), weight=4),
    Shop(
        ("BEST BUY 00004457 CINCINNATI OH",),
        (Use("6320", 34_00, 640_00, 2), Use("1500", 1_290_00, 2_680_00)),
        weight=2,
        refunds=True,
    ),
    Shop(
        (
            "STARBUCKS STORE 02337 CINCINNATI OH",
            "SQ *COLLECTIVE ESPRESSO CINCINNATI OH",
            "TST* LONGFELLOW CINCINNATI OH",
        ),
        (Use("6810", 6_00, 74_00),),
        weight=6,
    ),
    Shop(
        ("UBER *TRIP HELP.UBER.COM CA", "UBER TRIP SAN FRANCISCO CA"),
        (Use("6800", 9_00, 46_00, 4), Use("3020", 9_00, 34_00)),
        weight=4,
    ),
    Shop(("UBER *EATS HELP.UBER.COM CA",), (Use("6810", 18_00, 62_00),), weight=2),
    Shop(("PAYPAL *{a8} 402-935-7733 CA",), (Use("5100", 60_00, 340_00, 2), Use("6300", 12_00, 89_00, 2)), weight=4),
    Shop(
        ("Zelle payment to Marcus Oyelaran {d11}",),
        (Use("3020", 800_00, 3_500_00, step=100_00),),
        "checking",
        6,
        trait="private",
    ),
    Shop((_ach("CINCINNATI BELL", "ALTAFIBER", "1310241390"),), (Use("6120", 104_00, 121_00),), "checking", 5),
    Shop(
        ("{mm/dd}CITY OF CINCINNATI PARKING 513-352-4527 OH", "PARKMOBILE-CINCINNATI 770-818-9036 GA"),
        (Use("6830", 3_35, 14_50),),
        weight=3,
    ),
    Shop(
        ("REMOTE ONLINE DEPOSIT #          1",),
        (Use("8100", 450_00, 1_900_00, 3), Use("2310", 500_00, 1_500_00, 2, 100_00)),
        "checking",
        2,
        money_in=True,
    ),
    Shop(
        ("Payment - J. Alvarado", "Website deposit {d4}", "Payment - N. Weiss"),
        (Use("8100", 340_00, 1_420_00),),
        "stripe",
        3,
        money_in=True,
    ),
    Shop(("DELTA AIR {d10} DELTA.COM GA",), (Use("6800", 286_00, 512_00),), trait="once"),
    Shop(("MARRIOTT AUSTIN DOWNTOWN AUSTIN TX",), (Use("6800", 412_00, 866_00),), trait="once"),
    Shop(("WORDCAMP US 2025 WORDCAMP.ORG CA",), (Use("6710", 100_00, 250_00),), trait="once"),
    Shop(("AIGA CINCINNATI 212-807-1990 NY",), (Use("6510", 250_00, 250_00),), trait="once"),
    Shop(("FS *SCREENSTUDIO FSPRG.COM CA",), (Use("6300", 89_00, 229_00),), trait="once"),
    Shop(("PADDLE.NET* POLYPANE LONDON",), (Use("6300", 108_00, 108_00),), trait="once"),
    Shop(("MOO INC EAST PROVIDENC RI",), (Use("6420", 62_00, 148_00),), trait="once"),
    Shop(("FEDEX OFFIC{d9} CINCINNATI OH",), (Use("6420", 12_00, 58_00),), trait="once"),
    Shop(("LEGALZOOM* 855-787-1221 CA",), (Use("6700", 199_00, 399_00),), trait="once"),
    Shop(("WP-LAWPAY*STRAUSS TROY 513-621-2120 OH",), (Use("6700", 480_00, 1_250_00),), trait="once"),
    Shop(("CHECK {check}",), (Use("6610", 165_00, 165_00),), "checking", trait="once"),
    Shop(("GIVEBUTTER* CODE FOR CIN 855-481-2004 DE",), (Use("6900", 150_00, 150_00),), trait="once"),
    Shop(("REFUND: Website deposit 4471",), (Use("8800", 340_00, 500_00),), "stripe", trait="once"),
)

EVENTS = (
    Event(date(2024, 12, 11), "card", "6310", "NAMECHEAP.COM* TK93QX NAMECHEAP.COM AZ", -13_98, "equal"),
    Event(date(2024, 12, 11), "card", "6310", "NAMECHEAP.COM* TK93QX NAMECHEAP.COM AZ", -13_98, "equal"),
    Event(date(2025, 3, 6), "checking", "6210", "DOMESTIC INCOMING WIRE FEE", -15_00),
    Event(date(2025, 7, 2), "checking", "6210", "DOMESTIC INCOMING WIRE FEE", -15_00),
    Event(date(2025, 5, 29), "card", "8910", "CASH BACK STATEMENT CREDIT", 126_40),
    Event(date(2025, 8, 29), "card", "6220", "INTEREST CHARGE:PURCHASES", -31_17),
    Event(date(2025, 2, 18), "stripe", "8800", "Chargeback withdrawal for ch_3QtK01", -145_00, "refund"),
    Event(date(2025, 2, 18), "stripe", "6200", "Dispute fee ch_3QtK01", -15_00),
)

TRANSFERS = (
    Transfer(
        "stripe",
        "checking",
        ("STRIPE PAYOUT",),
        ("STRIPE           TRANSFER   ST-{a12}  CCD ID: 1800948598",),
        monthly(28),
        clears=True,
        lag=2,
    ),
)

PARTIES = (
    Party(
        "Findlay Market Foundation",
        (_ach("FINDLAY MARKET", "AP PAYMENT", "1311764920"),),
        "8100",
        monthly(10, (10, 1, 4, 7)),
        2_800_00,
        7_600_00,
        step=50_00,
        pays="parts",
    ),
    Party(
        "Harper Dental Group",
        ("Zelle payment from HARPER DENTAL GRP {d11}", "HARPER DENTAL GR PAYMENT    {ref}        CCD ID: 1453302177"),
        "8110",
        monthly(2, before=1),
        1_450_00,
        1_450_00,
        fixed=True,
        terms=15,
        delay=(9, 24),
    ),
    Party(
        "Rhinegeist Properties",
        ("FEDWIRE CREDIT VIA: RIVERBEND BANK/042000314 B/O: RHINEGEIST PROPERTIES CINCINNATI OH REF: {ref}",),
        "8100",
        (date(2025, 2, 3), date(2025, 5, 30)),
        8_200_00,
        13_800_00,
        step=100_00,
    ),
    Party(
        "Northside Animal Clinic",
        ("REMOTE ONLINE DEPOSIT #          1",),
        "8100",
        monthly(17, (11, 2, 5, 8)),
        1_650_00,
        3_900_00,
        step=25_00,
    ),
    Party(
        "Taft & Lowe LLP",
        (_ach("BILL.COM", "PAYABLES", "1204895317"), "BILL.COM         TAFT LOWE  {ref}      CCD ID: 1204895317"),
        "8110",
        monthly(5, before=1),
        1_180_00,
        1_180_00,
        fixed=True,
        delay=(20, 41),
        pays="pairs",
    ),
    Party(
        "Ohio Valley Robotics",
        (_ach("BILL.COM", "PAYABLES", "1204895317"),),
        "8100",
        monthly(24, (10, 12, 3, 6, 9)),
        3_100_00,
        6_400_00,
        step=50_00,
    ),
    Party(
        "Camp Washington Chili House",
        ("CHECK DEPOSIT #{d7} {mm/dd}",),
        "8100",
        (date(2025, 1, 8),),
        1_350_00,
        1_350_00,
        delay=(300, 301),
    ),
    Party(
        "Priya Raman Design",
        ("Zelle payment to Priya Raman {d11}",),
        "5100",
        monthly(26),
        620_00,
        1_580_00,
        kind="bill",
        terms=14,
        delay=(4, 13),
        prefix="B-",
        step=20_00,
    ),
    Party(
        "T. Kowalski Development",
        (_ach("WISE US INC", "WISE", "1453233521"),),
        "5100",
        monthly(29, (10, 12, 1, 3, 6, 8)),
        900_00,
        2_400_00,
        kind="bill",
        delay=(6, 20),
        prefix="B-",
    ),
)

RULES = (
    text_rule("Microsoft 365", "Microsoft 365", "6300"),
    text_rule("Adobe", "ADOBE", "6300"),
    text_rule("GitHub", "GITHUB", "6300"),
    text_rule("Figma", "FIGMA", "6300"),
    text_rule("WP Engine", "WPENGINE", "6310"),
    text_rule("AWS", "AWS.AMAZON", "6310"),
    text_rule("Domains", "NAMECHEAP", "6310"),
    text_rule("Payroll", "GUSTO NET", "6000", "out", up_to=6_500_00),
    text_rule("Payroll taxes", "GUSTO TAX", "6010", "out", up_to=2_500_00),
    text_rule("Office", "UNION HALL", "6100", "out"),
    text_rule("Care plans", "Care Plan", "8110", "in", "stripe"),
    text_rule("Hosting plans", "Hosting -", "8110", "in", "stripe"),
    text_rule("Subscriptions", "Subscription update", "8110", "in", "stripe"),
    text_rule("Search ads", "GOOGLE *ADS", "6500"),
    text_rule("Workspace", "GOOGLE *GSUITE", "6300"),
)

PLAN = CompanyPlan(
    slug="sim_cincy_web",
    name="Cincy Web Builders",
    sector="agency",
    count=357,
    banks=BANKS,
    series=SERIES,
    shops=SHOPS,
    events=EVENTS,
    transfers=TRANSFERS,
    card_payment=CardPayment(
        "checking",
        "card",
        (
            "Online Payment {d11} To Card Ending IN 5519 {mm/dd}",
            "CARDMEMBER SERV  WEB PYMT   ***********5519  WEB ID: 5911111111",
        ),
        ("ONLINE PYMT - THANK YOU", "MOBILE PYMT - THANK YOU"),
        20,
    ),
    parties=PARTIES,
    rules=RULES,
)
