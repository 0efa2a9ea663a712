"""Signed webhook: one source for many forms and schedulers, each by a preset or by what a team taught it.

README.md has the presets' payloads and traps.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import partial
from typing import Any

from hubsync.errors import N_
from hubsync.sources.signed_webhook import proof
from hubsync.sources.signed_webhook.lessons import TEACHABLE
from hubsync.sources.signed_webhook.options import Options, read_options
from hubsync.sources.signed_webhook.presets import ANOTHER
from hubsync.sources.signed_webhook.read import NAME, is_test, parse, read
from hubsync.sources.signed_webhook.url_check import answer_url_check
from hubsync.sources.source import Source


def configure(options: Mapping[str, Any]) -> Source:
    """The source that a team has set up: verified and read as its preset and its own words say.

    Raises ValueError for options that are none.
    """
    told = read_options(options)
    preset = told.effective()
    label = SOURCE.label if told.preset == ANOTHER else preset.label
    return replace(
        SOURCE,
        label=label,
        events=preset.events,
        verify=partial(proof.verify, preset.scheme),
        read=partial(read, teaching=preset.teaching, sender=label),
        prove=partial(proof.prove, preset.scheme),
        answer=partial(answer_url_check, preset.url_check) if preset.url_check is not None else None,
        tries_first=partial(is_test, teaching=preset.teaching) if preset.tries_first else None,
        entered_secret=preset.makes_secret,
        proof_headers=preset.scheme.headers,
        proof_params=preset.scheme.params,
    )


_USUAL = Options().effective()
_LABEL = N_("Signed webhook")


SOURCE = Source(
    name=NAME,
    word="webhook",
    label=_LABEL,
    summary=N_("For forms and schedulers that send webhooks: Typeform, Tally, Zoom Scheduler and others."),
    subtitle=N_("For forms and schedulers that send webhooks, known ones and any other."),
    events=_USUAL.events,
    verify=partial(proof.verify, _USUAL.scheme),
    read=partial(read, teaching=_USUAL.teaching, sender=_LABEL),
    prove=partial(proof.prove, _USUAL.scheme),
    parse=parse,
    proof_headers=_USUAL.scheme.headers,
    proof_params=_USUAL.scheme.params,
    configure=configure,
    takes_several=True,
    teachable=TEACHABLE,
)
