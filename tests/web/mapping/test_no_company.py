"""The page that says what HubSync never takes for a company, and the ways to it."""

from __future__ import annotations

from hubsync.domain.email_domains import free_domains
from tests.kit.connected_team import ConnectedTeam, connected_team
from tests.kit.page import words

__all__ = ["connected_team"]

PAGE = "/teams/acme/no-company"


def test_the_page_tells_names_by_language_hosts_by_kind_and_the_free_domains(
    connected_team: ConnectedTeam,
) -> None:
    shown = connected_team.owner.open(PAGE)
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


def test_the_hubspot_page_the_editor_and_the_list_of_free_domains_lead_there(
    connected_team: ConnectedTeam,
) -> None:
    settings = "/teams/acme/settings/integrations/hubspot"
    for page in (settings, f"{settings}/free-domains", connected_team.editor):
        assert connected_team.owner.open(page).select_one(f"main a[href='{PAGE}']") is not None, page
