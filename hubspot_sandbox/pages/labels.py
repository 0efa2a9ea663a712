"""Labels of permissions and of HTTP statuses."""

#: What each scope lets an app do, as the consent page says it.
SCOPE_WORDS = {
    "oauth": "Know which account it is connected to",
    "crm.objects.contacts.read": "See contacts",
    "crm.objects.contacts.write": "Create, change and archive contacts",
    "crm.objects.companies.read": "See companies",
    "crm.objects.companies.write": "Create, change and archive companies",
    "crm.objects.owners.read": "See users whom records can belong to",
    "crm.schemas.contacts.read": "See the properties contacts have",
    "crm.schemas.contacts.write": "Create and change properties of contacts",
    "crm.schemas.companies.read": "See the properties companies have",
    "crm.schemas.companies.write": "Create and change properties of companies",
}

_STATUS_WORDS = {
    200: "OK",
    201: "Created",
    204: "Done",
    207: "Partly done",
    400: "Refused",
    401: "Not signed in",
    403: "Not allowed",
    404: "Not found",
    409: "Conflict",
    414: "Address too long",
    423: "Locked",
    429: "Too many calls",
    477: "Account is moving",
}


def status_words(status: int | None) -> tuple[str, str]:
    """(words, tone) of an answer's status; the tone is good, warn or bad, the words stand without it."""
    if status is None:
        return "No answer", "bad"
    words = _STATUS_WORDS.get(status, "HubSpot is down" if status >= 500 else "")
    tone = "good" if status < 300 else "warn" if status in (404, 409, 423, 429, 477) or status < 400 else "bad"
    return f"{status} {words}".strip(), tone
