"""The laws on deleted lines and receipts, as migration 0005 creates them. Never edited: see laws_0004."""
