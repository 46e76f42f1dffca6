"""The laws on re-reviews, as migration 0009 creates them. Never edited: see laws_0004."""
