"""The product: pure Python. No user interface, no engine, no settings, no clock."""
