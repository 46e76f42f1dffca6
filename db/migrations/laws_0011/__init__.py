"""The laws on attachments and taxes as triggers, as migration 0011 creates them. Never edited."""
