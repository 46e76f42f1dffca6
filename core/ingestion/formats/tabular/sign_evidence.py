"""What words and texts say of the sign of amounts that no running balance proves."""

import re
from dataclasses import dataclass, field

from core.ingestion.formats.tabular.amount_question import which_amounts
from core.ingestion.formats.tabular.amounts import AmountColumn
from core.ingestion.formats.tabular.columns import Roles
from core.ingestion.formats.tabular.fees import is_net
from core.ingestion.formats.tabular.signs import NO_HEADER, Reading
from core.ingestion.formats.tabular.table import Table
from core.ingestion.formats.tabular.words import fold, is_repayment, text_direction

_NOT_FEW, _SEVERAL, _BOTH = 5, 3, 2
_LOOKED_AT = 400  # lines whose texts are asked for a direction
AGAINST_TEXTS = "the running balance and the texts of the lines speak for opposite signs"
_CARD = re.compile(r"\b(?:card|credit card|kreditkarte|karte|kredietkaart|carte|tarjeta|kort|merchant category)\b")


@dataclass(slots=True)
class _Said:
    """How many lines' texts fit the sign as it stands, and how many fit it turned round."""

    usual: int = 0
    turned: int = 0
    usual_in: int = 0  # of the usual ones those whose text says money in
    turned_in: int = 0
    turned_texts: set[str] = field(default_factory=set)  # different ones, as one that recurs may mislead
    repaid_usual: int = 0  # lines whose text thanks for a payment, which is money in whatever the account
    repaid_turned: int = 0

    def tells_usual(self, lines: int) -> bool:
        return self._tells(lines, (self.usual, self.usual_in, self.repaid_usual), (self.turned, self.repaid_turned))

    def tells_turned(self, lines: int) -> bool:
        return self._tells(lines, (self.turned, self.turned_in, self.repaid_turned), (self.usual, self.repaid_usual))

    @staticmethod
    def _tells(lines: int, fit: tuple[int, int, int], against: tuple[int, int]) -> bool:
        """Most texts say it; or several of both directions, or one that thanks for a payment, and none denies it."""
        fits, fits_in, repaid = fit
        both = fits >= _SEVERAL and 0 < fits_in < fits and not against[0]
        return _tells(fits, against[0], lines) or both or bool(repaid and not against[1])

    def turns(self, column: AmountColumn, sure: bool) -> bool:
        """Whether the signs of a column are to be turned round.

        Either many texts say so, or texts of both directions and none denies it, or a payment is thanked for among
        amounts that mostly have the other sign or whose texts are of purchases, as on a card. `sure` is whether a
        header names the columns and none is a seller's, to whom a charge or a sale is money in.
        """
        many = self.turned >= 3 and self.turned >= 4 * max(self.usual, 1)
        both = self.turned >= _BOTH and 0 < self.turned_in < self.turned and not self.usual and sure
        repaid = self.repaid_turned > self.repaid_usual and not self.usual
        return many or both or (repaid and (column.positive > column.negative or self.turned > self.repaid_turned))


def read_unproved(table: Table, roles: Roles, decimal: str, best: Reading, readings: list[Reading]) -> Reading:
    """An amount's own sign that no balance, word or second column confirms: ask the texts, else say so."""
    candidates = {r.columns["amount"] for r in readings if "amount" in r.columns}
    if not roles.named_amount and "amount" in best.columns and len(candidates) > 1:
        position = best.columns["amount"]
        if not (table.amounts(position, decimal).negative and table.amounts(position, decimal).positive):
            others = [r for r in readings if r.sign == "signed" and r.columns["amount"] != position]
            raise which_amounts(table, "no header and no balance says which column is the amount", [best, *others])
        taken = f"column {position + 1}"
        best.warnings.append(f"No header and no balance says which column is the amount; {taken} was taken.")
    if best.sign != "signed" or "direction" in best.columns or roles.directions:
        return best
    column = table.amounts(best.columns["amount"], decimal)
    inverted = next(r for r in readings if r.sign == "inverted" and r.columns["amount"] == best.columns["amount"])
    said = _evidence(table, roles, column.values)
    usual, turned = said.usual, said.turned
    sold = _is_sellers(table, roles, decimal, best)
    if said.turns(column, sure=bool(table.header) and not sold):
        inverted.warnings.append(
            "Purchases stand as positive amounts, so the sign was turned round: positive was read as money out."
        )
        return inverted
    titles = " ".join(fold(cell) for cell in table.header.cells) if table.header else ""
    unsigned = not column.negative and column.positive and not column.plus
    asked = not table.header or (bool(_CARD.search(titles)) and not sold)
    open_sign = unsigned and not (usual and not turned) and asked
    if open_sign and said.tells_turned(column.filled):
        inverted.warnings.append(
            "No amount has a sign; the texts are of purchases and other payments, so all were read as money out."
        )
        return inverted
    if unsigned and not (usual and not turned):
        if open_sign or (turned and not sold):
            raise which_amounts(
                table, "no amount has a sign, and nothing says whether they are money in or money out", [best, inverted]
            )
        best.warnings.append("No amount is negative; all were read as money in. Check that none is money out.")
    elif len(said.turned_texts) >= _BOTH and not usual and table.header and not sold:
        why = "the texts of the lines speak against a minus for money out, and no balance settles it"
        raise which_amounts(table, why, [inverted, best])
    elif usual <= 2 * turned and not (column.plus and not turned):
        best.warnings.append(
            "Nothing in the file confirms that negative means money out (no balance, no word for it). Check one line."
        )
    return best


