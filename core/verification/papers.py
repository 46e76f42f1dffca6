"""Law 9 on what was attached to bank lines, and on the files that opening balances were read from."""

from hashlib import sha256

from sqlalchemy import Select, func, select
from sqlmodel import col

from core.access.audit import Violation
from core.verification.scope import Finding, Scope, finding
from models import Attachment, OpeningBalances

_AT_ONCE = 16  # they are large


def attachments_are_kept(scope: Scope) -> Finding:
    """Law 9: the bytes of every attachment have its size and its SHA-256."""
    paper = Attachment
    columns = (col(paper.company_id), col(paper.id), col(paper.size), col(paper.sha256), col(paper.content))
    return _digests(scope, "attachment", select(*columns).where(col(paper.company_id).in_(scope.ids)))


def opening_files_are_kept(scope: Scope) -> Finding:
    """Law 9: the bytes of every file of opening balances have its SHA-256."""
    paper = OpeningBalances
    size = func.length(col(paper.content))
    columns = (col(paper.company_id), col(paper.id), size, col(paper.sha256), col(paper.content))
    return _digests(scope, "opening balances", select(*columns).where(col(paper.company_id).in_(scope.ids)))


def _digests(scope: Scope, what: str, query: Select[*tuple[object, ...]]) -> Finding:
    rows = scope.session.execute(query.order_by(query.selected_columns[1]), execution_options={"yield_per": _AT_ONCE})
    checked, broken = 0, None
    for company_id, key, size, digest, content in rows:
        checked += 1
        if broken is None and (len(content) != size or sha256(content).hexdigest() != digest):
            broken = Violation(9, scope.row(what, company_id, key), "its bytes do not have its size and digest")
    return finding(checked, broken)
