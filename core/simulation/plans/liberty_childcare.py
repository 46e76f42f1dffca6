"""A childcare centre in Liberty Township: tuition through an app and from families, state vouchers, supplies."""

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
    every,
    monthly,
    text_rule,
)

BANKS = (
    BankPlan("checking", "Checking 8830", "checking", "1010", "8830", "withdrawal_and_deposit", 1, 18_511_09),
    BankPlan("card", "Credit Card 1176", "credit_card", "2100", "1176", "card_sales_negative", 3, -938_45),
    BankPlan("savings", "Money Market 6642", "savings", "1020", "6642", "ofx_sgml", 3, 12_250_00),
)


def _out(name: str, entry: str, company_id: str) -> str:
    return f"Withdrawal ACH {name} TYPE: {entry} ID: {company_id} CO: {name}"


def _in(name: str, entry: str, company_id: str) -> str:
    return f"Deposit ACH {name} TYPE: {entry} ID: {company_id} CO: {name}"


SERIES = (
    Series(
        "checking",
        "8200",
        (_in("BRIGHTWHEEL", "PAYOUT", "4270465600"), _in("STRIPE BRIGHTWHL", "TRANSFER", "1800948598")),
        every(7, date(2024, 10, 4)),
        3_900_00,
        6_200_00,
        money_in=True,
        season=(100, 100, 100, 100, 100, 88, 82, 90, 102, 102, 100, 92),
    ),
    Series(
        "checking",
        "8220",
        (_in("STATE OF OHIO", "OHCCPAYMNT", "3311334825"),),
        every(14, date(2024, 10, 9)),
        1_480_00,
        2_650_00,
        money_in=True,
    ),
    Series(
        "checking",
        "8220",
        (_in("STATE OF OHIO", "CACFP REIM", "3311334825"),),
        monthly(26),
        540_00,
        910_00,
        money_in=True,
    ),
    Series(
        "checking",
        "6000",
        (_out("PAYCHEX", "PAYROLL", "1161124166"),),
        every(14, date(2024, 10, 11)),
        5_350_00,
        6_250_00,
    ),
    Series("checking", "6010", (_out("PAYCHEX TPS", "TAXES", "1161124166"),), monthly(14), 3_150_00, 3_890_00),
    Series("checking", "6030", (_out("PAYCHEX EIB", "INVOICE", "1161124166"),), monthly(18), 148_00, 186_00),
    Series("checking", "6100", ("Check {check}",), monthly(3), 3_400_00, 3_400_00, fixed=True),
    Series(
        "checking", "6110", (_out("DUKEENERGY", "BILL PAY", "1310240030"),), monthly(21), 285_00, 398_00, season=HEATING
    ),
    Series(
        "checking",
        "6110",
        (_out("BUTLER CO WTR SW", "UTIL PMT", "9316000063"),),
        monthly(10, (11, 2, 5, 8)),
        196_00,
        268_00,
    ),
    Series(
        "checking",
        "6600",
        (_out("PHILADELPHIA INS", "INS PREM", "2231738402"),),
        monthly(6),
        486_00,
        486_00,
        fixed=True,
        rises_on=date(2025, 4, 1),
    ),
    Series(
        "checking", "6140", (_out("JAN-PRO CINCI", "ACH PMT", "1204418852"),), monthly(5), 540_00, 540_00, fixed=True
    ),
    Series(
        "card", "6120", ("SPECTRUM 855-707-7328 MO",), monthly(8), 119_98, 119_98, fixed=True, rises_on=date(2025, 2, 1)
    ),
    Series(
        "savings",
        "8900",
        ("DIVIDEND EARNED", "DIVIDEND EARNED FOR PERIOD"),
        monthly(27, (12, 3, 6, 9)),
        58_00,
        94_00,
        money_in=True,
    ),
)

FOOD = Use("5020", 38_00, 265_00, 6)
CLASSROOM = Use("5200", 11_00, 145_00, 4)

