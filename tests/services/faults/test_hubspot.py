"""Every fault of HubSpot in docs/OPERATING.md: the booking is kept, and HubSpot has it once when all is over."""

from __future__ import annotations

import re
import socket
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from hubspot_sandbox.pages.fault_text import PRESETS
from hubsync.services import now
from hubsync.services.deliveries.dispatch import read_delivery
from hubsync.services.deliveries.due_retries import run_due
from hubsync.store import end_read
from tests.kit.clock import later
from tests.kit.waiting import wait_until

pytestmark = pytest.mark.slow  # the time-outs pass in real time

GUIDE = Path(__file__).parents[3] / "docs" / "OPERATING.md"
SEARCH, COMPANY, CONTACT = "/companies/search", "/companies", "/contacts"


def status(number: int, path: str = "", **more: Any) -> dict[str, Any]:
    return {"action": "status", "status": number, "path": path, **more}


def creating(path: str, **rule: Any) -> dict[str, Any]:
    """A rule for the create of a company or a contact."""
    return {"method": "POST", "path": path, "except_path": "/search", **rule}


FULL, SUSPENDED, ERASED = (
    next(fault for key, _, _, fault in PRESETS if key == wanted) for wanted in ("full", "suspended", "erased")
)
FAULTS: dict[str, dict[str, Any]] = {
    "401-once": status(401, "/crm/"),
    "401-always": status(401, "/crm/", times=None),
    "403": status(403, times=None),
    "404-company-gone": status(404, CONTACT),
    "409-contact": status(409, CONTACT),
    "409-no-contact": creating(CONTACT, action="status", status=409, body={"message": "Contact already exists."}),
    "402": creating("/crm/objects/", action="status", status=402),
    "account-full": FULL,
    "account-suspended": SUSPENDED,
    "person-erased": ERASED,
    "423": status(423),
    "429-burst": status(429, SEARCH),
    "429-retry-after": status(429, SEARCH, retry_after="300"),
    "429-daily": status(429, SEARCH, policy="DAILY"),
    "477": status(477, SEARCH, retry_after="7200"),
    **{f"{number}-reading": status(number, SEARCH) for number in (500, 502, 503, 504)},
    "503-company": creating(COMPANY, action="status", status=503),
    "503-contact": creating(CONTACT, action="status", status=503),
    "timeout-before-company": creating(COMPANY, action="delay", delay=3.2),
    "timeout-before-contact": creating(CONTACT, action="delay", delay=3.2),
    "timeout-after-company": creating(COMPANY, action="delay", delay=3.2, when="after"),
    "timeout-after-contact": creating(CONTACT, action="delay", delay=3.2, when="after"),
    "reset-before-company": creating(COMPANY, action="drop"),
    "reset-before-contact": creating(CONTACT, action="drop"),
    "reset-after-company": creating(COMPANY, action="drop", when="after"),
    "reset-after-contact": creating(CONTACT, action="drop", when="after"),
    "slow-body": {"action": "slow_body", "path": SEARCH, "seconds": 0.5},
    "huge-body": {"action": "huge_body", "path": SEARCH},
    "html": {"action": "html", "path": SEARCH},
    "redirect": {"action": "redirect", "path": SEARCH, "location": "http://127.0.0.2:9/"},
}
DONE_UNANSWERED = {
    "timeout-after-company": "companies",
    "timeout-after-contact": "contacts",
    "reset-after-company": "companies",
    "reset-after-contact": "contacts",
}
"""What HubSpot makes although its answer does not come."""
NETWORK = {"connection-refused", "dns-failure", "tls-failure"}


def told() -> dict[str, tuple[str, str]]:
    """fault: (state, later) as docs/OPERATING.md has them."""
    section = GUIDE.read_text().split("## HubSpot\n")[1].split("\n## ")[0]
    found = {}
    for line in section.splitlines():
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        if line.startswith("| `"):
            found.update(dict.fromkeys(re.findall(r"`([^`]+)`", cells[0]), (cells[2], cells[3])))
    return found


def test_every_row_of_the_guide_is_tested_and_every_fault_has_a_row() -> None:
    assert set(told()) == set(FAULTS) | NETWORK


@pytest.fixture
def given() -> dict[str, str]:
    return {"SYNC_BUDGET_SECONDS": "2.5"}


@pytest.mark.parametrize("fault", FAULTS)
def test_the_booking_is_kept_and_posted_once(oauth_acme: Any, fault: str) -> None:
    if fault == "404-company-gone":
        oauth_acme.book("Kato Rei", "rei@acme.co.jp", "Acme")  # from now on the company is remembered
    oauth_acme.fault(**{"times": 1, **FAULTS[fault]})
    delivery = oauth_acme.book("Sato Mika", "mika@acme.co.jp", "Acme")
    state, end = told()[fault]
    assert delivery.state == state
    if fault == "429-retry-after":
        assert delivery.next_attempt_at >= now() + timedelta(seconds=295)
    if fault in ("429-daily", "477", "402", "account-full", "account-suspended"):
        assert delivery.attempts_used == 0
    if fault in DONE_UNANSWERED:  # however busy the machine is, HubSpot has done it long before the next attempt
        wait_until(lambda: bool(oauth_acme.records(DONE_UNANSWERED[fault])))
    oauth_acme.sandbox.state.faults.clear()
    with later(days=2):
        run_due()
        ended = read_delivery(delivery.id)
        end_read()
    assert ended.state == end
    if end == "posted" and fault != "409-contact":
        contacts = [each for each in oauth_acme.records("contacts") if "mika" in each["properties"]["email"]]
        assert len(contacts) == len(oauth_acme.records("companies")) == 1
        assert oauth_acme.companies_of(contacts[0]) == {ended.company_id}


def test_a_redirect_carries_nothing_to_another_host(oauth_acme: Any) -> None:
    with socket.create_server(("127.0.0.2", 0)) as elsewhere:
        elsewhere.settimeout(0.2)
        host, port = elsewhere.getsockname()
        oauth_acme.fault(action="redirect", times=None, location=f"http://{host}:{port}/")
        oauth_acme.book("Sato Mika", "mika@acme.co.jp", "Acme")
        with pytest.raises(TimeoutError):
            elsewhere.accept()
