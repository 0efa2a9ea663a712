"""The property definitions every new account has: about fifty for each of companies and contacts, and meetings.

Names and types follow one real account as far as it is known; the properties marked custom are made up so
that every kind is met. https://developers.hubspot.com/docs/api-reference/latest/crm/properties/guide
"""

from typing import Any

from hubspot_sandbox.catalogue.companies import COMPANIES
from hubspot_sandbox.catalogue.contacts import CONTACTS
from hubspot_sandbox.catalogue.meetings import MEETINGS
from hubspot_sandbox.catalogue.rows import definitions

CATALOGUE: dict[str, dict[str, dict[str, Any]]] = {
    "companies": definitions("companyinformation", COMPANIES),
    "contacts": definitions("contactinformation", CONTACTS),
    "meetings": definitions("meetinginformation", MEETINGS),
}
