"""From the text a bank prints to the name of the counterparty.

Banks wrap the payee in processor prefixes, terminal and reference numbers, card tails, dates and a place. All of
that varies from line to line while the payee stays; history, rules and the text model all key on what stays.
The rules below come from reading printed bank texts; nothing in them is learned, so a name never drifts.
"""

import re
from collections.abc import Sequence
from functools import lru_cache

from core.ingestion.payment_texts import payee_part


def _set_of(words: str) -> frozenset[str]:
    return frozenset(words.split())


_STATES = _set_of(
    "AL AK AZ AR CA CO CT DE FL GA HI ID IL IN IA KS KY LA ME MD MA MI MN MS MO MT NE NV NH NJ NM NY NC ND OH OK OR "
    "PA RI SC SD TN TX UT VT VA WA WV WI WY DC PR"
)
# Also ordinary words or company forms: they count as a state only where something else shows that a place follows.
_DOUBTFUL_STATES = _set_of("AL CO DE HI ID IN LA MA ME OK OR PA")
_COUNTRIES = _set_of(
    "GB GBR UK IE IRL FR FRA DE DEU GER NL NLD BE BEL ES ESP IT ITA PT PRT AT AUT CH CHE LU LUX SE SWE NO NOR DK DNK "
    "FI FIN PL POL CZ CZE AU AUS NZ NZL CA CAN ZA ZAF IN IND SG SGP"
)
_PLACES = _STATES | _COUNTRIES
_CITY_OPENERS = _set_of(
    "SAN SANTA SAINT ST LOS LAS NEW EL FORT FT PORT PALO LONG GRAND NORTH SOUTH EAST WEST MOUNT MT LAKE SALT BATON "
    "LITTLE CORPUS COLORADO CEDAR BOCA OAK"
)
_COMPANY_FORMS = _set_of("INC LLC LTD LIMITED CORP CORPORATION CO PLC LLP LP GMBH AG SA BV NV PTY")
_ACRONYMS = _set_of(
    "ADP ATM AT&T AWS BP CVS DMV EFTPS FTB HOA IBM IKEA IRS NSF PG&E REI UHC UPS USPS USA US UK DHL HP TV BMW GMC "
    "KFC IHOP IGA SBA ACH HMRC BT EE O2 TFL DVLA NHS"
)
_ALIASES = {"AMZN": "AMAZON", "FACEBK": "FACEBOOK", "MSFT": "MICROSOFT", "GOOGL": "GOOGLE", "MKTPL": "MKTP"}

LONGEST_READ = 1_000  # signs of a text; what banks print beyond that names nobody
_ZEROS = str.maketrans("123456789", "000000000")
_ROUNDS = 4  # what one round uncovers the next may take off

_DATE = re.compile(
    r"\b(?:\d{4}-\d{2}-\d{2}T[\d:.]{4,12}Z?|\d{1,2}:\d{2}(?::\d{2})?(?: ?UHR)?|\d{1,2}[/.-]\d{1,2}(?:[/.-]\d{2,4})?"
    r"|\d{4}-\d{2}-\d{2}"
    r"|\d{1,2} ?(?:JAN|FEB|MAR|APR|MAY|JUN|JUL|AUG|SEP|OCT|NOV|DEC)(?: ?\d{2,4})?"
    r"|(?:JAN|FEB|MAR|APR|MAY|JUN|JUL|AUG|SEP|OCT|NOV|DEC) \d{1,2}(?:,? ?\d{4})?)\b"
)
_PHONE = re.compile(r"(?:\+?1[ .-])?(?:\(\d{3}\) ?|\b\d{3}[-.])\d{3}[-.]\d{4}\b|\b[0-9]{3}-[A-Z0-9]{7,8}\b")
_NUMBERED = re.compile(
    r"(?<![A-Z0-9&'./-])(?:(?:STORE|TERMINAL|TERM|TML|INVOICE|INV|ORDER|ORD|CARD|ACCT|ACCOUNT|LOCATION|LOC|UNIT|SEQ"
    r"|CHK|TRACE|CONF|REF|NO|"
    r"NBR|NUMBER|CARD NO|ENDING IN|ENDING)[ .:]*)?#? ?[X*]*\d[\dX*/:-]*(?= |$)"
)
_PRODUCT_NUMBER = re.compile(r"\*([A-Z]{3,})\d{4,}")  # GOOGLE *ADS1234567 is Google Ads
_SPLIT = re.compile(r"[ ,;|]+")
_GAP = re.compile(r"\s{2,}|\t")
_SPACES = re.compile(r"\s+")
_DOMAIN = re.compile(r"^(?=[^A-Z]*[A-Z])[A-Z0-9-]{2,40}(?:\.[A-Z0-9-]{1,40}){1,4}$")
_CUT_SHORT = _set_of("LT LI LIM LIMI LIMIT LIMITE")  # LTD and LIMITED at the edge of a field
_BRAND_WITH_DIGIT = re.compile(r"^(?:\d{1,2}-?[A-Z]{4,}[A-Z'-]*|[A-Z]\d|[A-Z]{4,}\d{1,2}|\d[A-Z])$")
_DANGLING = frozenset(
    [
        "US",
        "USA",
        "&",
        "#",
        "-",
        "ON",
        "AT",
        "REF",
        "GBP",
        "USD",
        "EUR",
        "CARD",
        "THE",
        "IBAN",
        "BIC",
        "CB",
        "NO",
        "PPD",
        "CCD",
    ]
)


