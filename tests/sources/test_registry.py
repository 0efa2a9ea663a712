from __future__ import annotations

from hubsync.sources import SOURCES, signed_json


def test_every_source_is_found_under_the_name_its_bookings_carry():
    assert {name: source.name for name, source in SOURCES.items()} == {"signed_json": "signed_json"}
    assert SOURCES["signed_json"].read is signed_json.read
    assert SOURCES["signed_json"].proof_header == "X-HubSync-Signature"
