"""Labels of permissions, properties and HTTP statuses."""

from flask_babel import gettext as _

from hubspot_sandbox.marks import N_

#: What each scope lets an app do, as the consent page says it.
SCOPE_WORDS = {
    "oauth": N_("Know which account it is connected to"),
    "crm.objects.contacts.read": N_("See contacts"),
    "crm.objects.contacts.write": N_("Create, change and archive contacts"),
    "crm.objects.companies.read": N_("See companies"),
    "crm.objects.companies.write": N_("Create, change and archive companies"),
    "crm.objects.owners.read": N_("See users whom records can belong to"),
    "crm.schemas.contacts.read": N_("See the properties contacts have"),
    "crm.schemas.contacts.write": N_("Create and change properties of contacts"),
    "crm.schemas.companies.read": N_("See the properties companies have"),
    "crm.schemas.companies.write": N_("Create and change properties of companies"),
}

_STATUS_WORDS = {
    200: N_("OK"),
    201: N_("Created"),
    204: N_("Done"),
    207: N_("Partly done"),
    400: N_("Refused"),
    401: N_("Not signed in"),
    403: N_("Not allowed"),
    404: N_("Not found"),
    409: N_("Conflict"),
    414: N_("Address too long"),
    423: N_("Locked"),
    429: N_("Too many calls"),
    477: N_("Account is moving"),
}

#: Labels that HubSpot's account has in its users' language: those of the properties that bookings are posted to.
_PROPERTIES = frozenset(
    {
        N_("Last Name"),
        N_("First Name"),
        N_("Salutation"),
        N_("Email"),
        N_("Mobile Phone Number"),
        N_("Phone Number"),
        N_("Fax Number"),
        N_("Job Title"),
        N_("Company Name"),
        N_("Twitter Username"),
        N_("WhatsApp Phone Number"),
        N_("Company name"),
        N_("Company Domain Name"),
        N_("Website URL"),
        N_("Country/Region"),
        N_("Postal Code"),
        N_("State/Region"),
        N_("City"),
        N_("Street Address"),
        N_("Street Address 2"),
        N_("Industry"),
        N_("Number of Employees"),
        N_("Annual Revenue"),
        N_("Year Founded"),
        N_("Description"),
        N_("Lifecycle Stage"),
        N_("Lead Status"),
        N_("Message"),
        N_("Activity date"),
        N_("Meeting name"),
        N_("Meeting description"),
        N_("Internal meeting notes"),
        N_("Meeting start time"),
        N_("Meeting end time"),
        N_("Location"),
        N_("Location type"),
        N_("External URL"),
        N_("Meeting outcome"),
        N_("Meeting source"),
    }
)


def property_words(label: str) -> str:
    """A property's *label* as the reader's HubSpot would show it; another one as the account has it."""
    return _(label) if label in _PROPERTIES else label


def status_words(status: int | None) -> tuple[str, str]:
    """(words, tone) of an answer's status; the tone is good, warn or bad, the words stand without it."""
    if status is None:
        return _("No answer"), "bad"
    words = _STATUS_WORDS.get(status, N_("HubSpot is down") if status >= 500 else "")
    tone = "good" if status < 300 else "warn" if status in (404, 409, 423, 429, 477) or status < 400 else "bad"
    return f"{status} {_(words)}" if words else str(status), tone
