"""The laws as triggers, as migration 0004 creates them. Never edited: a later change is a later migration."""
