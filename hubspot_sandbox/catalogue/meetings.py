"""Property definitions of meetings, with an outcome of the account's own among the options.

https://developers.hubspot.com/docs/api-reference/latest/crm/activities/meetings/guide
"""

from hubspot_sandbox.catalogue.choices import SOURCE
from hubspot_sandbox.catalogue.rows import Row

OUTCOMES = (
    "SCHEDULED=Scheduled|COMPLETED=Completed|RESCHEDULED=Rescheduled|NO_SHOW=No show|CANCELED=Canceled"
    "|WAITING_FOR_PAPERS=Waiting for papers"
)
MEETING_SOURCES = "BIDIRECTIONAL_SYNC|CRM_UI|MEETINGS_PUBLIC|BIDIRECTIONAL_API"

MEETINGS: list[Row] = [
    ("hs_timestamp", "Activity date", "datetime/date", "", ""),
    ("hs_meeting_title", "Meeting name", "string/text", "", ""),
    ("hs_meeting_body", "Meeting description", "string/html", "", ""),
    ("hs_internal_meeting_notes", "Internal meeting notes", "string/html", "", ""),
    ("hs_meeting_start_time", "Meeting start time", "datetime/date", "", ""),
    ("hs_meeting_end_time", "Meeting end time", "datetime/date", "", ""),
    ("hs_meeting_location", "Location", "string/text", "", ""),
    ("hs_meeting_location_type", "Location type", "enumeration/select", "", "ADDRESS|CUSTOM|PHONE"),
    ("hs_meeting_external_url", "External URL", "string/text", "", ""),
    ("hs_meeting_outcome", "Meeting outcome", "enumeration/select", "", OUTCOMES),
    ("hs_activity_type", "Call and meeting type", "enumeration/select", "", "Sales call|Onboarding"),
    ("hubspot_owner_id", "Activity assigned to", "enumeration/select", "external", ""),
    ("hs_attendee_owner_ids", "Attendee owner IDs", "enumeration/checkbox", "external", ""),
    ("hs_attachment_ids", "Attached file IDs", "enumeration/checkbox", "external", ""),
    ("hs_meeting_source", "Meeting source", "enumeration/select", "ro", MEETING_SOURCES),
    ("hs_i_cal_uid", "iCal UID", "string/text", "ro", ""),
    ("hs_createdate", "Create date", "datetime/date", "ro", ""),
    ("hs_lastmodifieddate", "Last modified date", "datetime/date", "ro", ""),
    ("hs_object_id", "Record ID", "number/number", "ro unique", ""),
    ("hs_object_source", "Record creation source", "enumeration/select", "ro hidden", SOURCE),
    ("hs_object_source_id", "Record creation source ID", "string/text", "ro hidden", ""),
    ("hs_object_source_label", "Record source", "enumeration/select", "ro", SOURCE),
    ("hs_object_source_detail_1", "Record source detail 1", "string/text", "ro", ""),
    ("hs_merged_object_ids", "Merged Record IDs", "string/text", "ro", ""),
]
