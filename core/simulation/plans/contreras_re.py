"""A landlord with a dozen flats: rents as open items, mortgages, contractors' bills, tenants' deposits."""

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
    BankPlan("checking", "Operating 9021", "checking", "1010", "9021", "posted_debit_credit", 1, 17_204_33),
    BankPlan("card", "Business Card 6605", "credit_card", "2100", "6605", "card_purchases_positive", 3, -611_20),
    BankPlan("savings", "Reserve 3388", "savings", "1020", "3388", "bracketed", 3, 9_800_00),
)


def _ach(name: str, entry: str) -> str:
    return f"ACH DEBIT {name} {entry} {{d9}}"


SERIES = (
    Series(
        "checking",
        "2510",
        (_ach("FREEDOM MTG CORP", "MORTG PYMT"),),
        monthly(5),
        1_642_18,
        1_642_18,
        fixed=True,
        rises_on=date(2025, 6, 1),
    ),
    Series("checking", "2510", (_ach("UNION SAVINGS BK", "LOAN PAYMT"),), monthly(10), 1_187_90, 1_187_90, fixed=True),
    Series("checking", "2510", (_ach("UNION SAVINGS BK", "LOAN PAYMT"),), monthly(10), 964_55, 964_55, fixed=True),
    Series(
        "checking",
        "6720",
        (_ach("GARDEN PARK HOA", "ASSESSMENT"),),
        monthly(4),
        285_00,
        285_00,
        fixed=True,
        rises_on=date(2025, 1, 1),
    ),
    Series("checking", "6110", (_ach("DUKEENERGY CORPO", "BILL PAY"),), monthly(19), 164_00, 242_00, season=HEATING),
    Series("checking", "6110", (_ach("GCWW WATER", "UTILITY"),), monthly(23), 288_00, 396_00),
    Series(
        "checking",
        "6600",
        (_ach("STATE AUTO INS", "INS. PREM."),),
        monthly(14),
        412_00,
        412_00,
        fixed=True,
        rises_on=date(2025, 7, 1),
    ),
    Series("checking", "6300", (_ach("APPFOLIO", "SAAS FEE"),), monthly(2), 98_00, 98_00, fixed=True),
    Series("checking", "6620", (_ach("HAMILTON CO TREA", "TAX PYMT"),), monthly(30, (1, 6)), 1_980_00, 2_640_00),
    Series("checking", "6620", (_ach("BUTLER CO TREAS", "RE TAX"),), monthly(20, (2, 7)), 1_210_00, 1_480_00),
    Series(
        "checking",
        "8310",
        ("MOBILE DEPOSIT COIN LAUNDRY",),
        monthly(27, (11, 1, 3, 5, 7, 9)),
        142_00,
        236_00,
        money_in=True,
    ),
    Series("savings", "8900", ("INTEREST PAYMENT",), monthly(30, (12, 3, 6, 9)), 21_00, 38_00, money_in=True),
)

