"""The laws checked on what is stored, one module for each part of the books. See core.verifying."""
