"""Teaching of an address: how its sender's bodies are read is saved, and what waited for it comes in."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from typing import Any

from hubsync.errors import BodyUnreadable, NotFound
from hubsync.services.sources import endpoint_setup, endpoints
from hubsync.services.sources.intake import Received, take_body
from hubsync.services.sources.samples import drop_sample, find_sample
from hubsync.sources.registry import SOURCES


def save_options(
    team_id: int, source: str, number: int, options: Mapping[str, Any], *, by: int, take_sample: bool
) -> Received | None:
    """Read the bodies of the address by *options* from now on, and forget the sample they were taught by.

    With *take_sample* a sample that was sent, and those that came after it, come in as if they had been sent now,
    because their sender may not send them again; returns what became of the first one then. One that was pasted is
    no booking of anybody's. What was sent again meanwhile is known by its id. Raises NotFound, and BodyUnreadable
    for a sample that *options* cannot read; then nothing is saved.
    """
    endpoint = endpoints.show_endpoint(team_id, source, number)
    if endpoint is None:
        raise NotFound("no such endpoint")
    sample = find_sample(endpoint.id)
    taught = endpoints.configured(SOURCES[source], options)
    if sample is not None:
        taught.read(taught.parse(sample.body))
    endpoint_setup.set_up(team_id, source, number=number, by=by, options=options)
    taken, sample = None, find_sample(endpoint.id)  # as it is now that nothing is put behind it any more
    if sample is not None and sample.was_sent and take_sample:
        taken = take_body(team_id, taught, number, endpoint.id, sample.body)
        for each in sample.later:
            with suppress(BodyUnreadable):  # it is listed with what is wrong
                take_body(team_id, taught, number, endpoint.id, each, seconds=0)
    drop_sample(endpoint.id)
    return taken
