"""A serving process of its own: a guest books on the page, then it sends what is to be mailed.

It is killed at the boundary that its task names, if it gets that far; it prints how many mails it sent.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from flask import Flask

from hubsync.domain.questions import Part
from hubsync.services.bookings.booking_page import KeptBooking, find_booking_page, keep_booking
from hubsync.services.operations.outgoing_mails import send_mails
from hubsync.store import end_read
from tests.kit.kill_switch import KillSwitch
from tests.kit.workers import read_task, wait_for_go


def book(task: dict[str, Any]) -> KeptBooking:
    """The booking of the *task*, the same one however often the form is sent."""
    page = find_booking_page(task["slug"])
    end_read()
    ids = {question.part: question.id for question in page.questions}
    answers = {ids[Part.NAME]: "Jun Mori", ids[Part.EMAIL]: task["email"]}
    starts_at = datetime.fromisoformat(task["starts_at"])
    return keep_booking(page, page.make_booking(answers, starts_at, "Asia/Tokyo", task["email"], {}))


def work(app: Flask, task: dict[str, Any]) -> None:
    with app.app_context():
        book(task)
        print(len(send_mails()), flush=True)


def main() -> None:
    task, app = read_task()
    passed: list[str] = []
    KillSwitch(task["kill_at"], passed.append).install()
    wait_for_go()
    work(app, task)
