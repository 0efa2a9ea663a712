"""Addresses of HubSpot's screens."""

from __future__ import annotations

from hubsync.hubspot.links import connected_apps_url, record_url, service_keys_url


def test_a_record_is_on_the_host_that_the_account_names():
    assert (
        record_url("https://app.hubspot.com", "app-eu1.hubspot.com", "123", "contacts", "7")
        == "https://app-eu1.hubspot.com/contacts/123/record/0-1/7"
    )
    assert (
        record_url("https://app.hubspot.com", None, "123", "companies", "12")
        == "https://app.hubspot.com/contacts/123/record/0-2/12"
    )


def test_a_sandbox_on_a_port_is_linked_by_its_own_scheme():
    assert record_url("http://localhost:9000", "localhost:9000", "1", "contacts", "7").startswith(
        "http://localhost:9000/"
    )
    assert (
        connected_apps_url("http://localhost:9000", None, "1")
        == "http://localhost:9000/integrations-settings/1/installed"
    )


def test_an_id_cannot_lead_elsewhere():
    assert record_url("https://app.hubspot.com", None, "1/../2", "contacts", "7?x").endswith(
        "/1%2F..%2F2/record/0-1/7%3Fx"
    )


def test_the_pages_of_connected_apps_and_keys_belong_to_the_account():
    assert connected_apps_url("https://app.hubspot.com", "app-eu1.hubspot.com", "123").endswith("/123/installed")
    assert (
        service_keys_url("https://app.hubspot.com", "app-eu1.hubspot.com", "123")
        == "https://app-eu1.hubspot.com/service-keys/123"
    )
