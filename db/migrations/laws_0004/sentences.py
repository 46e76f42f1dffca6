"""What the database says when a law would be broken. The part before the colon is stable; programs may read it."""

TWO_LINES = "law 1: a posted entry has at least two lines"
BALANCED = "law 1: the lines of a posted entry sum to zero in each currency"

BEGINS_IN_REVIEW = "law 2: an entry begins in review"
STATUS_ORDER = "law 2: an entry cannot take that status now"
ENTRY_FROZEN = "law 2: a posted entry never changes"
ENTRY_KEPT = "law 2: a posted entry is never deleted"
LINES_FROZEN = "law 2: lines change only while their entry is in review"
POSTED_WHEN = "law 2: a posted entry says when it was posted"
HAS_REVERSAL = "law 2: an entry is reversed by a posted reversal only"
REVERSES_POSTED = "law 2: only a posted entry that is no reversal itself can be reversed"
EXACT_REVERSAL = "law 2: a reversal has exactly the opposite lines"
ACCOUNT_USED = "law 2: an account that is in use keeps its type and role"
PROOF_FROZEN = "law 2: a closed reconciliation does not change"

ENTRY_PERIOD = "law 3: nothing is posted into a closed period"
LINE_PERIOD = "law 3: nothing is imported into a closed period or taken back from it"

LINE_FROZEN = "law 4: a bank line never changes and is never deleted"
LINE_TAKEN_BACK = "law 4: a bank line that was taken back has no live entry"
LINE_LIVE = "law 4: a bank line with a live entry is not taken back"

COMPANY_IDENTITY = "law 5: a company keeps its id and its slug"
ACCOUNT_COMPANY = "law 5: an account stays with its company"

FILE_BEGINS = "law 6: a file begins as stored, duplicate or refused"
FILE_STATUS = "law 6: only a stored file can be reverted"
FILE_STORED = "law 6: lines belong to a stored file"

AUDIT_APPEND_ONLY = "law 8: the audit log is append-only"
AUDIT_CHAIN = "law 8: an audit event continues its chain"
REVIEW_KEPT = "law 8: a decision is kept as it was made; it can only be undone once"

FILE_BYTES = "law 9: a stored file has its bytes"
FILE_FROZEN = "law 9: what was uploaded never changes and is never deleted"

NO_SUSPENSE = "law 10: a posted entry leaves nothing in suspense"
