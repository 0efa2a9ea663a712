"""Which properties are offered, in which order and under which names."""

from __future__ import annotations

from typing import Any

import pytest

from hubsync.domain.mapping import Section
from hubsync.hubspot.properties import (
    ARTICLE_COMPANY,
    ARTICLE_CONTACT,
    COMMON,
    OTHERS,
    Property,
    arrange,
    read_definitions,
)


def definition(name: str = "city", **more: Any) -> dict[str, Any]:
    return {"name": name, "label": name.title(), "type": "string", "fieldType": "text", "groupName": "info"} | more


def names(*definitions: dict[str, Any]) -> list[str]:
    return [each.name for each in read_definitions(definitions)]


def test_a_property_keeps_what_the_editor_needs():
    (found,) = read_definitions([definition("seats", label="Seats", type="number", description="How many")])
    assert found == Property("seats", "Seats", "number", group="info", field_type="text", description="How many")


@pytest.mark.parametrize(
    "mark",
    [
        {"type": "enumeration"},
        {"type": "bool"},
        {"type": "date"},
        {"type": "datetime"},
        {"type": "json"},
        {"type": None},
        {"hidden": True},
        {"archived": True},
        {"calculated": True},
        {"modificationMetadata": {"readOnlyValue": True}},
        {"dataSensitivity": "sensitive"},
        {"dataSensitivity": "highly_sensitive"},
        {"name": None},
        {"name": ""},
        {"fieldType": "file"},
        {"fieldType": "html"},
        {"fieldType": "select"},
        {"fieldType": "radio"},
        {"fieldType": "checkbox"},
        {"fieldType": "booleancheckbox"},
        {"fieldType": "date"},
        {"fieldType": "calculation_equation"},
        {"fieldType": "calculation_rollup"},
        {"fieldType": "calculation_score"},
        {"fieldType": "calculation_read_time"},
        {"type": "number", "fieldType": "calculation_equation"},
        {"type": "number", "fieldType": "html"},
        {"calculationFormula": "time_between(a, b)"},
        {"externalOptions": True},
        {"referencedObjectType": "OWNER"},
        {"type": ["string"]},
        {"type": {"is": "string"}},
        {"dataSensitivity": ["sensitive"]},
    ],
)
def test_what_cannot_be_written_is_not_offered(mark):
    assert names(definition() | mark, definition("zip")) == ["zip"]


@pytest.mark.parametrize(
    "mark",
    [
        {"hidden": False, "archived": False, "calculated": False, "dataSensitivity": "non_sensitive"},
        {"modificationMetadata": {"readOnlyValue": False, "readOnlyDefinition": True, "archivable": False}},
        {"modificationMetadata": None, "dataSensitivity": None},
        {"type": "number"},
        {"type": "number", "fieldType": "number"},
        {"fieldType": "phonenumber"},
        {"fieldType": "textarea"},
        {"fieldType": None},
        {"fieldType": ""},
        {"externalOptions": False, "calculationFormula": "", "referencedObjectType": None},
    ],
)
def test_what_can_be_written_is_offered(mark):
    assert names(definition() | mark) == ["city"]


def test_a_property_without_a_label_goes_by_its_name():
    (found,) = read_definitions([definition("seats", label=None)])
    assert found.label == "seats"


def test_the_common_properties_are_fourteen_and_nineteen():
    assert [len(ARTICLE_COMPANY), len(ARTICLE_CONTACT)] == [14, 19]
    assert ARTICLE_COMPANY[0] == ("name", "Company name")
    assert ("email", "Email(Required)") in ARTICLE_CONTACT


def test_the_common_ones_come_first_in_their_order_and_under_their_names():
    known = read_definitions(
        [
            definition("zip"),
            definition("b_custom", label="beta"),
            definition("name"),
            definition("a_custom", label="Alpha"),
        ]
    )
    common, others = arrange(known, Section.COMPANIES)
    assert (common.label_key, others.label_key) == (COMMON, OTHERS)
    assert [(each.name, each.label) for each in common.properties] == [
        ("name", "Company name"),
        ("zip", "Postal Code"),
    ]
    assert [(each.name, each.label) for each in others.properties] == [("a_custom", "Alpha"), ("b_custom", "beta")]


def test_contacts_have_their_own_order():
    known = read_definitions(
        [definition("email"), definition("company"), definition("lastname"), definition("name")]
    )
    common, others = arrange(known, Section.CONTACTS)
    assert [each.label for each in common.properties] == ["Last Name", "Email(Required)", "Company Name"]
    assert [each.name for each in others.properties] == ["name"]


def test_a_property_is_offered_once_and_an_empty_group_is_not():
    known = read_definitions([definition("name"), definition("name")])
    (common,) = arrange(known, Section.COMPANIES)
    assert [each.name for each in common.properties] == ["name"]
    assert arrange([], Section.COMPANIES) == []
