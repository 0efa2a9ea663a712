"""What readers call the places of time zones."""

from __future__ import annotations

import pytest
from babel import Locale
from flask import Flask
from flask_babel import force_locale

from hubsync.places import place_of
from hubsync.web.shell.time_zone_choices import calendar_zones, tell_zone, zone_choices, zone_words


@pytest.mark.parametrize(
    ("zone", "english", "japanese"),
    [
        ("Asia/Tokyo", "Asia/Tokyo", "東京"),
        ("America/New_York", "America/New York", "ニューヨーク"),
        ("America/Argentina/Buenos_Aires", "America/Argentina/Buenos Aires", "ブエノスアイレス"),
        ("Asia/Calcutta", "Asia/Calcutta", "コルカタ"),
        ("UTC", "UTC", "UTC"),
        ("America/Coyhaique", "America/Coyhaique", "America/Coyhaique"),
    ],
)
def test_a_place_has_the_name_that_the_language_has_for_it(zone: str, english: str, japanese: str) -> None:
    assert (place_of(zone, Locale("en", "GB")), place_of(zone, Locale("ja"))) == (english, japanese)


def test_zones_are_offered_by_their_places_in_japanese_and_by_their_names_in_english(app: Flask) -> None:
    with app.app_context(), force_locale("ja"):
        assert zone_words("Asia/Tokyo") == "東京"
        assert tell_zone("Asia/Tokyo") == "東京（Asia/Tokyo）"
        assert "東京（UTC+9）" in {each.label for each in zone_choices("")}
        assert len({tell_zone(each) for each in calendar_zones("")}) == len(calendar_zones(""))
    with app.app_context(), force_locale("en"):
        assert tell_zone("America/New_York") == "America/New_York"
        assert "America/New York (UTC" in " ".join(str(each.label) for each in zone_choices(""))
