"""Records that are deleted permanently, and the addresses that nobody may have afterwards."""

CONTACTS = "/crm/objects/2026-09/contacts"
ERASE = f"{CONTACTS}/gdpr-delete"


def test_a_contact_is_gone_for_good_and_its_address_is_refused_in_this_account(hubspot):
    made = hubspot.make("contacts", {"email": "jane@acme.co.jp"})["id"]
    stays = hubspot.make("contacts", {"email": "rei@acme.co.jp"})["id"]
    assert hubspot.post(ERASE, json={"objectId": made}).status_code == 204
    assert hubspot.get(f"{CONTACTS}/{made}?archived=true").status_code == 404
    assert hubspot.get(f"{CONTACTS}/{stays}").status_code == 200
    again = hubspot.post(CONTACTS, json={"properties": {"email": "Jane@acme.co.jp"}})
    assert (again.status_code, again.json()["errors"][0]["code"]) == (400, "GDPR_BLACKLISTED_EMAIL")
    assert hubspot.post(ERASE, json={"objectId": made}).status_code == 404
    assert hubspot.post(ERASE, json={}).status_code == 400


def test_an_address_that_no_contact_has_is_refused_from_then_on(hubspot):
    assert hubspot.post(ERASE, json={"objectId": "new@acme.co.jp", "idProperty": "email"}).status_code == 204
    assert hubspot.post(CONTACTS, json={"properties": {"email": "new@acme.co.jp"}}).status_code == 400
