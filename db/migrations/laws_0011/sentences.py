"""What the database says when a law on attachments or taxes would be broken."""

TAX_CODE_FIXED = "law 2: a tax code keeps its code, its rate and its account"
TAX_FROZEN = "law 2: the tax of an entry comes and goes only while the entry is in review"

ATTACHMENT_FROZEN = "law 9: what was attached never changes and is never deleted"
ATTACHMENT_BYTES = "law 9: an attachment has its bytes"
