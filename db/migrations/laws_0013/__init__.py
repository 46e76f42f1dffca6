"""The law on the files of opening balances, as migration 0013 creates it. Never edited: see laws_0004."""
