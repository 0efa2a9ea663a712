"""Bodies of appointments: SavvyCal, Zoom Scheduler and Jicoo."""

import secrets
from datetime import datetime

from scheduler_sandbox.forms.filled import Body, Filled, slug, written


def savvycal(filled: Filled, at: datetime, event: str = "event.created") -> Body:
    """SavvyCal: a moved event keeps its id."""
    start, end = filled.times
    person = {"email": filled.email, "display_name": filled.name, "time_zone": "Asia/Tokyo", "is_scheduler": True}
    labels = {"Company": filled.company, "Topics": ", ".join(filled.topics)}
    fields = [
        {"id": f"field_{n}", "type": "text", "label": k, "value": v} for n, (k, v) in enumerate(labels.items())
    ]
    return {
        "type": event,
        "id": f"payload_{secrets.token_hex(8)}",
        "version": "2020-11-18",
        "occurred_at": written(at),
        "payload": {
            "id": filled.id,
            "state": "canceled" if event == "event.canceled" else "confirmed",
            "summary": filled.form,
            "start_at": start,
            "end_at": end,
            "link": {"id": slug(filled.form), "slug": slug(filled.form), "name": filled.form},
            "metadata": {**filled.params},
            "scheduler": {**person, "fields": fields},
            "organizer": {"email": "host@tenji.example", "display_name": "Ren Host", "is_organizer": True},
            "attendees": [],
        },
    }


def zoom(filled: Filled, at: datetime, event: str = "scheduler.scheduled_event_created") -> Body:
    """Zoom Scheduler: a moved event is a new one that names the former; answers are always lists."""
    start, end = filled.times
    first, last = filled.names
    asked = {"Company": [filled.company], "Topics": [*filled.topics]}
    moved = {"rescheduled_from_event_id": filled.former_id, "rescheduled_to_event_id": filled.next_id}
    return {
        "event": event,
        "event_ts": int(at.timestamp() * 1000),
        "payload": {
            "account_id": "acc1",
            "object": {
                "invitee_email": filled.email,
                "invitee_first_name": first,
                "invitee_last_name": last,
                "time_zone": "Asia/Tokyo",
                "rescheduled": bool(filled.former_id),
                **{name: value for name, value in moved.items() if value},
                "questions_and_answers": [
                    {"question": question, "position": n, "answer": answer}
                    for n, (question, answer) in enumerate(asked.items())
                ],
                "tracking": {**filled.params},
                "scheduled_event": {
                    "event_id": filled.id,
                    "summary": filled.form,
                    "status": "cancelled" if event.endswith("canceled") else "confirmed",
                    "start_date_time": start,
                    "end_date_time": end,
                    "attendees": [{"display_name": "Ren Host", "email": "host@tenji.example"}],
                },
            },
        },
    }


def jicoo(filled: Filled, at: datetime, event: str = "guest_booked") -> Body:
    """Jicoo: the guest is the contact, answers are lists."""
    start, end = filled.times
    answers = [
        {"question": "Company", "content": [filled.company]},
        {"question": "Topics", "content": [*filled.topics]},
    ]
    return {
        "event": event,
        "createdAt": written(at),
        "object": {
            "uid": filled.id,
            "status": "open",
            "timeZone": "Asia/Tokyo",
            "startedAt": start,
            "endedAt": end,
            "updatedAt": written(at),
            "eventTypeUid": slug(filled.form),
            "contact": {"email": filled.email, "name": filled.name},
            "answers": answers,
            "tracking": {**filled.params},
        },
    }