SHOPS = (
    Shop(
        ("THE HOME DEPOT #3815 CINCINNATI OH", "THE HOME DEPOT #3817 HAMILTON OH", "HOMEDEPOT.COM 800-430-3376 GA"),
        (Use("6130", 9_00, 240_00, 6), Use("5110", 60_00, 820_00, 4), Use("1550", 1_100_00, 2_900_00)),
        weight=12,
        refunds=True,
    ),
    Shop(
        ("LOWES #00588 CINCINNATI OH", "LOWES #02290 MILFORD OH"),
        (Use("6130", 12_00, 210_00, 4), Use("5110", 55_00, 560_00, 3)),
        weight=7,
        refunds=True,
    ),
    Shop(
        ("MENARDS FAIRFIELD OH 3301", "MENARDS EASTGATE OH 3340"),
        (Use("5110", 24_00, 390_00, 3), Use("6130", 15_00, 120_00, 2)),
        weight=4,
    ),
    Shop(("SHERWIN WILLIAMS 701184 CINCINNATI OH",), (Use("5110", 42_00, 268_00),), weight=4),
    Shop(("FERGUSON ENT #1834 CINCINNATI OH",), (Use("6130", 38_00, 460_00),), weight=2),
    Shop(
        ("SHELL OIL 57543366 CINCINNATI OH", "UDF #0117 CINCINNATI OH", "SPEEDWAY 09217 NORWOOD OH"),
        (Use("6820", 31_00, 82_00, 6), Use("6810", 4_00, 14_00)),
        weight=7,
    ),
    Shop(
        ("ZILLOW RENTALS 206-470-7000 WA", "APARTMENTS.COM ADS 202-346-6500 DC"),
        (Use("6500", 29_99, 149_00),),
        weight=3,
    ),
    Shop(("TRANSUNION SMARTMOVE 866-775-0961 CO",), (Use("6840", 25_00, 48_00),), weight=3),
    Shop(
        ("AMZN MKTP US*{a9} AMZN.COM/BILL WA",),
        (Use("6130", 14_00, 150_00, 3), Use("6400", 9_00, 48_00, 2), Use("6320", 60_00, 280_00)),
        weight=4,
        refunds=True,
    ),
    Shop(
        ("ZELLE TO LUIS CONTRERAS ON {mm/dd} REF # PP0{a6}",),
        (Use("3020", 2_000_00, 6_500_00, 3, 500_00), Use("6130", 150_00, 450_00, 1, 50_00)),
        "checking",
        6,
        trait="private",
    ),
    Shop(
        ("ZELLE TO HECTOR M ON {mm/dd} REF # PP0{a6} CLEAN OUT", "ZELLE TO HECTOR M ON {mm/dd} REF # PP0{a6}"),
        (
            Use("6140", 120_00, 320_00, 2, 10_00),
            Use("6730", 80_00, 240_00, 2, 10_00),
            Use("5100", 180_00, 620_00, 1, 10_00),
        ),
        "checking",
        7,
    ),
    Shop(
        ("MOBILE DEPOSIT REF {d9}",),
        (Use("8310", 50_00, 150_00, 2, 25_00), Use("2300", 700_00, 1_050_00, 2, 25_00), Use("8910", 60_00, 410_00)),
        "checking",
        6,
        money_in=True,
    ),
    Shop(
        ("Check {check}",),
        (Use("2300", 350_00, 950_00, 2, 25_00), Use("6130", 180_00, 640_00, 2), Use("6700", 250_00, 600_00)),
        "checking",
        5,
        trait="nameless",
    ),
    Shop(("CINCINNATI BELL 513-565-2210 OH",), (Use("6120", 64_00, 78_00),), weight=3),
    Shop(("REI NATIONWIDE REIA 513-827-6600 OH",), (Use("6510", 149_00, 199_00),), trait="once"),
    Shop(("HAMCO CLERK OF COURTS 513-946-5600 OH",), (Use("6700", 123_00, 165_00),), trait="once"),
    Shop(("ROTO-ROOTER SERVICES 513-541-3840 OH",), (Use("6130", 289_00, 640_00),), trait="once"),
    Shop(("ORKIN 404-888-2000 GA",), (Use("6130", 110_00, 240_00),), trait="once"),
    Shop(("CITY OF CINTI PERMIT CTR 513-352-3271 OH",), (Use("6610", 85_00, 310_00),), trait="once"),
    Shop(("BEST BUY MHT 00004457 CINCINNATI OH",), (Use("1500", 620_00, 1_140_00),), trait="once"),
    Shop(("U-HAUL MOVING & STORAGE NORWOOD OH",), (Use("6830", 58_00, 142_00),), trait="once"),
    Shop(("DISCOUNT TIRE OHC 04 CINCINNATI OH",), (Use("6830", 412_00, 688_00),), trait="once"),
    Shop(("SQ *KEYLESS LOCKSMITH Cincinnati OH",), (Use("6130", 125_00, 260_00),), trait="once"),
    Shop(("STAPLES 00104471 CINCINNATI OH",), (Use("6400", 24_00, 88_00),), trait="once"),
    Shop(("TST* SOTTO CINCINNATI OH",), (Use("6810", 74_00, 165_00),), trait="once"),
    Shop(("HERTZ EQUIP RENTAL 1184 CINCINNATI OH",), (Use("5110", 160_00, 390_00),), trait="once"),
)

