"""Everything needed to propose accounts for a company's lines, loaded once from the database."""

from dataclasses import dataclass, replace
from uuid import UUID

from sqlalchemy import select
from sqlmodel import Session, col

from core.access.roles import Action, Caller
from core.categorization.history import History
from core.categorization.lines import AccountOption, Lines
from core.categorization.model import Ranker
from core.categorization.policy import Policy
from core.categorization.proposals import Proposals, propose
from core.categorization.reviewed import reviewed_decisions
from core.categorization.rule_json import rule_of_row
from core.categorization.rules import Rule, with_names
from core.categorization.starter import load_starter
from core.errors import NotFound
from core.ingestion.shown_names import shown_names
from models import Account, Company, ModelVersion
from models import Rule as StoredRule


@dataclass(frozen=True)
class Proposer:
    """A company's rules, chart, history, model and policy as they stood when loaded.

    Account keys are str(account id). `rule_ids` are in the order of `rules`, so that a proposal's rule number finds
    its row; `model_version_id` is None while the starter is in use. `policy` holds the threshold in force: the
    company's own, else the one the active model supports, else the stated default.
    """

    accounts: tuple[AccountOption, ...]
    rules: tuple[Rule, ...]
    rule_ids: tuple[UUID, ...]
    history: History
    ranker: Ranker
    model_version_id: UUID | None
    policy: Policy
    currency: str  # the company's

    def propose(self, lines: Lines) -> Proposals:
        """Propose for n lines; `lines.bank_account` holds the codes of bank accounts."""
        return propose(
            lines, self.rules, self.accounts, self.history, self.ranker, policy=self.policy, currency=self.currency
        )


def load_proposer(session: Session, caller: Caller, company_id: UUID) -> Proposer:
    """Load what proposing needs: a handful of queries, whatever the number of lines.

    Raises: NotFound or AccessDenied by the caller's role, UnreadableModel.
    """
    caller.require(company_id, Action.READ)
    company = session.get(Company, company_id)
    if company is None:
        raise NotFound("company", str(company_id))
    accounts = account_options(session, company_id)
    stored = session.execute(
        select(StoredRule)
        .where(col(StoredRule.company_id) == company_id, col(StoredRule.is_active).is_(True))
        .order_by(col(StoredRule.position), col(StoredRule.id))
    ).scalars()
    names = shown_names(session, company_id)
    rules = [(one.id, with_names(rule_of_row(one), names)) for one in stored]
    version = active_version(session, company_id)
    starter = load_starter()
    policy = with_supported(Policy.from_dict(company.policy), None if version is None else version.threshold)
    return Proposer(
        accounts,
        tuple(rule for _, rule in rules),
        tuple(rule_id for rule_id, _ in rules),
        History(reviewed_decisions(session, caller, company_id), starter.prior_for(accounts)),
        starter.ranker if version is None else Ranker.from_bytes(version.artefact, starter.ranker),
        None if version is None else version.id,
        policy,
        company.base_currency,
    )


def with_supported(policy: Policy, threshold: float | None) -> Policy:
    """The policy with the threshold that the active model supports, where the company has not set one of its own."""
    return policy if policy.threshold is not None else replace(policy, threshold=threshold)


def threshold_in_force(session: Session, company_id: UUID, policy: Policy) -> float:
    """The confidence from which lines of the company may be posted alone now."""
    supported = session.execute(
        select(col(ModelVersion.threshold)).where(
            col(ModelVersion.company_id) == company_id, col(ModelVersion.is_active).is_(True)
        )
    ).scalar_one_or_none()
    return with_supported(policy, supported).threshold_in_force


def account_options(session: Session, company_id: UUID) -> tuple[AccountOption, ...]:
    """The active chart by code, keyed by str(account id)."""
    rows = session.execute(
        select(Account)
        .where(col(Account.company_id) == company_id, col(Account.is_active).is_(True))
        .order_by(col(Account.code))
    ).scalars()
    return tuple(AccountOption(str(a.id), a.code, a.name, str(a.type), str(a.role or "")) for a in rows)


def active_version(session: Session, company_id: UUID) -> ModelVersion | None:
    """The company's model in use; None while it uses the starter."""
    return session.execute(
        select(ModelVersion).where(col(ModelVersion.company_id) == company_id, col(ModelVersion.is_active).is_(True))
    ).scalar_one_or_none()
