"""Booking pages inside the pages of other sites: which sites a page may be in, and the snippet for theirs."""

from __future__ import annotations

from flask import request, url_for
from markupsafe import Markup

from hubsync.config import settings
from hubsync.services.bookings import booking_page
from hubsync.web.bookings.page import pages, show_page
from hubsync.web.shell.headers import allow_frames


@pages.before_request
def allow_parent_sites() -> None:
    """Let the sites that the page's team has listed show it, whatever the answer will be.

    Where the page is only shown they are read with it.
    """
    if request.endpoint != f"{pages.name}.{show_page.__name__}":
        allow_frames(booking_page.list_parent_sites((request.view_args or {}).get("slug", "")))


def write_snippet(address: str, title: str) -> str:
    """HTML for another site: the booking page at *address* in a frame that is as high as the page.

    The script is loaded beside the site's own work, so that nothing waits for it; without it the frame scrolls.
    """
    script = settings().base_url + url_for("static", filename="bookings/embed.js")
    snippet = Markup(
        '<iframe src="{}" title="{}" style="width: 100%; height: 720px; border: 0"></iframe>'
        '<script src="{}" async></script>'
    ).format(address, title, script)
    return str(snippet)  # a text, which a page shows and does not obey
