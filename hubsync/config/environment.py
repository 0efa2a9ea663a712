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
OF_A_FILE = "_FILE"
"""Ends the name of a variable with the path of a file that the setting is in, as containers hand secrets over."""
LARGEST_FILE = 65_536


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
    """The *texts* of the settings that are set, and *faults* of those whose text cannot be had, by their names."""

    texts: Mapping[str, SettingText]
    faults: Mapping[str, str]


class SettingsRefused(Exception):
    """The settings cannot be served with; ``problems`` has one line per problem, never a secret's value."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems


def read_settings(given: Mapping[str, str] | None = None) -> Settings:
    """Return the settings, typed.

    *given* maps names without the prefix to texts; None reads the environment, and the files that it names, and
    nothing else. An empty text counts as not set. Raises SettingsRefused with every problem there is.
    """
    read = read_texts(given)
    texts = {name: text.value for name, text in read.texts.items()}
    settings, faults = _parse(texts)
    faults |= {name: "is not set" for name in REQUIRED if name not in texts}
    faults |= read.faults
    problems = [f"{PREFIX}{name} {faults[name]}." for name in NAMES if name in faults]
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
    """The texts of all settings that are set, and what is wrong with those that are to come from files."""
    environment = {
        name: text for name, text in (_environment() if given is None else given).items() if text.strip()
    }
    texts = {name: SettingText(environment[name], Origin.ENVIRONMENT) for name in NAMES if name in environment}
    faults: dict[str, str] = {}
    for name in NAMES:
        path = environment.get(name + OF_A_FILE)
        if path is None:
            continue
        if name in texts:
            faults[name] = f"is set, and {PREFIX}{name}{OF_A_FILE} is as well: set one of them"
            continue
        try:
            text = _read_file(path.strip())
        except (OSError, ValueError) as fault:
            why = fault.strerror if isinstance(fault, OSError) else str(fault)
            faults[name] = f"cannot be read from the file that {PREFIX}{name}{OF_A_FILE} names: {why}"
        else:
            if text:
                texts[name] = SettingText(text, Origin.FILE)
    return SettingTexts(texts, faults)


def list_unknown() -> list[str]:
    """Variables with our prefix that no setting is called by, such as those with a typing mistake."""
    known = {name + end for name in NAMES for end in ("", OF_A_FILE)}
    return sorted(f"{PREFIX}{name}" for name in _environment() if name not in known)


def _read_file(path: str) -> str:
    with open(path, encoding="utf-8") as file:
        text = file.read(LARGEST_FILE + 1)
    if len(text) > LARGEST_FILE:
        raise ValueError("it is too large")
    return text.strip()


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
