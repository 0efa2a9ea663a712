"""Bodies of filled-in forms: Typeform, Tally, Formbricks and OpnForm."""

import secrets
from datetime import datetime

from scheduler_sandbox.forms.filled import Body, Filled, slug, written


def typeform(filled: Filled, at: datetime, event: str = "form_response") -> Body:
    """Typeform: answers name their questions by id, the texts stand in the definition."""
    questions = [
        ("a1", "name", "short_text", "Your name", "text", filled.name),
        ("a2", "email", "email", "E-mail", "email", filled.email),
        ("a3", "company", "short_text", "Company", "text", filled.company),
        ("a4", "topics", "multiple_choice", "Topics", "choices", {"labels": [*filled.topics]}),
    ]
    return {
        "event_id": secrets.token_hex(13),
        "event_type": event,
        "form_response": {
            "form_id": slug(filled.form),
            "token": filled.id,
            "submitted_at": written(at),
            "hidden": {**filled.params},
            "definition": {
                "title": filled.form,
                "fields": [
                    {"id": i, "ref": ref, "type": t, "title": title} for i, ref, t, title, _n, _v in questions
                ],
            },
            "answers": [
                {"type": name, name: value, "field": {"id": i, "ref": ref, "type": t}}
                for i, ref, t, _title, name, value in questions
                if value and value != {"labels": []}
            ],
        },
    }


def tally(filled: Filled, at: datetime, event: str = "FORM_RESPONSE") -> Body:
    """Tally: choices are ids whose texts stand beside them, and come once more as single boxes."""
    options = [{"id": f"o{n}", "text": topic} for n, topic in enumerate(filled.topics)]
    boxes = [
        {"key": f"q_topics_{each['id']}", "label": f"Topics ({each['text']})", "type": "CHECKBOXES", "value": True}
        for each in options
    ]
    fields: list[Body] = [
        {"key": "q_name", "label": "Name", "type": "INPUT_TEXT", "value": filled.name},
        {"key": "q_email", "label": "E-mail", "type": "INPUT_EMAIL", "value": filled.email},
        {"key": "q_company", "label": "Company", "type": "INPUT_TEXT", "value": filled.company or None},
        {
            "key": "q_topics",
            "label": "Topics",
            "type": "CHECKBOXES",
            "value": [each["id"] for each in options] or None,
            "options": options,
        },
        *boxes,
        *({"key": f"q_{k}", "label": k, "type": "HIDDEN_FIELDS", "value": v} for k, v in filled.params.items()),
    ]
    return {
        "eventId": secrets.token_hex(16),
        "eventType": event,
        "createdAt": written(at),
        "data": {
            "responseId": filled.id,
            "submissionId": filled.id,
            "formId": slug(filled.form),
            "formName": filled.form,
            "createdAt": written(at),
            "fields": fields,
        },
    }


def formbricks(filled: Filled, at: datetime, event: str = "responseFinished") -> Body:
    """Formbricks: question ids to answers, without the questions' texts. ``testEndpoint`` says nothing else."""
    if event == "testEndpoint":
        return {"event": event}
    answers = {"name": filled.name, "email": filled.email, "company": filled.company, "topics": [*filled.topics]}
    return {
        "webhookId": "cwh1",
        "event": event,
        "data": {
            "id": filled.id,
            "surveyId": slug(filled.form),
            "updatedAt": written(at),
            "finished": event == "responseFinished",
            "contactAttributes": None,
            "data": {**{name: value for name, value in answers.items() if value}, **filled.params},
            "survey": {"title": filled.form},
        },
    }


def opnform(filled: Filled, at: datetime, event: str = "") -> Body:
    """OpnForm: neither id nor time nor event."""
    answers = {"Name": filled.name, "Email": filled.email, "Company": filled.company, "Topics": [*filled.topics]}
    data = {
        f"{n:08d}-0000-4000-8000-000000000000": (name, value) for n, (name, value) in enumerate(answers.items())
    }
    return {
        "form_title": filled.form,
        "form_slug": slug(filled.form),
        "submission": {name: value for name, value in data.values() if value},
        "data": {key: {"value": value, "name": name} for key, (name, value) in data.items() if value},
    }
