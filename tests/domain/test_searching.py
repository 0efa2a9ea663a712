"""Search keys of companies: a Japanese name is found without its legal form, wherever that stands."""

from __future__ import annotations

import pytest

from hubsync.domain.searching import LEGAL_FORMS, as_searched, company_as_searched


@pytest.mark.parametrize(
    "written",
    [
        "株式会社アクメ",
        "株式会社　アクメ",
        "㍿アクメ",
        "㈱アクメ",
        "（株）アクメ",
        "(株) ｱｸﾒ",
        "アクメ株式会社",
        "アクメ(株)",
        "アクメ",
    ],
)
def test_a_company_has_one_key_however_its_legal_form_is_written(written: str) -> None:
    assert company_as_searched(written) == "アクメ"


@pytest.mark.parametrize(
    ("written", "key"),
    [
        ("株式会社", "株式会社"),
        ("アクメ株式会社東京支店", "アクメ株式会社東京支店"),
        ("Acme  Inc.", "acme inc."),
        ("NPO法人みどり", "みどり"),
        ("", ""),
    ],
)
def test_nothing_else_is_taken_off(written: str, key: str) -> None:
    assert company_as_searched(written) == key


def test_legal_forms_are_written_as_keys_have_them() -> None:
    assert [form for form in LEGAL_FORMS if as_searched(form) != form] == []
