"""Reading the settings: from environment variables with the prefix ``HUBSYNC_``, every problem at once."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import Enum

from pydantic import ValidationError

from hubsync.config.clear_text import find_exposures
from hubsync.config.formats import read_log_format as parse_log_format
from hubsync.config.table import APPS, NAMES, REQUIRED, Settings
from hubsync.domain.log_formats import LogFormat

PREFIX = "HUBSYNC_"
IN_FILE = "_FILE"
"""Ends the name of a variable with the path of a file that the setting is in, as containers hand secrets over."""
_LARGEST_FILE = 65_536


class Origin(Enum):
    """Where the text of a setting comes from."""

    ENVIRONMENT = "environment"
    FILE = "file"
    DEFAULT = "default"


@dataclass(frozen=True)
class SettingText:
    """The text of a setting that is set."""

    value: str = field(repr=False)
    origin: Origin


@dataclass(frozen=True)
class SettingTexts:
    """The *texts* of the settings that are set, by their names, and what is wrong with files that are *unread*."""

    texts: Mapping[str, SettingText]
    unread: Mapping[str, str]


class SettingsRefused(Exception):
    """The settings cannot be served with; ``problems`` has one line per problem, never a secret's value."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems


def read_settings(given: Mapping[str, str] | None = None) -> Settings:
    """Return the settings, typed.

    *given* maps names without the prefix to texts; None reads the environment, and nothing else. An empty text
    counts as not set. A name with ``_FILE`` behind it names a file with the text, which counts where there is no
    text itself. Raises SettingsRefused with every problem there is.
    """
    found = read_texts(given)
    texts, unread = {name: text.value for name, text in found.texts.items()}, found.unread
    settings, faults = _parse(texts)
    faults |= {name: "is not set" for name in REQUIRED if name not in texts and name not in unread}
    problems = [f"{PREFIX}{name} {faults[name]}." for name in NAMES if name in faults]
    problems += [f"{PREFIX}{name}{IN_FILE} names {fault}." for name, fault in unread.items()]
    problems += _halves(texts)
    if "OIDC_CLIENT_ID" in texts and "OIDC_METADATA_URL" not in texts:
        problems.append(f"{PREFIX}OIDC_METADATA_URL is not set, but {PREFIX}OIDC_CLIENT_ID is.")
    if not settings.allow_http:
        problems += [exposure.problem for exposure in find_exposures(settings) if exposure.refused]
    if problems:
        raise SettingsRefused(problems)
    return settings


def read_log_format() -> LogFormat:
    """How the log is to be written, before anything else is read; what cannot be read is told of in text."""
    try:
        text = read_texts().texts.get("LOG_FORMAT")
        return parse_log_format(text.value) if text is not None else LogFormat.TEXT
    except ValueError:
        return LogFormat.TEXT


def read_texts(given: Mapping[str, str] | None = None) -> SettingTexts:
    """The texts of all settings that are set, and what is wrong with files that cannot be read."""
    named = {name: text for name, text in (_environment() if given is None else given).items() if text.strip()}
    texts: dict[str, SettingText] = {}
    unread: dict[str, str] = {}
    for name in NAMES:
        path = named.get(f"{name}{IN_FILE}", "").strip()
        if name in named:
            texts[name] = SettingText(named[name], Origin.ENVIRONMENT)
        elif path:
            try:
                texts[name] = SettingText(_read_file(path), Origin.FILE)
            except OSError as fault:
                unread[name] = f"a file that cannot be read: {fault.strerror}"
            except UnicodeError:
                unread[name] = "a file that is no text"
            except ValueError:
                unread[name] = "a file without a text, or with too long a one"
    return SettingTexts(texts, unread)


def list_unknown() -> list[str]:
    """Variables with our prefix that no setting is called by, such as those with a typing mistake."""
    known = {name + end for name in NAMES for end in ("", IN_FILE)}
    return sorted(f"{PREFIX}{name}" for name in _environment() if name not in known)


def _read_file(path: str) -> str:
    with open(path, encoding="utf-8") as file:
        text = file.read(_LARGEST_FILE + 1).strip()
    if not text or len(text) > _LARGEST_FILE:
        raise ValueError("no text, or too long a one")
    return text


def _environment() -> dict[str, str]:
    return {name.removeprefix(PREFIX): text for name, text in os.environ.items() if name.startswith(PREFIX)}


def _parse(texts: Mapping[str, str]) -> tuple[Settings, dict[str, str]]:
    """What can be read of *texts*, with the defaults for the rest, and what is wrong with that by its name."""
    try:
        return Settings.model_validate(texts), {}
    except ValidationError as refused:
        faults = {str(each["loc"][0]): str(each["ctx"]["error"]) for each in refused.errors()}
    return Settings.model_validate({name: text for name, text in texts.items() if name not in faults}), faults


def _halves(texts: Mapping[str, str]) -> Iterator[str]:
    """One problem for each app of which only the client id or only the client secret is set."""
    for app in APPS:
        names = (f"{app}_CLIENT_ID", f"{app}_CLIENT_SECRET")
        missing = [name for name in names if name not in texts]
        if len(missing) == 1:
            (other,) = set(names) - set(missing)
            yield f"{PREFIX}{missing[0]} is not set, but {PREFIX}{other} is: set both or neither."
