"""The projection of what waits for review, as migration 0014 creates it. Never edited: see laws_0004.

A view says for each entry in review which group it belongs to; triggers keep two tables equal to it.
"""
