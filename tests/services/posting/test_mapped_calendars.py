"""Stamps of calendars: whoever changes questions or a mapping, every process goes by them from then on."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import delete, event, insert, select, update
from sqlalchemy.orm import Session

from hubsync.services.posting.mapped_calendars import PostingRules, read_mapped
from hubsync.store import db, end_read, write_transaction
from hubsync.store.calendar_stamps import watch_changes
from hubsync.store.calendars import Calendar, QuestionRow
from hubsync.store.mappings import MappingRecord, MappingRow
from tests.kit import rows


def rules_of(calendar_id: int) -> PostingRules:
    try:
        return read_mapped(calendar_id).rules
    finally:
        end_read()


def add_a_row(session: Session) -> None:
    record = session.scalars(select(MappingRecord)).one()
    record.rows.append(
        MappingRow(
            section="contacts", position=9, property_name="city", property_label="City", property_type="string",
            information="fact:source",
        )
    )  # fmt: skip


def change_a_row(session: Session) -> None:
    session.scalars(select(MappingRow)).first().property_label = "Another"  # type: ignore[union-attr]


CHANGES: dict[str, Callable[[Session], Any]] = {
    "a question is added": lambda session: rows.add_question(session, 1, "Budget", "text"),
    "a question is called otherwise": lambda session: setattr(session.get_one(QuestionRow, 1), "label", "Firm"),
    "a question is deleted for good": lambda session: session.delete(session.get_one(QuestionRow, 1)),
    "a row is added": add_a_row,
    "a row is changed": change_a_row,
    "a mapping is switched off": lambda session: setattr(session.get_one(MappingRecord, 1), "active", False),
    "questions are changed at once": lambda session: session.execute(update(QuestionRow).values(label="One")),
    "rows are changed at once": lambda session: session.execute(
        update(MappingRow).where(MappingRow.property_name == "domain").values(property_label="Site")
    ),
    "rows are deleted at once": lambda session: session.execute(delete(MappingRow)),
    "rows are added at once": lambda session: session.execute(
        insert(MappingRow),
        [
            {
                "mapping_id": 1, "section": "contacts", "position": 9, "property_name": "city",
                "property_label": "City", "property_type": "string", "information": "fact:source",
            }
        ],
    ),
    "mappings are changed at once": lambda session: session.query(MappingRecord).update({"companies_on": False}),
    "the mapping is taken away": lambda session: session.delete(session.get_one(MappingRecord, 1)),
}  # fmt: skip


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES.keys())
def test_after_each_change_a_delivery_goes_by_what_is_stored(acme: Any, change: Callable[[Session], Any]) -> None:
    before = rules_of(acme.calendar_id)
    assert rules_of(acme.calendar_id) is before, "it was read anew although nothing has changed"

    def elsewhere() -> None:
        with acme.app.app_context(), write_transaction() as session:
            change(session)

    other = threading.Thread(target=elsewhere)
    other.start()
    other.join()
    assert rules_of(acme.calendar_id) != before


def test_a_change_that_was_given_up_leaves_nothing_behind(acme: Any) -> None:
    before = rules_of(acme.calendar_id)
    with pytest.raises(ZeroDivisionError), write_transaction() as session:
        session.get_one(QuestionRow, 1).label = "Never"
        session.flush()
        assert read_mapped(acme.calendar_id).rules != before
        _ = 1 / 0
    assert rules_of(acme.calendar_id) == before


def test_bookings_change_no_stamp(acme: Any) -> None:
    stamps = select(Calendar.stamp)
    before = db.session.scalars(stamps).all()
    assert acme.book("Sato Mika", "mika@acme.co.jp", "Acme").state == "posted"
    assert db.session.scalars(stamps).all() == before


def test_a_change_is_stamped_once_however_many_apps_a_process_has(acme: Any) -> None:
    watch_changes()
    stamped: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        if statement.startswith("UPDATE calendars SET stamp"):
            stamped.append(statement)

    event.listen(db.engine, "before_cursor_execute", note)
    try:
        with write_transaction() as session:
            change_a_row(session)
    finally:
        event.remove(db.engine, "before_cursor_execute", note)
    assert len(stamped) == 1
