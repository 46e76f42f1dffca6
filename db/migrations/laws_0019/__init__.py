"""The laws on base values and exchange rates as triggers, as migration 0019 creates them. Never edited."""
