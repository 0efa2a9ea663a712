"""The page that says what HubSync never takes for a company, and the ways to it."""

from __future__ import annotations

from hubsync.domain.email_domains import free_domains
from tests.kit.page import words
from tests.kit.workshop import Workshop, workshop

__all__ = ["workshop"]

PAGE = "/teams/acme/no-company"


def test_the_page_tells_names_by_language_hosts_by_kind_and_the_free_domains(workshop: Workshop) -> None:
    shown = workshop.owner.open(PAGE)
    names, hosts, mail = shown.select("main section.panel")
    told = {words(each.select_one("summary")).split(" (")[0]: words(each) for each in names.select("details")}
    assert {"In every language", "Japanese", "German", "Chinese", "Russian"} <= set(told)
    assert "個人事業主" in told["Japanese"]
    assert "です" in told["Japanese"].partition("May stand around them:")[2]
    assert names.select_one("p[lang='ja']") is not None
    kinds = {words(each.select_one("summary")).split(" (")[0]: words(each) for each in hosts.select("details")}
    assert " linkedin.com " in kinds["Social networks"]
    assert "google.*/maps" in kinds["Maps"]
    assert f"{len(free_domains()):,} domains" in words(mail)


def test_the_hubspot_page_the_editor_and_the_list_of_free_domains_lead_there(workshop: Workshop) -> None:
    settings = "/teams/acme/settings/integrations/hubspot"
    for page in (settings, f"{settings}/free-domains", workshop.editor):
        assert workshop.owner.open(page).select_one(f"main a[href='{PAGE}']") is not None, page
