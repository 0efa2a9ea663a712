"""Synonyms of HubSpot's common properties, in English and Japanese, so that labels find them."""

from __future__ import annotations

from functools import cache
from importlib import resources

from hubsync.domain.labels import forms, normalised
from hubsync.domain.mapping import Section

FULL_NAMES = ("Name", "Full name", "Your name", "お名前", "氏名", "名前", "姓名", "ご担当者", "担当者名", "担当者")
"""What asks for the whole name of the guest; HubSpot has no property for that."""

ABOUT_COMPANIES = frozenset(
    {"name", "website", "domain", "numberofemployees", "annualrevenue", "description", "founded_year"}
)
"""Properties whose answer is about the company when both sections have them; the others are about the guest."""


@cache
def property_names() -> dict[Section, dict[str, tuple[str, ...]]]:
    """The names of every property of ``data/property_names.txt``, by section and internal name."""
    lines = resources.files("hubsync.domain").joinpath("data/property_names.txt").read_text("utf-8").splitlines()
    names: dict[Section, dict[str, tuple[str, ...]]] = {section: {} for section in Section}
    for line in lines:
        if not line or line.startswith("#"):
            continue
        place, _colon, called = line.partition(": ")
        section, name = place.split()
        names[Section(section)][name] = tuple(called.split(" | "))
    return names


@cache
def properties_called(section: Section) -> dict[str, tuple[str, ...]]:
    """Normalised names to internal names."""
    properties: dict[str, tuple[str, ...]] = {}
    for name, called in property_names()[section].items():
        for form in {form for each in called for form in (normalised(each), forms(each)[-1])}:
            properties[form] = (*properties.get(form, ()), name)
    return properties