def against_texts(table: Table, roles: Roles, best: Reading, readings: list[Reading]) -> Reading | None:
    """The other sign of amounts that a balance proves, where the texts speak for it: the balance may be a debt's.

    It rises with purchases and falls with payments that are thanked for; or it proves amounts turned round though
    texts of money in and money out fit them as they stand.
    """
    if best.sign not in ("signed", "inverted") or "fee" in best.columns:
        return None
    said = _evidence(table, roles, best.values)
    debt = best.sign == "signed" and 0 < said.repaid_turned < said.turned
    as_written = best.sign == "inverted" and 0 < said.turned_in < said.turned
    if said.usual or not (debt or as_written):
        return None
    other = "inverted" if best.sign == "signed" else "signed"
    amount = best.columns["amount"]
    return next((r for r in readings if r.sign == other and r.columns["amount"] == amount), None)


def _is_sellers(table: Table, roles: Roles, decimal: str, best: Reading) -> bool:
    """Whether the amounts are what a processor pays out: gross less a fee."""
    if not roles.fees:
        return False
    fees = table.amounts(roles.fees[0], decimal).values
    gross = any(p.speaks_for("gross") for p in roles.profiles)
    return gross or is_net(table, roles, decimal, {best.columns["amount"]}, fees)


def told_by_texts(table: Table, roles: Roles, best: Reading, readings: list[Reading]) -> Reading | None:
    """Of two columns that no header names, which is money out, where the texts of the lines all say the same."""
    if best.sign != "separate" or not best.doubt.startswith(NO_HEADER):
        return None
    said = _evidence(table, roles, best.values)
    swapped = [r for r in readings if r.columns.get("debit") == best.columns["credit"] and r.sign == "separate"]
    filled = sum(value is not None for value in best.values)
    for reading, tells in ((best, said.tells_usual), *((r, said.tells_turned) for r in swapped[:1])):
        if tells(filled):
            out = reading.columns["debit"] + 1
            reading.warnings.append(f"No header says which column is money out; by the texts column {out} was taken.")
            return reading
    return None


def _tells(fits: int, fails: int, lines: int) -> bool:
    """Whether texts that fit one direction are enough: hardly any says otherwise, and they are most or not few."""
    return fits >= 8 * max(fails, 1 / 8) and (fits * 2 > lines or fits >= _NOT_FEW)


def _evidence(table: Table, roles: Roles, values: list[int | None]) -> _Said:
    """What the first lines' texts say of the sign of their amounts."""
    said = _Said()
    positions = [p.position for p in roles.profiles if p.letters >= 0.3 and not p.speaks_for("account")]
    for index, value in enumerate(values[:_LOOKED_AT]):
        if not value:
            continue
        text = " ".join(table.rows[index].cell(position) for position in positions)
        way = text_direction(text)
        said.usual += way * value > 0
        said.turned += way * value < 0
        said.usual_in += way > 0 < value
        said.turned_in += way > 0 > value
        if way * value < 0:
            said.turned_texts.add(text)
        if is_repayment(text):
            said.repaid_usual += value > 0
            said.repaid_turned += value < 0
    return said
