"""URLs of HubSpot's own pages."""

from __future__ import annotations

from typing import Literal
from urllib.parse import quote, urlsplit

#: https://developers.hubspot.com/docs/api-reference/latest/crm/using-object-apis
TYPE_IDS = {"contacts": "0-1", "companies": "0-2", "meetings": "0-47"}


def record_url(
    app_url: str,
    ui_domain: str | None,
    account_id: str,
    object_name: Literal["companies", "contacts", "meetings"],
    record_id: str,
) -> str:
    """Return the address of a record's page.

    *app_url* is where HubSpot's screens are (``https://app.hubspot.com``), *ui_domain* the host that the account
    itself names, such as ``app-eu1.hubspot.com``, which goes first. The form of the address is the one
    https://developers.hubspot.com/docs/api-reference/latest/crm/using-object-apis shows.
    """
    end = f"contacts/{quote(account_id, safe='')}/record/{TYPE_IDS[object_name]}/{quote(record_id, safe='')}"
    return f"{_screens(app_url, ui_domain)}/{end}"


def account_url(app_url: str, ui_domain: str | None, account_id: str) -> str:
    """Return the address of the account's contacts, where people land who want to see what was posted.

    https://developers.hubspot.com/docs/api-reference/latest/crm/using-object-apis shows the form of the address.
    """
    return f"{_screens(app_url, ui_domain)}/contacts/{quote(account_id, safe='')}/objects/{TYPE_IDS['contacts']}"


def connected_apps_url(app_url: str, ui_domain: str | None, account_id: str) -> str:
    """Return the address of Settings > Integrations > Connected apps.

    HubSpot documents the way through the menu only; the address is what several integrations send people to
    (seen, not promised), so a page that shows it prints the steps too.
    https://knowledge.hubspot.com/integrations/connect-apps-to-hubspot
    """
    return f"{_screens(app_url, ui_domain)}/integrations-settings/{quote(account_id, safe='')}/installed"


def service_keys_url(app_url: str, ui_domain: str | None, account_id: str) -> str:
    """Return the address of Development > Keys > Service keys; seen, not promised, as the one above.

    https://developers.hubspot.com/docs/apps/developer-platform/build-apps/authentication/account-service-keys
    """
    return f"{_screens(app_url, ui_domain)}/service-keys/{quote(account_id, safe='')}"


def _screens(app_url: str, ui_domain: str | None) -> str:
    url = urlsplit(app_url)
    return f"{url.scheme}://{ui_domain or url.netloc}"
