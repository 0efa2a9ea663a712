"""Where bookings come from: the webhooks of booking sources, and the pages that set them up."""

from __future__ import annotations

from flask import Blueprint

from hubsync.sources.registry import SOURCES
from hubsync.sources.source import Source
from hubsync.web.sources import (
    account_page,
    name_page,
    new_secret,
    place,
    proof_page,
    sample_page,
    settings_page,
    teaching_page,
    webhooks,
)


def _pages_of(source: Source) -> Blueprint:
    pages = Blueprint(
        source.name,
        __name__,
        url_prefix=f"/teams/<team_slug>/settings/integrations/{source.name.replace('_', '-')}",
    )
    place.register(pages)
    settings_page.add_pages(pages, source)
    new_secret.add_pages(pages, source)
    account_page.add_pages(pages, source)
    name_page.add_pages(pages, source)
    sample_page.add_pages(pages, source)
    teaching_page.add_pages(pages, source)
    proof_page.add_pages(pages, source)
    return pages


BLUEPRINTS: tuple[Blueprint, ...] = (*map(_pages_of, SOURCES.values()), webhooks.pages)
"""The pages of this subject, those of each source under its own name."""
