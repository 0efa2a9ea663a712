"""The account setting "Create and associate companies with contacts".

A new contact is matched by its e-mail's domain; no match makes a company with that domain and no name.
https://knowledge.hubspot.com/articles/kcs_article/contacts/automatically-create-and-associate-companies-with-contacts
"""

from hubspot_sandbox.crm.association_types import Types
from hubspot_sandbox.crm.associations import associate
from hubspot_sandbox.crm.kinds import COMPANIES
from hubspot_sandbox.crm.records import create_record, normalise_domain
from hubspot_sandbox.crm.sources import Source
from hubspot_sandbox.entities import Account, Record
from hubspot_sandbox.state import SandboxState

BY_SETTING = Source("CRM_SETTING", "", '"Create and associate companies with contacts" setting')

FREE_MAIL = frozenset(
    {
        "gmail.com",
        "googlemail.com",
        "yahoo.com",
        "yahoo.co.jp",
        "ymail.ne.jp",
        "hotmail.com",
        "hotmail.co.jp",
        "outlook.com",
        "outlook.jp",
        "live.com",
        "live.jp",
        "msn.com",
        "icloud.com",
        "me.com",
        "aol.com",
        "gmx.de",
        "gmx.net",
        "web.de",
        "mail.ru",
        "qq.com",
        "163.com",
        "naver.com",
        "proton.me",
        "protonmail.com",
        "docomo.ne.jp",
        "ezweb.ne.jp",
        "au.com",
        "softbank.ne.jp",
        "i.softbank.jp",
        "nifty.com",
        "excite.co.jp",
    }
)


def company_by_setting(state: SandboxState, account: Account, contact: Record, *, has_inline: bool) -> None:
    """Do what the setting does for a contact that was just created.

    *has_inline* says the create carried an association; whether that holds the setting back at HubSpot is
    not documented, so the account's switch decides.
    """
    if not account.auto_companies or (has_inline and account.inline_association_holds_back):
        return
    domain = _domain_of(contact)
    if not domain:
        return
    with state.lock:
        company = _company_with_domain(state, account.id, domain)
        if company is None:
            company = create_record(state, account.id, COMPANIES, {"domain": domain}, BY_SETTING)
        associate(state, account.id, contact.id, company.id, Types())


def _domain_of(contact: Record) -> str:
    domain = contact.properties.get("email", "").rpartition("@")[2].lower()
    if domain and domain not in FREE_MAIL:
        return domain
    return normalise_domain(contact.properties.get("website", ""))


def _company_with_domain(state: SandboxState, account_id: int, domain: str) -> Record | None:
    for company in state.records_of(account_id, "companies"):
        additional = company.properties.get("hs_additional_domains", "").split(";")
        domains = {normalise_domain(d) for d in [company.properties.get("domain", ""), *additional]}
        if not company.archived and domain in domains:
            return company
    return None
