"""What the pages say of each kind of record."""

from dataclasses import dataclass

from hubspot_sandbox.marks import N_


@dataclass(frozen=True)
class RecordWords:
    """Sentences about one kind, each whole: languages have other plurals and another order of words.

    *far* heads the column of the records that are associated, *ends* their list on a record's page.
    """

    title: str
    of_account: str
    one: str
    search: str
    none_yet: str
    far: str
    ends: str
    no_ends: str


RECORD_WORDS = {
    "contacts": RecordWords(
        title=N_("Contacts"),
        of_account=N_("Contacts of %(account)s"),
        one=N_("Contact %(id)s"),
        search=N_("Search contacts"),
        none_yet=N_("No contacts yet."),
        far=N_("Company"),
        ends=N_("Companies"),
        no_ends=N_("Not associated with any company."),
    ),
    "companies": RecordWords(
        title=N_("Companies"),
        of_account=N_("Companies of %(account)s"),
        one=N_("Company %(id)s"),
        search=N_("Search companies"),
        none_yet=N_("No companies yet."),
        far=N_("Contacts"),
        ends=N_("Contacts"),
        no_ends=N_("Not associated with any contact."),
    ),
    "meetings": RecordWords(
        title=N_("Meetings"),
        of_account=N_("Meetings of %(account)s"),
        one=N_("Meeting %(id)s"),
        search=N_("Search meetings"),
        none_yet=N_("No meetings yet."),
        far=N_("On the timeline of"),
        ends=N_("On the timeline of"),
        no_ends=N_("Of no record: it can be seen nowhere in HubSpot."),
    ),
}