EVENTS = (
    Event(date(2025, 1, 13), "checking", "8300", "RETURNED ITEM NSF CHARGEBACK", -925_00, "refund"),
    Event(date(2025, 1, 13), "checking", "6210", "RETURNED DEPOSITED ITEM FEE", -15_00),
    Event(date(2025, 1, 21), "checking", "8300", "MOBILE DEPOSIT REF 448120933", 925_00, "nameless"),
    Event(date(2025, 4, 16), "card", "6130", "THE HOME DEPOT #3815 CINCINNATI OH", -18_62, "equal"),
    Event(date(2025, 4, 16), "card", "6130", "THE HOME DEPOT #3815 CINCINNATI OH", -18_62, "equal"),
    Event(date(2025, 8, 4), "checking", "8910", "ACH CREDIT STATE AUTO INS CLAIM PAY 004417208", 2_864_00, "refund"),
    Event(
        date(2025, 5, 19), "checking", "3010", "ZELLE FROM LUIS CONTRERAS ON 05/19 REF # PP0R7T2QK", 4_000_00, "private"
    ),
)

TRANSFERS = (
    Transfer(
        "checking",
        "savings",
        ("ONLINE TRANSFER TO RESERVE 3388 REF #IB0{a7}", "ONLINE TRANSFER REF #IB0{a7} TO BUSINESS SAVINGS XXXXXX3388"),
        ("ONLINE TRANSFER FROM OPERATING 9021 REF #IB0{a7}", "TRANSFER FROM XXXXXX9021"),
        monthly(12, (10, 11, 2, 3, 5, 8)),
        500_00,
        1_500_00,
        step=250_00,
    ),
    Transfer(
        "savings",
        "checking",
        ("ONLINE TRANSFER TO OPERATING 9021 REF #IB0{a7}",),
        ("ONLINE TRANSFER FROM RESERVE 3388 REF #IB0{a7}",),
        (date(2025, 1, 29), date(2025, 6, 27)),
        2_000_00,
        3_000_00,
        step=500_00,
    ),
)


def _tenant(flat: str, texts: tuple[str, ...], minor: int, delay: tuple[int, int], batch: str = "") -> Party:
    """A flat whose rent is due on the 1st; several flats share the same rent on purpose."""
    return Party(
        flat,
        texts,
        "8300",
        monthly(1),
        minor,
        minor,
        terms=4,
        delay=delay,
        fixed=True,
        batch=batch,
        prefix="RENT-",
    )


PORTAL = ("ACH CREDIT APPFOLIO PROPERTY RENT {d9}",)

