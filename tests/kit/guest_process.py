"""A serving process of its own, whose threads complete bookings of one booking page when it is told to go.

It prints what each guest was answered.
"""

from __future__ import annotations

from datetime import datetime
from queue import Empty, SimpleQueue

from flask import Flask

from hubsync.domain.questions import Part
from hubsync.errors import BookingNotKept, TimeNotOffered
from hubsync.services.bookings.booking_page import BookingPage, find_booking_page, keep_booking
from hubsync.store import end_read
from tests.kit.workers import in_threads, read_task

BOOKED, TOO_LATE, NOT_NOW = "booked", "too late", "not now"


def main() -> None:
    task, app = read_task()
    guests: SimpleQueue[int] = SimpleQueue()
    for number in task["guests"]:
        guests.put(number)
    starts = [datetime.fromisoformat(each) for each in task["starts"]]
    page = _open_page(app, task["slug"])

    def work() -> list[str]:
        told = []
        while True:
            try:
                number = guests.get_nowait()
            except Empty:
                return told
            told.append(_book(page, number, starts[number % len(starts)]))

    in_threads(app, task["threads"], work)


def _open_page(app: Flask, slug: str) -> BookingPage:
    with app.app_context():
        page = find_booking_page(slug)
        end_read()
        return page


def _book(page: BookingPage, number: int, start: datetime) -> str:
    answers = {each.id: f"guest{number}@x.example" for each in page.questions if each.part is Part.EMAIL}
    booking = page.make_booking(answers, start, "Asia/Tokyo", f"form {number}", {})
    for _again in range(20):  # as somebody does who reads that it could not be saved just now
        try:
            keep_booking(page, booking)
        except TimeNotOffered:
            return TOO_LATE
        except BookingNotKept:
            continue
        return BOOKED
    return NOT_NOW
