"""What the database says when a law on deleted lines or receipts would be broken."""

LINE_RESTORED = "law 4: only a deleted line comes back, and only where its deletion was lifted"
DELETION_BEGINS = "law 4: a deletion stands for a line that was taken out with it"

RECEIPT_FROZEN = "law 6: a receipt never changes and is never deleted"

DELETION_KEPT = "law 8: a deletion is kept as it was made; it can only be lifted once"
