"""What the database says when a law on four eyes would be broken."""

SAME_PERSON = "law 2: what one person prepared is posted by another"
NOT_PREPARED = "law 2: above the limit for one person an entry made by hand is prepared before it is posted"
PREPARED_KEPT = "law 2: a prepared entry keeps its proposal"
PREPARATION_KEPT = "law 2: who prepared an entry never changes and is never deleted"
