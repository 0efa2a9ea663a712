"""The courses that bookings take at each source, told by its samples through its address in whatever order."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import permutations
from typing import Any

import pytest
from sqlalchemy import select

from hubsync.sources.source import Source
from hubsync.store import db, end_read
from hubsync.store.deliveries import Delivery
from tests.kit.acme import acme
from tests.kit.booking_courses import ending_of, forget_bookings, stored_endings, tell_two_processes
from tests.kit.intakes import Intake, opened
from tests.kit.source_samples import EACH_SOURCE, Sample, called, courses_of

__all__ = ["acme", "opened"]

pytestmark = pytest.mark.slow

TELLING = [each for each in EACH_SOURCE if courses_of(each)]
of_each_source = pytest.mark.parametrize("source", TELLING, ids=called)


def orders_of(samples: Sequence[Sample]) -> Iterable[Sequence[Sample]]:
    """All orders of a few, of more the usual one, the reverse, and each that begins further on."""
    if len(samples) <= 3:
        return permutations(samples)
    turned = [(*samples[each:], *samples[:each]) for each in range(len(samples))]
    return [*turned, samples[::-1]]


def tell(intake: Intake, samples: Iterable[Sample]) -> int | None:
    """Send *samples*; the delivery that the last one was answered with."""
    answers = [intake.send(intake.prove(each.body)) for each in samples]
    assert {each.status_code for each in answers} == {200}
    return (answers[-1].json or {}).get("delivery")


def deliveries(intake: Intake) -> list[int]:
    with intake.app.app_context():
        found = list(db.session.scalars(select(Delivery.id)))
        end_read()
    return found


@of_each_source
def test_a_course_is_one_delivery_in_whatever_order_it_is_told_and_however_often(
    opened: Any, source: Source
) -> None:
    intake = opened(source)
    for course in courses_of(source):
        for order in orders_of(course.samples):
            said = f"{course}: {', '.join(each.name for each in order)}"
            tell(intake, order)
            assert stored_endings(intake.app) == [ending_of(order)], said
            kept = deliveries(intake)
            assert [tell(intake, course.samples)] == kept, said
            assert (deliveries(intake), stored_endings(intake.app)) == (kept, [ending_of(course.samples)]), said
            forget_bookings(intake.app)


@of_each_source
def test_a_course_whose_beginning_never_came_is_a_new_booking(opened: Any, source: Source) -> None:
    """A change that does not repeat its booking is of none."""
    intake = opened(source)
    for course in courses_of(source):
        later = course.samples[1:]
        tell(intake, later)
        bookings = [each for each in later if "booking" in each.expected]
        assert stored_endings(intake.app) == ([ending_of(later)] if bookings else []), str(course)
        forget_bookings(intake.app)


def test_two_processes_that_are_told_of_a_course_at_one_instant_make_one_delivery_of_it(acme: Any) -> None:
    tell_two_processes(acme)
