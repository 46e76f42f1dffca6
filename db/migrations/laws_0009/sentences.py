"""What the database says when a law on re-reviews would be broken."""

DRAWN_OF_AUTOMATIC = "law 7: a re-review is drawn of what the policy posted, and undecided"

RE_REVIEW_KEPT = "law 7: a re-review is kept as it was drawn; it can only be decided once"