def counterparty_name(description: str) -> str:
    """The stable name of the payee in a bank text, in title case; "" only for a text without any sign.

    `SQ *BLUE BOTTLE 8837 OAKLAND CA` becomes `Blue Bottle`. The same payee printed with another terminal, card,
    date, case or place gives the same name, and a name is its own name. Where nothing but numbers is printed the
    text itself is the name.
    """
    text = description.strip()[:LONGEST_READ]
    # Worked out for any digits first: texts that differ in numbers alone are one text, unless the name has a number.
    name = _name_of(text.translate(_ZEROS))
    return _name_of(text) if "0" in name else name


@lru_cache(maxsize=131_072)
def _name_of(text: str) -> str:
    name = _name_once(text, payee_part(text.upper()))
    for _ in range(_ROUNDS):
        upper = name.upper()
        part = payee_part(upper)
        if part == upper and upper.rpartition(" ")[2] not in _PLACES:
            break
        name = _name_once(name, part)
    return name


def _name_once(text: str, part: str) -> str:
    # Of a processor with nothing but a code behind it, the processor is the name.
    name = " ".join(_name_tokens(part) or _name_tokens(text.upper()))
    return _cased(name or _SPACES.sub(" ", text).strip().upper())


def counterparty_names(descriptions: Sequence[str]) -> list[str]:
    """`counterparty_name` of each text; every distinct text is worked out once."""
    names = {text: counterparty_name(text) for text in set(descriptions)}
    return [names[text] for text in descriptions]


def name_source(counterparty: str, description: str) -> str:
    """The text that names the payee: the file's own field, unless it holds a number or nothing but signs."""
    return counterparty if any(map(str.isalpha, counterparty)) else description or counterparty


def vendor_key(name: str) -> str:
    """The first two words of a counterparty's name in lower case: what branches of one vendor share."""
    return " ".join(name.lower().split()[:2])


def _name_tokens(text: str) -> list[str]:
    """The words of the name: numbers, dates, places and company forms taken away."""
    marked = _PHONE.sub(" \x00 ", _DATE.sub(" \x00 ", text))
    marked = _GAP.sub(" \x01 ", marked.strip())
    marked = _PRODUCT_NUMBER.sub(r" \1", marked).replace("*", " ")
    words = [word.strip(".:-/()'\"") for word in _SPLIT.split(_numbers_marked(marked)) if word]
    words = _without_place(["\x00" if _is_code(word, i) else word for i, word in enumerate(words) if word])
    kept = [_ALIASES.get(word, word) for i, word in enumerate(words) if _is_name_word(word, i, words)]
    while len(kept) > 1 and _is_dangling(kept):
        kept.pop()
    while (half := len(kept) // 2) and kept[:half] == kept[half:]:  # once where two columns say the same
        kept = kept[:half]
    return kept


def _is_dangling(kept: Sequence[str]) -> bool:
    """Whether the last word says nothing of who it is: a company's form, whole or cut short, a currency, a filler."""
    last = kept[-1]
    if last in _COMPANY_FORMS or last in _DANGLING or (last == "C" and kept[-2] == "&"):
        return True
    return len(kept) > 2 and (last in _CUT_SHORT or last == "L")


def _is_code(word: str, position: int) -> bool:
    """A reference: letters and digits mixed, unless it may be a brand at the head of the text (7-ELEVEN, O2)."""
    if word.isalpha() or not any(sign.isdigit() for sign in word):
        return position > 0 and ("/" in word or "@" in word)
    return not _DOMAIN.match(word) and not (
        position < 2 and (_BRAND_WITH_DIGIT.match(word) or (position == 0 and word.isdigit()))
    )


def _numbers_marked(text: str) -> str:
    """Replace numbers and what announces them by a mark, leaving a number that opens the name (84 LUMBER)."""
    first, space, rest = text.partition(" ")
    return first + space + _NUMBERED.sub(" \x00 ", rest)


def _is_name_word(word: str, position: int, words: list[str]) -> bool:
    if word in {"\x00", "\x01"}:
        return False
    if not any(sign.isdigit() for sign in word):
        return any(sign.isalpha() for sign in word) or word == "&"
    if _BRAND_WITH_DIGIT.match(word) or _DOMAIN.match(word):
        return True
    followed = position + 1 < len(words) and words[position + 1].isalpha()
    return position == 0 and followed and len(word) <= 3 and word.isdigit()


def _without_place(words: list[str]) -> list[str]:
    """Drop a trailing city and state. `\\x00` marks a number or date, `\\x01` a gap of several spaces."""
    end = len(words)
    while end and words[end - 1] in {"\x00", "\x01", "US", "USA"}:
        end -= 1
    if end < 2 or words[end - 1] not in _PLACES:
        return words
    start = next((i for i in range(end - 2, 0, -1) if words[i] in {"\x00", "\x01"} and i < end - 2), None)
    if start is not None and end - 1 - start <= 5:
        return words[:start]
    if words[end - 1] in _DOUBTFUL_STATES or words[end - 1] not in _STATES:
        return words
    city = end - 2
    if city > 1 and words[city - 1] in _CITY_OPENERS:
        city -= 1
    return words[: max(city, 1)]


def _cased(name: str) -> str:
    return " ".join(word if word in _ACRONYMS else word.capitalize() for word in name.split())
