"""The laws on four eyes, as migration 0018 creates them. Never edited: see laws_0004."""
