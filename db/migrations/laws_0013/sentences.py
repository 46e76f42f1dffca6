"""What the database says when the law on opening balances would be broken."""

OPENING_KEPT = "law 9: the file of opening balances is kept as it was uploaded"