PARTIES = (
    _tenant("Elm 1A D. Whitfield", ("ZELLE FROM DANIELLE WHITFIELD ON {mm/dd} REF # PP0{a6}",), 925_00, (0, 5)),
    _tenant("Elm 1B M. Sandoval", ("ZELLE FROM MARIA SANDOVAL ON {mm/dd} REF # PP0{a6} RENT",), 925_00, (0, 9)),
    _tenant("Elm 2A K. Brzezinski", ("MOBILE DEPOSIT REF {d9}",), 975_00, (2, 12)),
    _tenant(
        "Elm 2B R. Ahmed",
        ("ZELLE FROM RAFIQ AHMED ON {mm/dd} REF # PP0{a6} {ref}", "ZELLE FROM RAFIQ AHMED ON {mm/dd} REF # PP0{a6}"),
        975_00,
        (0, 6),
    ),
    _tenant("Vine 12 T. Osborne", ("ZELLE FROM TERRENCE O ON {mm/dd} REF # PP0{a6}",), 1_340_00, (1, 19)),
    _tenant("Vine 14 Cincinnati Metropolitan Housing", ("ACH CREDIT CMHA HAP PAYMENT {d9}",), 1_180_00, (0, 3)),
    _tenant(
        "Oak 3 S. Petrov", ("VENMO CASHOUT {d10}", "ZELLE FROM S PETROV ON {mm/dd} REF # PP0{a6}"), 1_095_00, (1, 11)
    ),
    _tenant("Park 101 J. Nguyen", PORTAL, 1_025_00, (3, 3), "portal"),
    _tenant("Park 102 L. Moretti", PORTAL, 1_025_00, (3, 3), "portal"),
    _tenant("Park 201 B. Castellanos", PORTAL, 1_060_00, (3, 3), "portal"),
    _tenant("Park 202 E. Fairbanks", PORTAL, 1_110_00, (3, 3), "portal"),
    Party(
        "Miller Plumbing & Drain",
        ("Check {check}",),
        "6130",
        monthly(11, (10, 12, 2, 4, 7)),
        185_00,
        940_00,
        kind="bill",
        delay=(9, 28),
        prefix="B-",
    ),
    Party(
        "Reliable Roofing LLC",
        ("Check {check}",),
        "6130",
        (date(2025, 3, 18), date(2025, 8, 20)),
        2_400_00,
        5_600_00,
        kind="bill",
        delay=(14, 24),
        prefix="B-",
        step=25_00,
    ),
    Party(
        "Queen City Lawn & Snow",
        ("BILL PAY QUEEN CITY LAWN ON-LINE XXXXX{d4} ON {mm/dd}",),
        "6730",
        monthly(21, (11, 12, 1, 2, 4, 5, 6, 7, 8)),
        160_00,
        480_00,
        kind="bill",
        delay=(10, 25),
        prefix="B-",
        step=10_00,
    ),
    Party(
        "A. Dunn Electric",
        ("ZELLE TO ANDRE DUNN ON {mm/dd} REF # PP0{a6}", "ZELLE TO ANDRE DUNN ON {mm/dd} REF # PP0{a6} {ref}"),
        "5100",
        monthly(15, (11, 3, 5, 9)),
        240_00,
        1_350_00,
        kind="bill",
        delay=(5, 16),
        prefix="B-",
        pays="parts",
    ),
)

RULES = (
    text_rule("Mortgage Freedom", "FREEDOM MTG", "2510", "out", up_to=2_500_00),
    text_rule("Mortgages Union Savings", "UNION SAVINGS BK LOAN", "2510", "out", up_to=2_000_00),
    text_rule("HOA", "GARDEN PARK HOA", "6720", "out"),
    text_rule("Electricity and gas", "DUKEENERGY", "6110", "out"),
    text_rule("Water", "GCWW WATER", "6110", "out"),
    text_rule("Insurance", "STATE AUTO INS INS. PREM", "6600", "out"),
    text_rule("Property software", "APPFOLIO SAAS", "6300", "out"),
    text_rule("Paint", "SHERWIN WILLIAMS", "5110", "out"),
)

PLAN = CompanyPlan(
    slug="sim_contreras_re",
    name="Contreras RE Group",
    sector="real_estate",
    count=358,
    banks=BANKS,
    series=SERIES,
    shops=SHOPS,
    events=EVENTS,
    transfers=TRANSFERS,
    card_payment=CardPayment(
        "checking",
        "card",
        ("ONLINE PAYMENT TO BUSINESS CARD XXXXXX6605", "BILL PAY BUSINESS CARD 6605 ON {mm/dd}"),
        ("INTERNET PAYMENT - THANK YOU",),
        22,
    ),
    parties=PARTIES,
    rules=RULES,
)
