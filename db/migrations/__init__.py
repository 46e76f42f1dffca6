"""The history of the tables: `versions/` in order, `env.py` to run them."""
