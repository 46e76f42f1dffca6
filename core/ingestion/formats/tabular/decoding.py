"""From bytes to text: the encoding is proved by the bytes where they can, and guessed by language where they cannot."""

import codecs
import re

from core.ingestion.formats.tabular.words import header_roles

_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
# Tried in this order; the first of equals is taken. Letters are those that the encoding's languages use beyond ASCII.
_CANDIDATES = {
    "cp1252": "äöüÄÖÜßéèêëàâçîïôûùñÑáíóúÁÉÍÓÚãõÃÕåÅøØæÆìòœ",
    "cp1250": "ąćęłńóśźżĄĆĘŁŃÓŚŹŻáčďéěíňřšťúůýžÁČĎÉĚÍŇŘŠŤÚŮÝŽőűŐŰöüÖÜăâîşţđĐäß",
    "cp1251": "абвгдежзийклмнопрстуфхцчшщъыьэюяёАБВГДЕЖЗИЙКЛМНОПРСТУФХЦЧШЩЪЫЬЭЮЯЁіїєґІЇЄҐ№",
    "cp1254": "çğıöşüÇĞİÖŞÜâ",
    "cp1257": "āčēģīķļņšūžĀČĒĢĪĶĻŅŠŪŽąčęėįšųūžĄČĘĖĮŠŲŪŽõäöü",
    "cp1253": "αβγδεζηθικλμνξοπρστυφχψωςάέήίόύώΑΒΓΔΕΖΗΘΙΚΛΜΝΞΟΠΡΣΤΥΦΧΨΩ",
    "cp1255": "אבגדהוזחטיכלמנסעפצקרשתםןךףץ",
    "cp1256": "ابتثجحخدذرزسشصضطظعغفقكلمنهويةىأإآءئؤ",
    "cp874": "กขคงจฉชซญฐณดตถทนบปผพฟภมยรลวศสหอฮะาำเแโใไัิีึืุู่้",
    "cp852": "äöüßéáíóúąćęłńśźżčěřšůž",
    "mac_roman": "äöüÄÖÜßéèêëàâçîïôûùñáíóúåøæ",
    "cp437": "äöüÄÖÜßéèà",
    "shift_jis": "",
    "gb18030": "",
    "big5": "",
    "cp949": "",
}
_CURRENCIES = "£€¥"
_ONLY_CP1252 = re.compile(rb"[\x80-\x9f]")
_MARKS = "€£–—’‘“”„«»°§´·•…®™ªº¿¡"


def decode(content: bytes, encoding: str = "") -> tuple[str, str]:
    """The text and the encoding it was read in.

    Valid UTF-8 is UTF-8: other encodings do not look like it by chance. `encoding`, where given and fitting, is tried
    first among those that cannot be proved.
    """
    for mark, name in _BOMS:
        if content.startswith(mark):
            return content.decode(name, errors="replace"), name
    head = content[:400]
    if b"\0" in head:
        # Delimiters and digits have a zero byte: after them where the low byte goes first, before them otherwise.
        name = "utf-16-le" if head[1::2].count(0) >= head[::2].count(0) else "utf-16-be"
        return content.decode(name, errors="replace"), name
    try:
        return content.decode("utf-8"), "utf-8"
    except UnicodeDecodeError:
        pass
    likeliest = rank_encodings(content)[0][1]
    if likeliest == "cp1252" and b"\xa4" in content and not _ONLY_CP1252.search(content):
        likeliest = "iso8859-15"  # its euro sign; what cp1252 has in that place nobody writes
    for name in (encoding, likeliest):
        if name and not name.startswith("utf"):
            try:
                return content.decode(name), name
            except (UnicodeDecodeError, LookupError):
                continue
    return content.decode("cp1252", errors="replace"), "cp1252"


def rank_encodings(content: bytes) -> list[tuple[float, str]]:
    """Encodings in which the bytes are text, the one first in which it reads most like a statement.

    Known header words count most, then the share of usual letters.
    """
    lines = [line for line in content.splitlines() if not line.isascii()]
    sample = b"\n".join(lines[:40])[:6000]
    ranked = []
    for name, letters in _CANDIDATES.items():
        try:
            text = sample.decode(name)
        except UnicodeDecodeError:
            continue
        ranked.append((_header_hits(text) * 5 + _likeness(text, letters), name))
    return sorted(ranked, key=lambda one: -one[0]) or [(0.0, "cp1252")]


def _header_hits(text: str) -> int:
    """Known header words among the cells that the encoding makes a difference to."""
    cells = [cell.strip() for line in text.splitlines()[:3] for cell in re.split(r'[;,|"\t]', line)]
    return sum(1 for cell in cells if not cell.isascii() and len(cell) <= 40 and 4 in header_roles(cell).values())


def _likeness(text: str, letters: str) -> float:
    """Share of the non-ASCII characters that the encoding's languages use, less those that no text has there."""
    special = [c for c in text if not c.isascii()]
    if not special:
        return 0.0
    points = 0.0
    for before, c, after in zip(" " + text, text, text[1:] + " ", strict=False):
        if c.isascii():
            continue
        if c == "\u00a0":
            points += 0 if before.isalpha() and after.isalpha() else 1  # a blank, within no word
        elif after.isdigit() and not before.isalpha():
            points += 1 if c in _CURRENCIES else -1  # £500.00: a sign of money, not the beginning of a word
        elif c in letters:
            points += 0.2 if c.isupper() and before.islower() else 1
        elif "\u3040" <= c <= "\u30ff" or "\u4e00" <= c <= "\u9fff" or "\uac00" <= c <= "\ud7a3":
            points += 1 if not letters else 0
        elif c in _MARKS or (not letters and "\u3000" <= c <= "\uffef" and not "\ue000" <= c <= "\uf8ff"):
            points += 0.5
        else:
            points -= 1
    return points / len(special)
