"""What the database says when a law on base values or exchange rates would be broken."""

BASE_BALANCED = "law 1: an entry in another currency sums to zero in base currency too"
WHOLLY_VALUED = (
    "law 1: every line in a currency with known rates has its value in base currency, or none of the entry has"
)
OF_FOREIGN_LINE = "law 1: a value in base currency belongs to a line in another currency, its rate to that currency"
RATE_OF_OTHERS = "law 1: a rate is of another currency than the base currency"

VALUES_FROZEN = "law 2: the values of an entry in base currency come and go only while it is in review"
EXACT_REVERSAL = "law 2: a reversal has exactly the opposite values in base currency"
RATE_KEPT = "law 2: an exchange rate never changes; enter another, which holds from then on"
BASE_KEPT = "law 2: a company with exchange rates keeps its base currency"
