"""Reading of tables with delimiters, from bytes to lines, one concept a module.

decoding → records → (dates, amounts, words) → columns → signs → detecting gives a Layout; lines applies one; reading
does both for records of any origin.
"""
