"""HubSpot and its people in the random sequences: faults, lost access, records deleted, merged and changed."""

from __future__ import annotations

from collections import Counter
from typing import Any

import requests
from hypothesis import strategies as st
from hypothesis.stateful import invariant, precondition, rule

from hubspot_sandbox.state import DEFAULT_ACCOUNT
from hubsync.domain.matching import company_keys
from hubsync.services import now, tools
from hubsync.services.connection.tokens import sealed_place
from hubsync.store import write_transaction
from hubsync.store.connections import Connection
from tests.stateful.observations import SCOPES, Looking

FAULTS = (
    {"action": "status", "status": 429},
    {"action": "status", "status": 503},
    {"action": "status", "status": 502, "when": "after"},
    {"action": "drop"},
    {"action": "drop", "when": "after"},
    {"action": "html", "status": 200, "when": "after"},
)
PATHS = ("/companies/search", "/companies", "/contacts", "")


class HubSpotSide(Looking):
    """Mixed into a play."""

    @rule(fault=st.sampled_from(FAULTS), path=st.sampled_from(PATHS), skip=st.integers(0, 2))
    def something_goes_wrong(self, fault: dict[str, Any], path: str, skip: int) -> None:
        self.acme.fault(**fault, path=path, method="POST", skip=skip)

    @rule()
    def faults_end(self) -> None:
        requests.delete(f"{self.acme.sandbox.url}/sandbox/api/faults", timeout=60).raise_for_status()

    @rule(seconds=st.sampled_from((0, 20)))
    def search_lags(self, seconds: int) -> None:
        self.acme.settings(search_lag_seconds=seconds)

    @precondition(lambda self: self.companies())
    @rule(data=st.data())
    def somebody_deletes_a_company(self, data: st.DataObject) -> None:
        which = data.draw(st.sampled_from(sorted(each["id"] for each in self.companies())))
        self.delete_in_hubspot("companies", which)
        self.hubspot_catches_up()

    @precondition(lambda self: len(self.companies()) > 1)
    @rule()
    def somebody_merges_two_companies(self) -> None:
        into, merged = sorted(each["id"] for each in self.companies())[:2]
        url = f"{self.acme.sandbox.url}/sandbox/api/records/companies/{merged}/merge"
        requests.post(url, json={"into": into}, timeout=60).raise_for_status()
        self.hubspot_catches_up()

    @precondition(lambda self: self.standing())
    @rule(data=st.data())
    def somebody_changes_a_record(self, data: st.DataObject) -> None:
        kind, which = data.draw(st.sampled_from(sorted(self.standing())))
        self.change_in_hubspot(kind, which, {"phone": f"{len(self.touched)}"})
        self.touched.add((kind, which))

    @rule()
    def access_is_lost(self) -> None:
        with write_transaction() as session:
            session.query(Connection).update({"state": "lost", "lost_code": "access_lost"})

    @rule()
    def regain_access(self) -> None:
        key = self.acme.sandbox.state.add_service_key(DEFAULT_ACCOUNT, "HubSync", SCOPES)
        sealed = tools().vault.seal(sealed_place(self.acme.team_id, "access token"), key.token)
        with write_transaction() as session:
            session.query(Connection).update(
                {
                    "state": "connected",
                    "lost_code": "",
                    "access_sealed": sealed,
                    "connected_at": now(),
                    "circuit_until": None,
                    "unanswered": 0,
                    "paused_until": None,
                    "pace_until": None,
                }
            )

    @invariant()
    def no_two_companies_have_the_same_key(self) -> None:
        keys: Counter[str] = Counter()
        for each in self.companies():
            keys.update(company_keys({k: v for k, v in each["properties"].items() if v}).texts())
        assert [key for key, number in keys.items() if number > 1] == []

    @invariant()
    def no_contact_is_doubled_and_each_has_the_association_it_should_have(self) -> None:
        contacts = [each for each in self.records("contacts") if not each["archived"]]
        emails = [each["properties"]["email"] for each in contacts]
        assert len(emails) == len(set(emails))
        deliveries = self.deliveries()
        for contact in contacts:
            linked = {each["id"] for each in contact["associated"]}
            own = [each for each in deliveries if each.booking.guest_email == contact["properties"]["email"]]
            made_by = [each for each in own if each.contact == "created" and each.contact_id == contact["id"]]
            assert len(made_by) <= 1
            if made_by:
                expected = {made_by[0].company_id} if made_by[0].association == "made" else set()
                assert self.living(expected) <= linked <= self.living(expected | self.joined(contact["id"]))
            else:  # the create's answer was lost, so that its repetition met a duplicate
                assert len(linked) <= 1
                assert linked <= self.living({each.company_id for each in own})