SHOPS = (
    Shop(
        ("KROGER #915 LIBERTY TWP OH", "KROGER #0427 WEST CHESTER OH", "KROGER DELIVERY #{d4} CINCINNATI OH"),
        (FOOD, Use("5200", 9_00, 42_00)),
        weight=9,
    ),
    Shop(
        ("SAMS CLUB #4750 FAIRFIELD OH", "SAMSCLUB.COM 888-746-7726 AR"),
        (FOOD, Use("6140", 24_00, 140_00, 3), Use("5200", 20_00, 120_00)),
        weight=6,
        refunds=True,
    ),
    Shop(
        ("WM SUPERCENTER #3784 LIBERTY TWP OH", "WAL-MART #3784 LIBERTY TWP OH"),
        (CLASSROOM, Use("5020", 14_00, 120_00, 3), Use("6140", 9_00, 62_00, 2), Use("6400", 7_00, 39_00)),
        weight=7,
        refunds=True,
    ),
    Shop(
        ("TARGET 00023127 LIBERTY TWP OH", "TARGET.COM * 800-591-3869 MN"),
        (CLASSROOM, Use("6400", 11_00, 58_00), Use("3020", 18_00, 120_00)),
        weight=5,
        refunds=True,
    ),
    Shop(
        ("AMZN MKTP US*{a9} AMZN.COM/BILL WA", "Amazon.com*{a9} Amzn.com/bill WA"),
        (
            Use("5200", 12_00, 180_00, 6),
            Use("6400", 9_00, 52_00, 2),
            Use("6320", 59_00, 320_00),
            Use("6130", 14_00, 84_00),
        ),
        weight=10,
        refunds=True,
    ),
    Shop(("LAKESHORE LEARNING MATER 800-778-4456 CA",), (Use("5200", 48_00, 390_00),), weight=4),
    Shop(("DOLLAR TREE LIBERTY TWP OH", "FIVE BELOW 483 LIBERTY TWP OH"), (Use("5200", 6_25, 48_00),), weight=4),
    Shop(("DISCOUNT SCHOOL SUPPLY 800-627-2829 CA",), (Use("5200", 64_00, 310_00),), weight=2),
    Shop(("GFS STORE #0918 WEST CHESTER OH",), (Use("5020", 70_00, 310_00),), weight=3),
    Shop(("BRIGHTWHEEL MYBRIGHTWHEEL CA",), (Use("6300", 135_00, 162_00),), weight=4),
    Shop(
        (
            "CINCINNATI ZOO & BOTANIC CINCINNATI OH",
            "NEWPORT AQUARIUM NEWPORT KY",
            "EnterTRAINment Junction WEST CHESTER OH",
        ),
        (Use("5210", 64_00, 342_00),),
        weight=3,
        months=(4, 5, 6, 7, 8),
    ),
    Shop(("PETERMANN BUS 513-351-7383 OH",), (Use("5210", 240_00, 520_00),), weight=2, months=(5, 6, 7, 8)),
    Shop(
        ("THE HOME DEPOT #3845 WEST CHESTER OH", "LOWES #01175 LIBERTY TWP OH"),
        (Use("6130", 11_00, 220_00, 4), Use("6730", 22_00, 130_00)),
        weight=4,
        refunds=True,
    ),
    Shop(
        ("FASTFINGERPRINTS 877-932-2435 OH", "NATIONAL BACKGROUND CHECK COLUMBUS OH"),
        (Use("6840", 62_00, 148_00),),
        weight=3,
    ),
    Shop(("Zelle To Renee Whitlock",), (Use("3020", 1_600_00, 4_800_00, step=100_00),), "checking", 9, trait="private"),
    Shop(
        ("Deposit Mobile Banking",),
        (Use("8200", 185_00, 960_00, 5), Use("8210", 45_00, 150_00, 3, 5_00), Use("8910", 30_00, 240_00)),
        "checking",
        8,
        money_in=True,
    ),
    Shop(
        ("Zelle From JORDAN HENSLEY", "Zelle From KAYLA BRANDT"),
        (Use("8210", 25_00, 100_00, step=25_00),),
        "checking",
        3,
        money_in=True,
    ),
    Shop(("INDEED {d8} 203-564-2400 CT",), (Use("6840", 45_00, 280_00),), weight=2),
    Shop(("FACEBK *{a10} fb.me/ads CA",), (Use("6500", 25_00, 100_00, step=5_00),), weight=2),
    Shop(("Procare Solutions 800-338-3884 CO",), (Use("6300", 49_00, 99_00),), weight=1),
    Shop(("USPS PO 3844980044 WEST CHESTER OH",), (Use("6410", 9_00, 38_00),), weight=1),
    Shop(
        ("CHICK-FIL-A #01844 LIBERTY TWP OH", "LAROSAS PIZZERIA 513-347-1111 OH"),
        (Use("6810", 32_00, 118_00, 2), Use("5020", 48_00, 140_00, 2), Use("5210", 60_00, 160_00)),
        weight=4,
    ),
    Shop(("ODJFS CHILD CARE LICENS 614-466-1043 OH",), (Use("6610", 300_00, 300_00),), trait="once"),
    Shop(("LIBERTY TWP FIRE INSPECT LIBERTY TWP OH",), (Use("6610", 75_00, 110_00),), trait="once"),
    Shop(("RED CROSS CPR TRAINING 800-733-2767 DC",), (Use("6710", 288_00, 420_00),), trait="once"),
    Shop(("NAEYC WASHINGTON DC",), (Use("6510", 150_00, 285_00),), trait="once"),
    Shop(("4C FOR CHILDREN CINCINNATI OH",), (Use("6710", 95_00, 240_00),), trait="once"),
    Shop(("SIGNARAMA WEST CHESTER WEST CHESTER OH",), (Use("6420", 210_00, 460_00),), trait="once"),
    Shop(("BEST PLUMBING SPECIALTIE 800-448-6710 MD",), (Use("6130", 84_00, 190_00),), trait="once"),
    Shop(("PLAYGROUND MULCH OF OHIO LEBANON OH",), (Use("6730", 380_00, 640_00),), trait="once", months=(4, 5)),
    Shop(("WAYFAIR*WAYFAIR WAYFAIR.COM MA",), (Use("1500", 540_00, 1_190_00),), trait="once"),
    Shop(("SQ *MR. BUBBLES SCIENCE SHOW Mason OH",), (Use("5210", 225_00, 350_00),), trait="once"),
    Shop(("PY *KONA ICE OF LIBERTY FLORENCE KY",), (Use("5210", 90_00, 160_00),), trait="once"),
    Shop(("EFTPS IRS USATAXPYMT 27055{d10}",), (Use("2210", 410_00, 880_00),), "checking", trait="once"),
    Shop(("Check {check}",), (Use("6700", 520_00, 900_00),), "checking", trait="once"),
)

