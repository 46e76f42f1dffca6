"""The free text of an MT940 line (:86: or :NS:): purpose, counterparty and reference in the ways banks pack them."""

import re
from dataclasses import dataclass

_FULL_LINE = 65  # SWIFT's width: a line of it was cut, a shorter one ended by itself
_LONGEST = 8_000  # characters of all :86: of a line together
_FULL_PURPOSE = 27  # the same for one ?20 to ?29
_CODED = re.compile(r"\d{3}([?>@+<!$%&#~])(?=\d\d)")
_SLASHED = re.compile(
    r"/(EREF|PREF|KREF|MREF|MARF|CSID|CRED|TRTP|TRCD|RTRN|CNTP|ORDP|BENM|NAME|IBAN|BIC|REMI|ISDT|ADDR|ULTB|ULTC|ULTD"
    r"|PURP|OCMT|CHGS|EXCH|SVCL|ID)/"
)
_SEPA = re.compile(r"\b(EREF|KREF|MREF|CRED|DEBT|SVWZ|ABWA|ABWE|COAM|OAMT|IBAN|BIC)\+")
_NOTHING = {"", "NONREF", "NOTPROVIDED", "KREF+", "EREF", "KREF", "NONE"}


@dataclass(frozen=True, slots=True)
class Told:
    """What the text of a line tells; "" where it does not."""

    description: str = ""
    counterparty: str = ""
    reference: str = ""


def told_by(information: list[str], bank_own: list[str]) -> Told:
    """Read a line's text.

    Args:
        information: the physical lines of its :86: fields.
        bank_own: those of its :NS: fields, each a two-digit code and a text.
    """
    if not information:
        return _told_by_codes(bank_own) if bank_own else Told()
    flat = "".join(information)[:_LONGEST]
    if coded := _CODED.match(flat):
        return _told_by_subfields(flat[coded.end() - 1 :], coded[1])
    text = unwrapped(information)[:_LONGEST]
    return _told_by_tags(text) if _SLASHED.match(text) else Told(text)


def unwrapped(lines: list[str]) -> str:
    """The lines as one text: those that were cut at the full width without a gap, the others with one."""
    joined = "".join(line if len(line) >= _FULL_LINE else f"{line} " for line in lines)
    return " ".join(joined.split())


def meaningful(reference: str) -> str:
    """A reference, or "" where the bank wrote the word for none."""
    plain = " ".join(reference.split())
    return "" if plain.upper() in _NOTHING else plain


def _told_by_subfields(text: str, mark: str) -> Told:
    """The German structure: ?00 posting text, ?20 to ?29 and ?60 to ?63 purpose, ?32 and ?33 name."""
    pieces = re.split(re.escape(mark) + r"(\d\d)", text)
    fields: dict[int, str] = {}
    for code, value in zip(pieces[1::2], pieces[2::2], strict=True):
        fields[int(code)] = f"{fields[int(code)]}{value}" if int(code) in fields else value
    purpose = ""
    for code in (*range(20, 30), *range(60, 64)):
        value = fields.get(code, "")
        purpose += value if len(value) >= _FULL_PURPOSE else f"{value} "
    keyed = _keyed(" ".join(purpose.split()), _SEPA)
    reference = meaningful(keyed.pop("EREF", ""))
    spoken = [fields.get(0, ""), keyed.pop("", ""), keyed.pop("SVWZ", "")]
    spoken += [f"{key} {value}" for key, value in keyed.items() if meaningful(value)]
    name = " ".join(f"{fields.get(32, '')}{fields.get(33, '')}".split())
    return Told(" ".join(" ".join(spoken).split()), name, reference)


def _told_by_tags(text: str) -> Told:
    """The Dutch structure: /NAME/ or the third part of /CNTP/ is who, /REMI/ what for, /EREF/ the reference."""
    keyed = _keyed(text, _SLASHED)
    party = [part.strip() for part in keyed.get("CNTP", "").split("/")]
    name = keyed.get("NAME", "").strip("/ ") or (party[2] if len(party) > 2 else "")
    remittance = re.sub(r"^(?:USTD|STRD)/+(?:CUR/)?", "", keyed.get("REMI", "")).strip("/ ")
    kind = keyed.get("TRTP", "").strip("/ ")
    spoken = " ".join(part for part in (kind, name, remittance) if part)
    return Told(spoken or text, name, meaningful(keyed.get("EREF", "").strip("/ ")))


def _keyed(text: str, key: re.Pattern[str]) -> dict[str, str]:
    """The text cut at its key words; what stands before the first is under ""."""
    pieces = key.split(text)
    found = {"": pieces[0].strip()}
    for word, value in zip(pieces[1::2], pieces[2::2], strict=True):
        found.setdefault(word, value.strip())
    return found


def _told_by_codes(lines: list[str]) -> Told:
    """The :NS: structure: 01 to 14 purpose, 15 and 16 name, 17 posting text."""
    fields = {line[:2]: line[2:].strip() for line in lines if line[:2].isdigit()}
    purpose = [fields.get(f"{code:02}", "") for code in (17, *range(1, 15))]
    name = " ".join(fields.get(code, "") for code in ("15", "16")).strip()
    return Told(" ".join(" ".join([*purpose, name]).split()), name)
