"""What matching a part of the open lines and items has to know of all of them."""

from dataclasses import dataclass

from core.matching.payouts import Fees, PaidOut, learned_fees
from core.matching.reading import Read
from core.matching.values import BankLines, OpenItems
from core.matching.words import Rarity


@dataclass(frozen=True)
class Background:
    """What processors hold back, and how rare words are among all names (see Read)."""

    fees: Fees
    rarity: Rarity
    party_rarity: Rarity

    @classmethod
    def of(cls, lines: BankLines, items: OpenItems, settled: PaidOut) -> "Background":
        """As all these lines and items say, and payouts settled before; reads every text once."""
        read = Read.of(lines, items)
        return cls(learned_fees(read, settled), read.rarity, read.party_rarity)
