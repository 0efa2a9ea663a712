"""Overview of the settings: what counts, where it comes from and what it means, with every secret left out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Any
from urllib.parse import urlsplit

from hubsync.config.environment import PREFIX, Origin, SettingText, read_texts
from hubsync.config.meanings import GROUPS
from hubsync.config.table import REQUIRED, Settings


@dataclass(frozen=True)
class ShownSetting:
    """One setting. *shown* is its text as far as it may be seen, "" when there is none."""

    name: str
    shown: str
    origin: Origin
    means: str
    group: str


def list_settings(given: Mapping[str, str] | None = None) -> list[ShownSetting]:
    """Every setting there is, also while some are wrong; *given* as for `read_settings`."""
    texts = read_texts(given).texts
    return [
        ShownSetting(f"{PREFIX}{name}", _show(name, texts.get(name)), _origin(texts.get(name)), says, group.title)
        for group in GROUPS
        for name, says in group.meanings.items()
    ]


def default_text(name: str) -> str:
    """What counts when the setting *name* is not set, as one would write it; "" for nothing."""
    return "" if name in REQUIRED else _written(Settings.model_fields[name.lower()].default)


def is_secret(name: str) -> bool:
    """Whether the value of the setting *name* is shown nowhere."""
    return not Settings.model_fields[name.lower()].repr


def _origin(text: SettingText | None) -> Origin:
    return text.origin if text is not None else Origin.DEFAULT


def _show(name: str, text: SettingText | None) -> str:
    if text is None:
        return default_text(name)
    if not is_secret(name):
        return text.value.strip()
    return _address_alone(text.value) or "(set)"


def _address_alone(text: str) -> str:
    """An address without the user, password and query in it; "" for what is none."""
    try:
        url = urlsplit(text.strip())
        where = f"{url.hostname or ''}:{url.port}" if url.port else url.hostname or ""
    except ValueError:
        return ""
    return f"{url.scheme}://{where}{url.path}" if "://" in text and url.scheme else ""


def _written(value: Any) -> str:
    if isinstance(value, bool):
        return "on" if value else "off"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value.value if isinstance(value, Enum) else value) if isinstance(value, str | int | float) else ""
