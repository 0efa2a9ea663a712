"""Presets: what is known of each sender, one small JSON file each; `another` is for everybody else.

A file is read by `Preset`, so that a mistake in it is seen at the start.
"""

from __future__ import annotations

from importlib import resources
from typing import Annotated

from pydantic import StringConstraints

from hubsync.sources.signed_webhook.paths import Model, Path, Text
from hubsync.sources.signed_webhook.schemes import Carrier, Scheme
from hubsync.sources.signed_webhook.teaching import Condition, Teaching

ANOTHER = "another"

PresetName = Annotated[str, StringConstraints(pattern=r"^[a-z0-9_]{1,50}$")]


class UrlCheck(Model):
    """A sender's question whether the address is ours: it wants its *token* back under the name *plain*, and the
    token's HMAC with the secret under the name *proof*."""

    when: Condition
    token: Path
    plain: Text
    proof: Text


class Preset(Model):
    """One sender: *label* is its own name, *scheme* its proof, *teaching* where it says what.

    *has_times* tells that it sends appointments, not filled-in forms, *makes_secret* that it makes the secret
    itself, and *tries_first* that it does so only after its test was answered well.
    """

    label: Text
    scheme: Scheme
    teaching: Teaching
    has_times: bool = False
    makes_secret: bool = False
    tries_first: bool = False
    url_check: UrlCheck | None = None

    @property
    def events(self) -> tuple[str, ...]:
        """Those of its events that tell of a booking."""
        return self.teaching.events.named if self.teaching.events is not None else ()

    @property
    def unsigned(self) -> bool:
        """Whether it signs nothing, so that everybody who sees the secret can send as well."""
        return self.scheme.carrier is not Carrier.SIGNATURE


def _read_all() -> dict[str, Preset]:
    """Every preset by the name of its file, `another` last."""
    files = [each for each in resources.files(__package__).iterdir() if each.name.endswith(".json")]
    read = {each.name.removesuffix(".json"): Preset.model_validate_json(each.read_bytes()) for each in files}
    return {name: read[name] for name in sorted(read, key=lambda each: (each == ANOTHER, read[each].label))}


PRESETS = _read_all()
"""The presets by their names, in the order in which people look for them."""
