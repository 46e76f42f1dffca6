"""Law 9 on what was attached to bank lines."""

from hashlib import sha256

from sqlalchemy import select
from sqlmodel import col

from core.access.audit import Violation
from core.verification.scope import Finding, Scope, finding
from models import Attachment


def attachments_are_kept(scope: Scope) -> Finding:
    """Law 9: the bytes of every attachment have its size and its SHA-256."""
    rows = scope.session.execute(
        select(
            col(Attachment.company_id), col(Attachment.id), col(Attachment.size), col(Attachment.sha256),
            col(Attachment.content),
        )
        .where(col(Attachment.company_id).in_(scope.ids))
        .order_by(col(Attachment.id)),
        execution_options={"yield_per": 16},  # they are large, one by one
    )  # fmt: skip
    checked, broken = 0, None
    for company_id, key, size, digest, content in rows:
        checked += 1
        if broken is None and (len(content) != size or sha256(content).hexdigest() != digest):
            where = scope.row("attachment", company_id, key)
            broken = Violation(9, where, "its bytes do not have its size and digest")
    return finding(checked, broken)