EVENTS = (
    Event(date(2025, 3, 12), "card", "5200", "DOLLAR TREE LIBERTY TWP OH", -12_50, "equal"),
    Event(date(2025, 3, 12), "card", "5200", "DOLLAR TREE LIBERTY TWP OH", -12_50, "equal"),
    Event(date(2025, 5, 8), "checking", "8210", "Zelle From KAYLA BRANDT", 25_00, "equal"),
    Event(date(2025, 5, 8), "checking", "8210", "Zelle From KAYLA BRANDT", 25_00, "equal"),
    Event(date(2024, 12, 4), "checking", "8200", "Returned Deposit Item NSF", -480_00, "refund"),
    Event(date(2024, 12, 4), "checking", "6210", "Returned Deposit Item Fee", -12_00),
    Event(
        date(2025, 6, 16), "checking", "7000", "Withdrawal ACH IRS TYPE: USATAXPYMT ID: 3387702000 CO: IRS", -2_200_00
    ),
    Event(date(2025, 7, 22), "checking", "8800", "Zelle To Angela Pruitt", -320_00, "refund"),
)

TRANSFERS = (
    Transfer(
        "checking",
        "savings",
        ("Withdrawal Transfer To Money Market 6642", "Withdrawal Home Banking Transfer To Share 6642"),
        ("DEPOSIT TRANSFER FROM CHECKING 8830", "DEPOSIT HOME BANKING TRANSFER FROM 8830"),
        monthly(30, (10, 12, 1, 4, 5, 9)),
        1_000_00,
        4_000_00,
        step=500_00,
        lag=1,
    ),
    Transfer(
        "savings",
        "checking",
        ("WITHDRAWAL TRANSFER TO CHECKING 8830",),
        ("Deposit Transfer From Money Market 6642",),
        (date(2025, 7, 9), date(2025, 8, 6)),
        3_000_00,
        5_000_00,
        step=500_00,
        lag=1,
    ),
)


def _family(name: str, payer: str, low: int, high: int, delay: tuple[int, int]) -> Party:
    """A family that is billed each month and pays by Zelle, sometimes with the invoice in the memo."""
    texts = (f"Zelle From {payer}", f"Zelle From {payer}", f"Zelle From {payer} {{ref}}")
    return Party(name, texts, "8200", monthly(1), low, high, terms=10, delay=delay, step=5_00, prefix="TU-")


PARTIES = (
    _family("Okafor family", "CHIDI OKAFOR", 780_00, 860_00, (2, 14)),
    _family("Lindqvist family", "SARA LINDQVIST", 640_00, 700_00, (1, 9)),
    _family("Delgado-Price family", "TOMAS DELGADO", 820_00, 900_00, (4, 22)),
    Party(
        "Butler Tech Employees' Childcare Fund",
        (_in("BUTLER TECH", "VENDOR PMT", "1316001127"),),
        "8200",
        monthly(28, before=1),
        1_150_00,
        1_900_00,
        delay=(18, 33),
        prefix="TU-",
        pays="pairs",
    ),
    Party(
        "Green Acre Lawn & Snow",
        ("Check {check}",),
        "6730",
        monthly(25, (11, 12, 1, 2, 4, 5, 6, 7, 8)),
        140_00,
        360_00,
        kind="bill",
        delay=(8, 20),
        prefix="B-",
        step=10_00,
    ),
)

RULES = (
    text_rule("Net payroll", "PAYCHEX TYPE: PAYROLL", "6000", "out", up_to=9_000_00),
    text_rule("Payroll taxes", "PAYCHEX TPS", "6010", "out", up_to=5_500_00),
    text_rule("Payroll fees", "PAYCHEX EIB", "6030", "out"),
    text_rule("State vouchers", "OHCCPAYMNT", "8220", "in"),
    text_rule("Insurance", "PHILADELPHIA INS", "6600", "out"),
    text_rule("Cleaning", "JAN-PRO", "6140", "out"),
)

PLAN = CompanyPlan(
    slug="sim_liberty_childcare",
    name="Liberty Childcare",
    sector="childcare",
    count=368,
    banks=BANKS,
    series=SERIES,
    shops=SHOPS,
    events=EVENTS,
    transfers=TRANSFERS,
    card_payment=CardPayment(
        "checking",
        "card",
        ("Withdrawal Credit Card Payment Visa 1176", "Withdrawal Bill Payment VISA PMT CTR 1176"),
        ("Payment Thank You-Mobile", "AUTOMATIC PAYMENT - THANK"),
        17,
    ),
    parties=PARTIES,
    rules=RULES,
)
