"""Options of an endpoint: which preset it has, and what a team said itself. They are stored as JSON."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pydantic import field_validator

from hubsync.sources.signed_webhook.paths import Model
from hubsync.sources.signed_webhook.presets import ANOTHER, PRESETS, Preset, PresetName
from hubsync.sources.signed_webhook.schemes import Scheme
from hubsync.sources.signed_webhook.teaching import Events, Teaching


class Options(Model):
    """*scheme* and *teaching* count instead of the preset's where a team has them."""

    preset: PresetName = ANOTHER
    scheme: Scheme | None = None
    teaching: Teaching | None = None

    @field_validator("preset")
    @classmethod
    def _is_known(cls, name: str) -> str:
        if name not in PRESETS:
            raise ValueError("there is no such preset")
        return name

    def known(self) -> Preset:
        """The preset itself."""
        return PRESETS[self.preset]

    def effective(self) -> Preset:
        """The preset as the team has it; events that the team does not name are the preset's."""
        known = self.known()
        teaching = self.teaching or known.teaching
        events: Events | None = teaching.events or known.teaching.events
        ignored = teaching.ignored or known.teaching.ignored
        return known.model_copy(
            update={
                "scheme": self.scheme or known.scheme,
                "teaching": teaching.model_copy(update={"events": events, "ignored": ignored}),
            }
        )

    def stored(self) -> dict[str, Any]:
        """The options as JSON, without what is as usual."""
        told: dict[str, Any] = {"preset": self.preset}
        if self.scheme is not None:
            told["scheme"] = self.scheme.model_dump(mode="json", exclude_defaults=True)
        if self.teaching is not None:
            told["teaching"] = self.teaching.stored()
        return told


def read_options(stored: Mapping[str, Any]) -> Options:
    """The options that were `Options.stored`; raises ValueError for anything else, repeating nothing of it."""
    return Options.model_validate(dict(stored))
