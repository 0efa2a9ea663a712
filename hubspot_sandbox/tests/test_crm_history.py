"""What a property was before."""

CONTACTS = "/crm/objects/2026-09/contacts"


def history(hubspot, contact: str, *names: str) -> dict:
    return hubspot.get(f"{CONTACTS}/{contact}?propertiesWithHistory={','.join(names)}").json()[
        "propertiesWithHistory"
    ]


def test_a_read_tells_every_value_newest_first_with_its_source(hubspot):
    contact = hubspot.seed("contacts", {"email": "jane@acme.co.jp", "city": "Osaka"})
    hubspot.patch(f"{CONTACTS}/{contact}", json={"properties": {"city": "Kobe"}})
    hubspot.patch(f"{CONTACTS}/{contact}", json={"properties": {"city": "", "jobtitle": "Buyer"}})
    hubspot.patch(f"{CONTACTS}/{contact}", json={"properties": {"jobtitle": "Buyer"}})
    told = history(hubspot, contact, "city", "jobtitle", "fax", "nonsense")
    assert [(one["value"], one["sourceType"]) for one in told["city"]] == [
        ("", "INTEGRATION"),
        ("Kobe", "INTEGRATION"),
        ("Osaka", "CRM_UI"),
    ]
    assert [one["value"] for one in told["jobtitle"]] == ["Buyer"]
    assert told["fax"] == []
    assert "nonsense" not in told
    moments = [one["timestamp"] for one in told["city"]]
    assert moments == sorted(moments, reverse=True)
    assert told["city"][0]["sourceLabel"] == "Service key"


def test_history_comes_only_when_it_is_asked_for_and_in_lists_too(hubspot):
    contact = hubspot.make("contacts", {"email": "jane@acme.co.jp"})["id"]
    assert "propertiesWithHistory" not in hubspot.get(f"{CONTACTS}/{contact}").json()
    (listed,) = hubspot.get(f"{CONTACTS}?propertiesWithHistory=email").json()["results"]
    assert [one["value"] for one in listed["propertiesWithHistory"]["email"]] == ["jane@acme.co.jp"]


def test_only_the_latest_45_values_of_a_contact_are_kept(hubspot):
    contact = hubspot.make("contacts", {"email": "jane@acme.co.jp"})["id"]
    for number in range(47):
        hubspot.patch(f"{CONTACTS}/{contact}", json={"properties": {"city": str(number)}})
    told = history(hubspot, contact, "city")["city"]
    assert [one["value"] for one in told] == [str(number) for number in range(46, 1, -1)]


def test_values_that_came_with_a_merge_say_so(hubspot):
    stays = hubspot.make("contacts", {"email": "jane@acme.co.jp"})["id"]
    gone = hubspot.make("contacts", {"email": "j@home.net", "city": "Kobe"})["id"]
    hubspot.post(f"/sandbox/api/records/contacts/{gone}/merge", json={"into": stays})
    (kobe,) = history(hubspot, gone, "city")["city"]
    assert (kobe["value"], kobe["sourceType"]) == ("Kobe", "MERGE_OBJECTS")


def test_a_sensitive_property_keeps_its_history_to_itself(hubspot):
    contact = hubspot.seed("contacts", {"email": "jane@acme.co.jp", "passport_number": "X1"})
    answer = hubspot.get(f"{CONTACTS}/{contact}?propertiesWithHistory=passport_number")
    assert "X1" not in answer.text


def test_what_is_set_by_hand_names_the_user_and_what_stands_beside_a_record_is_told(hubspot):
    contact = hubspot.seed("contacts", {"email": "jane@acme.co.jp"})
    (entry,) = history(hubspot, contact, "email")["email"]
    assert (entry["sourceType"], entry["updatedByUserId"]) == ("CRM_UI", 9001)
    beside = f"/sandbox/api/records/contacts/{contact}/beside"
    for kind in ("deals", "notes"):
        assert hubspot.post(beside, json={"object": kind, "id": "7"}).status_code == 200
    assert hubspot.post(beside, json={"object": "cars"}).status_code == 400
    assert hubspot.get(f"{CONTACTS}/{contact}?associations=deals,notes,tickets").json()["associations"] == {
        "deals": {"results": [{"id": "7", "type": "contact_to_deal"}]},
        "notes": {"results": [{"id": "7", "type": "contact_to_note"}]},
    }
