"""What the laws of this migration say when they refuse."""

NOTE_KEPT = "what was said about a bank line is kept as it was written; take it back instead"
