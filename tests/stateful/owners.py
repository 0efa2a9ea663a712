"""The owner of new records in the random sequences: what people do about it, and what must hold."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import initialize, invariant, precondition, rule

from hubspot_sandbox.state import DEFAULT_ACCOUNT, FIRST_OWNER
from hubsync.domain.owners import OWNER_PROPERTY, OwnerChoice
from hubsync.store import db, end_read, write_transaction
from hubsync.store.owners import GivenOwner, KnownOwner, OwnerReading
from tests.kit.owners import give_owner, hubspot_user
from tests.stateful.observations import Looking

SECTIONS = (("companies", "company"), ("contacts", "contact"))


class Owning(Looking):
    """Mixed into a play, in half of which new records belong to the host."""

    @initialize(choice=st.sampled_from((OwnerChoice.NONE, OwnerChoice.HOST)))
    def new_records_are_given_an_owner(self, choice: OwnerChoice) -> None:
        with write_transaction() as session:
            for table in (KnownOwner, OwnerReading):
                session.query(table).delete()
        self.choice = choice
        self.host = hubspot_user(self.acme)
        give_owner(self.acme, choice)

    @rule()
    def the_host_is_deactivated_in_hubspot_or_comes_back(self) -> None:
        owners = self.acme.sandbox.state.owners
        host = owners.get(f"{DEFAULT_ACCOUNT}:{self.host}")
        host.archived = not host.archived
        owners.put(host)

    @rule(times=st.integers(1, 3))
    def users_of_hubspot_cannot_be_read(self, times: int) -> None:
        self.acme.fault(action="status", status=503, path="owners", times=times)

    @precondition(lambda self: self.standing())
    @rule(data=st.data(), owner=st.sampled_from((str(FIRST_OWNER), "")))
    def somebody_gives_a_record_another_owner(self, data: st.DataObject, owner: str) -> None:
        kind, which = data.draw(st.sampled_from(sorted(self.standing())))
        owners = {each["id"]: each["properties"].get(OWNER_PROPERTY) or "" for each in self.records(kind)}
        self.change_in_hubspot(kind, which, {OWNER_PROPERTY: owner})
        if owners[which] != owner:  # nobody taken from nobody is no change
            self.touched.add((kind, which))

    @invariant()
    def an_owner_is_written_with_a_new_record_and_never_again(self) -> None:
        for kind, _part in SECTIONS:
            for each in self.records(kind):
                history = each["history"].get(OWNER_PROPERTY, [])
                ours = [place for place, value in enumerate(history) if value["sourceType"] == "INTEGRATION"]
                assert ours in ([], [len(history) - 1]), each

    @invariant()
    def a_new_record_has_the_owner_it_should_have_or_a_remark(self) -> None:
        given = {
            (each.delivery_id, each.section): each for each in db.session.query(GivenOwner).populate_existing()
        }
        end_read()
        for kind, part in SECTIONS:
            records = {each["id"]: each for each in self.records(kind)}
            for delivery in self.deliveries():
                record_id = getattr(delivery, f"{part}_id")
                if getattr(delivery, part) != "created" or record_id not in records:
                    continue
                wanted, written = given.get((delivery.id, kind)), _first_written(records[record_id])
                assert (wanted is None) == (self.choice is OwnerChoice.NONE)
                assert written == (wanted.owner_id if wanted is not None else "")
                told = {each["section"] for each in delivery.remarks if each["kind"] == "no_owner"}
                assert (kind in told) == (wanted is not None and not wanted.owner_id)


def _first_written(record: dict[str, Any]) -> str:
    """The owner with whom we created the record; "" for nobody."""
    history = record["history"].get(OWNER_PROPERTY, [])
    return history[-1]["value"] if history and history[-1]["sourceType"] == "INTEGRATION" else ""
