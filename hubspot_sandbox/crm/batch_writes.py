"""Validation and writing of the inputs of a batch.

Everything is checked before anything is written. A refused input refuses the whole batch, unless HubSpot can
say which one it was: when every input has an ``objectWriteTraceId``.
https://developers.hubspot.com/docs/api-reference/error-handling
"""

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import Any

from flask import Response

from hubspot_sandbox.api_errors import ApiError
from hubspot_sandbox.authentication import Caller
from hubspot_sandbox.crm.association_types import Types
from hubspot_sandbox.crm.associations import inline_targets
from hubspot_sandbox.crm.auto_companies import company_by_setting
from hubspot_sandbox.crm.batches import Input, batch_answer, not_there, part_of_batch, refuse_repeated, text_of
from hubspot_sandbox.crm.calendar_sync import sync_beside
from hubspot_sandbox.crm.kinds import CONTACTS, MEETINGS, Kind
from hubspot_sandbox.crm.meeting_links import Target, link, meeting_targets
from hubspot_sandbox.crm.records import change_record, create_record, find_record, refuse_known_email
from hubspot_sandbox.crm.rule_checks import check_rules
from hubspot_sandbox.crm.shapes import record_shape, written_properties
from hubspot_sandbox.crm.sources import source_of
from hubspot_sandbox.crm.write_requests import check_minimum, check_values, written_values
from hubspot_sandbox.entities import Record
from hubspot_sandbox.state import SandboxState


@dataclass
class Write:
    """One checked input: a change of *record*, or a new record with *targets*."""

    values: dict[str, str]
    record: Record | None
    targets: list[tuple[str, Types]]
    timelines: tuple[Target, ...] = ()


class Inputs(ABC):
    """What the three writing batch calls share; each says how it understands one input."""

    #: Whether inputs without fault are written although another one is refused.
    partial = True
    tells_new = False

    def __init__(self, state: SandboxState, caller: Caller, kind: Kind) -> None:
        self.state, self.caller, self.kind = state, caller, kind
        self.account_id = caller.account.id

    def refuse(self, inputs: list[Input]) -> None:
        """Raise ApiError for a batch that cannot be run at all: two inputs with one e-mail address."""
        if self.kind is CONTACTS:
            addresses = [self.address(one).strip().lower() for one in inputs]
            refuse_repeated([address for address in addresses if address])

    def address(self, one: Input) -> str:
        """The e-mail address an input writes."""
        return written_values(one).get("email", "")

    @abstractmethod
    def checked(self, one: Input) -> Write:
        """One input, checked; raises ApiError."""

    def _checked_values(self, values: dict[str, str], record: Record | None) -> None:
        check_values(self.state, self.caller, self.kind, values)
        if record is None:
            check_minimum(self.state, self.kind, values)
        check_rules(self.state, self.account_id, self.kind, values, record)
        but_not = record.id if record else None
        refuse_known_email(self.state, self.account_id, self.kind, values, but_not=but_not)

    def _found(self, one: Input) -> Record:
        """The record an input names; batch calls do not know the ids of merged records."""
        key, id_property = text_of(one, "id"), one.get("idProperty")
        return find_record(self.state, self.account_id, self.kind, key, id_property, merged_ids=False)


class CreateInputs(Inputs):
    """Inputs of ``batch/create``."""

    def checked(self, one: Input) -> Write:
        """A new record."""
        values = written_values(one)
        self._checked_values(values, None)
        if self.kind is MEETINGS:
            timelines = meeting_targets(self.state, self.account_id, one.get("associations"))
            return Write(values, None, [], tuple(timelines))
        targets = inline_targets(self.state, self.account_id, self.kind, one.get("associations"))
        return Write(values, None, targets)


class UpdateInputs(Inputs):
    """Inputs of ``batch/update``."""

    def refuse(self, inputs: list[Input]) -> None:
        """Two inputs about one record as well."""
        super().refuse(inputs)
        refuse_repeated([text_of(one, "id").lower() for one in inputs])

    def checked(self, one: Input) -> Write:
        """A change of a record that is there."""
        record, values = self._found(one), written_values(one)
        self._checked_values(values, record)
        return Write(values, record, [])


class UpsertInputs(Inputs):
    """Inputs of ``batch/upsert``."""

    tells_new = True

    def refuse(self, inputs: list[Input]) -> None:
        """Inputs without a unique property, by several ones, or two about one record as well."""
        super().refuse(inputs)
        named = {text_of(one, "idProperty") for one in inputs}
        if len(named) > 1 or named == {"hs_object_id"}:
            words = "All inputs need the same idProperty, which is a unique property"
            raise ApiError(400, words, category="VALIDATION_ERROR")
        refuse_repeated([text_of(one, "id").lower() for one in inputs])
        self.partial = named != {"email"}

    def address(self, one: Input) -> str:
        """The address it writes, or finds the record by."""
        return super().address(one) or (text_of(one, "id") if one.get("idProperty") == "email" else "")

    def checked(self, one: Input) -> Write:
        """A change of the record that has the value, or a new one with it."""
        key, id_property = text_of(one, "id"), text_of(one, "idProperty")
        values = written_values(one)
        try:
            record: Record | None = self._found(one)
        except ApiError as problem:
            if problem.status != 404:
                raise
            record, values = None, {id_property: key, **values}
        self._checked_values(values, record)
        return Write(values, record, [])


def written(work: Inputs, inputs: list[Input], *, done: int = 200) -> Response:
    """Check all inputs, write those that may be, and answer."""
    state, kind = work.state, work.kind
    results, errors, missing = [], [], []
    with state.lock:
        started = state.clock.now_iso()
        work.refuse(inputs)
        traced = work.partial and all(isinstance(one.get("objectWriteTraceId"), str) for one in inputs)
        writes: list[tuple[Input, Write]] = []
        for one in inputs:
            try:
                writes.append((one, work.checked(one)))
            except ApiError as problem:
                if traced:
                    errors.append(part_of_batch(problem, objectWriteTraceId=[one["objectWriteTraceId"]]))
                elif problem.status == 404:
                    missing.append(text_of(one, "id"))
                else:
                    raise
        for one, write in writes:
            results.append(_done(work, one, write))
    return batch_answer(results, [*errors, *not_there(kind, missing)], started, done=done)


def _done(work: Inputs, one: Input, write: Write) -> dict[str, Any]:
    state, kind, source = work.state, work.kind, source_of(work.caller)
    if write.record is None:
        record = create_record(state, work.account_id, kind, write.values, source, write.targets)
        for target in write.timelines:
            link(state, work.account_id, record.id, target.kind.name, target.id)
        sync_beside(state, record, list(write.timelines))
    else:
        record = change_record(state, write.record, kind, write.values, source)
    shape = record_shape(record, written_properties(kind, record, write.values))
    if write.record is None and kind is CONTACTS:
        company_by_setting(state, work.caller.account, record, has_inline=bool(write.targets))
    if work.tells_new:
        shape["new"] = write.record is None
    if one.get("objectWriteTraceId"):
        shape["objectWriteTraceId"] = one["objectWriteTraceId"]
    return shape
