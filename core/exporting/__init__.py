"""The whole ledger of a company, written down for other programs."""
