"""Search: what is found, what is refused, and how it lags."""

import pytest

SEARCH = "/crm/objects/2026-09/contacts/search"


@pytest.fixture
def people(hubspot):
    """Ids by first name."""
    rows = [
        {"firstname": "Jane", "email": "jane@acme.co.jp", "seminar_count": "5", "hs_language": "ja"},
        {"firstname": "Joe", "email": "joe@acme.co.jp", "seminar_count": "12", "closedate": "2026-03-01"},
        {"firstname": "Ann", "email": "ann@other.org", "city": "New York", "hs_language": "en"},
    ]
    return {row["firstname"]: hubspot.make("contacts", row)["id"] for row in rows}


FILTERS = [
    ([("email", "EQ", "JANE@Acme.co.jp")], ["Jane"]),
    ([("firstname", "NEQ", "jane")], ["Joe", "Ann"]),
    ([("seminar_count", "EQ", "5.0")], ["Jane"]),
    ([("seminar_count", "LT", "12")], ["Jane"]),
    ([("seminar_count", "LTE", "12")], ["Jane", "Joe"]),
    ([("seminar_count", "GT", "5")], ["Joe"]),
    ([("seminar_count", "GTE", "5")], ["Jane", "Joe"]),
    ([("closedate", "GT", "1700000000000")], ["Joe"]),
    ([("city", "HAS_PROPERTY")], ["Ann"]),
    ([("city", "NOT_HAS_PROPERTY")], ["Jane", "Joe"]),
    ([("email", "CONTAINS_TOKEN", "*@acme.co.jp")], ["Jane", "Joe"]),
    ([("city", "CONTAINS_TOKEN", "york")], ["Ann"]),
    ([("city", "CONTAINS_TOKEN", "yor")], []),
    ([("city", "CONTAINS_TOKEN", "yor*")], ["Ann"]),
    ([("email", "NOT_CONTAINS_TOKEN", "acme")], ["Ann"]),
    ([("hs_language", "EQ", "ja")], ["Jane"]),
    ([("hs_language", "EQ", "JA")], []),
    ([("firstname", "EQ", "jane"), ("seminar_count", "EQ", "12")], []),
    ([], ["Jane", "Joe", "Ann"]),
]


@pytest.mark.parametrize(("filters", "expected"), FILTERS)
def test_a_filter_finds_what_it_should(hubspot, people, filters, expected):
    assert hubspot.find("contacts", *filters) == [people[name] for name in expected]


def raw(hubspot, **body: object) -> dict:
    answer = hubspot.post(SEARCH, json=body)
    assert answer.status_code == 200, answer.text
    return answer.json()


def one_filter(**wanted: object) -> list:
    return [{"filters": [wanted]}]


def test_in_wants_lower_case_values_for_strings(hubspot, people):
    for operator, values, expected in (
        ("IN", ["jane", "ann"], ["Jane", "Ann"]),
        ("IN", ["Jane"], []),
        ("NOT_IN", ["jane"], ["Joe", "Ann"]),
    ):
        groups = one_filter(propertyName="firstname", operator=operator, values=values)
        found = [one["id"] for one in raw(hubspot, filterGroups=groups)["results"]]
        assert found == [people[name] for name in expected]


def test_between_includes_both_ends(hubspot, people):
    groups = one_filter(propertyName="seminar_count", operator="BETWEEN", value="5", highValue="12")
    assert raw(hubspot, filterGroups=groups)["total"] == 2


def test_groups_are_alternatives(hubspot, people):
    groups = [
        *one_filter(propertyName="firstname", operator="EQ", value="jane"),
        *one_filter(propertyName="city", operator="EQ", value="new york"),
    ]
    assert [one["id"] for one in raw(hubspot, filterGroups=groups)["results"]] == [people["Jane"], people["Ann"]]


def test_nothing_found_is_200_with_total_0(hubspot):
    assert raw(hubspot, filterGroups=[]) == {"total": 0, "results": []}


def test_a_query_looks_into_the_default_text_properties(hubspot, people):
    assert [one["id"] for one in raw(hubspot, query="OTHER.org")["results"]] == [people["Ann"]]
    assert raw(hubspot, query="york")["total"] == 0


def test_pages_and_sorts(hubspot, people):
    for sort in ({"propertyName": "seminar_count", "direction": "DESCENDING"}, "-seminar_count"):
        first = raw(hubspot, sorts=[sort], limit=2)
        assert (first["total"], first["paging"]) == (3, {"next": {"after": "2"}})
        assert [one["id"] for one in first["results"]] == [people["Joe"], people["Jane"]]
        rest = raw(hubspot, sorts=[sort], limit=2, after="2")
        assert [one["id"] for one in rest["results"]] == [people["Ann"]]
        assert "paging" not in rest


def test_asked_properties_come_with_the_results(hubspot, people):
    (found,) = raw(hubspot, query="Ann", properties=["city"])["results"]
    assert found["properties"]["city"] == "New York"


@pytest.mark.parametrize(
    "wanted",
    [
        {"operator": "EQ", "value": 'Bob "Builder'},
        {"operator": "CONTAINS_TOKEN", "value": '"'},
        {"operator": "IN", "values": ["jane", 'a"']},
        {"operator": "BETWEEN", "value": "a", "highValue": 'b"""'},
    ],
)
def test_an_odd_number_of_quotation_marks_in_one_value_refuses_the_whole_search(hubspot, wanted):
    groups = [*one_filter(propertyName="firstname", **wanted), {"filters": [GOOD]}]
    answer = hubspot.post(SEARCH, json={"filterGroups": groups})
    assert (answer.status_code, answer.json()["category"]) == (400, "VALIDATION_ERROR")


def test_an_even_number_of_quotation_marks_is_a_value_like_any_other(hubspot):
    made = hubspot.make("contacts", {"firstname": 'Bob "The" B', "email": "bob@acme.co.jp"})
    assert hubspot.find("contacts", ("firstname", "EQ", 'bob "the" b')) == [made["id"]]


GOOD = {"propertyName": "firstname", "operator": "EQ", "value": "x"}


@pytest.mark.parametrize(
    "body",
    [
        {"filterGroups": [{"filters": [GOOD]}] * 6},
        {"filterGroups": [{"filters": [GOOD] * 7}]},
        {"filterGroups": [{"filters": [GOOD] * 5}] * 4},
        {"filterGroups": one_filter(propertyName="nonsense", operator="EQ", value="x")},
        {"filterGroups": one_filter(propertyName="firstname", operator="LIKE", value="x")},
        {"filterGroups": one_filter(propertyName="firstname", operator="EQ")},
        {"filterGroups": one_filter(propertyName="firstname", operator="IN", value="x")},
        {"filterGroups": one_filter(propertyName="firstname", operator="BETWEEN", value="x")},
        {"filterGroups": one_filter(propertyName="firstname", operator="NOT_HAS_PROPERTY", value="x")},
        {"limit": 201},
        {"limit": 200, "after": "9801"},
        {"after": "x"},
        {"sorts": ["firstname", "lastname"]},
        {"sorts": ["nonsense"]},
        {"query": "x" * 3000},
        {"filterGroups": "all"},
    ],
)
def test_a_search_hubspot_would_not_run_is_400(hubspot, body):
    answer = hubspot.post(SEARCH, json=body)
    assert (answer.status_code, answer.json()["category"]) == (400, "VALIDATION_ERROR")


def test_the_limits_of_one_search_are_a_switch(hubspot, people):
    too_much = [
        {"filterGroups": [{"filters": [GOOD]}] * 7},
        {"filterGroups": [{"filters": [GOOD] * 7}]},
        {"limit": 201},
        {"after": "10000"},
        {"query": "x" * 3000},
    ]
    assert {hubspot.post(SEARCH, json=body).status_code for body in too_much} == {400}
    hubspot.switch(search_limits_of_one_request=False)
    assert {hubspot.post(SEARCH, json=body).status_code for body in too_much} == {200}


def test_the_number_of_groups_is_a_switch(hubspot):
    six = {"filterGroups": [{"filters": [GOOD]}] * 6}
    assert hubspot.post(SEARCH, json=six).status_code == 400
    hubspot.switch(search_most_groups=6)
    assert hubspot.post(SEARCH, json=six).status_code == 200


def test_a_new_record_is_found_only_after_the_lag_though_a_read_finds_it_at_once(hubspot):
    hubspot.switch(search_lag_seconds=30.0)
    contact = hubspot.make("contacts", {"email": "jane@acme.co.jp"})
    wanted = ("email", "EQ", "jane@acme.co.jp")
    assert hubspot.find("contacts", wanted) == []
    assert hubspot.get("/crm/objects/2026-09/contacts/jane%40acme.co.jp?idProperty=email").status_code == 200
    hubspot.switch(clock_offset_seconds=31.0)
    assert hubspot.find("contacts", wanted) == [contact["id"]]


def test_a_change_is_seen_only_after_the_lag(hubspot):
    contact = hubspot.make("contacts", {"email": "jane@acme.co.jp", "city": "Osaka"})
    hubspot.switch(search_lag_seconds=30.0, clock_offset_seconds=60.0)
    hubspot.patch(f"/crm/objects/2026-09/contacts/{contact['id']}", json={"properties": {"city": "Kobe"}})
    assert (
        hubspot.find("contacts", ("city", "EQ", "Osaka")),
        hubspot.find("contacts", ("city", "EQ", "Kobe")),
    ) == (
        [contact["id"]],
        [],
    )
    hubspot.switch(clock_offset_seconds=100.0)
    assert hubspot.find("contacts", ("city", "EQ", "Kobe")) == [contact["id"]]


def test_a_record_put_there_by_hand_is_found_at_once(hubspot):
    hubspot.switch(search_lag_seconds=30.0)
    number = hubspot.seed("companies", {"name": "Acme", "domain": "acme.co.jp"})
    assert hubspot.find("companies", ("domain", "EQ", "acme.co.jp")) == [number]


def test_an_archived_record_is_never_found(hubspot, people):
    hubspot.delete(f"/crm/objects/2026-09/contacts/{people['Ann']}")
    assert hubspot.find("contacts", ("firstname", "EQ", "Ann")) == []


def test_additional_emails_and_domains_are_seen_as_the_switches_say(hubspot):
    person = hubspot.seed("contacts", {"email": "a@acme.co.jp", "hs_additional_emails": "b@acme.co.jp"})
    company = hubspot.seed("companies", {"domain": "acme.co.jp", "hs_additional_domains": "acme.com"})
    assert hubspot.find("contacts", ("email", "EQ", "b@acme.co.jp")) == []
    assert hubspot.find("contacts", ("hs_additional_emails", "CONTAINS_TOKEN", "b@acme.co.jp")) == [person]
    assert hubspot.find("companies", ("domain", "EQ", "acme.com")) == []
    hubspot.switch(search_sees_additional_emails=True, search_sees_additional_domains=True)
    assert hubspot.find("contacts", ("email", "EQ", "b@acme.co.jp")) == [person]
    assert hubspot.find("companies", ("domain", "EQ", "acme.com")) == [company]


def test_domains_are_normalised_only_when_switched_on(hubspot):
    hubspot.make("companies", {"domain": "https://www.Acme.com/jp"})
    assert hubspot.find("companies", ("domain", "EQ", "acme.com")) == []
    hubspot.switch(normalise_domains=True)
    company = hubspot.make("companies", {"domain": "https://www.Acme.com/jp"})
    assert hubspot.find("companies", ("domain", "EQ", "acme.com")) == [company["id"]]


def test_odd_values_put_there_by_hand_do_not_stop_a_sort(hubspot):
    odd = hubspot.seed("contacts", {"firstname": "Odd", "seminar_count": "many"})
    ten = hubspot.seed("contacts", {"firstname": "Ten", "seminar_count": "10"})
    nine = hubspot.seed("contacts", {"firstname": "Nine", "seminar_count": "9"})
    found = raw(hubspot, sorts=["seminar_count"])["results"]
    assert [one["id"] for one in found] == [odd, nine, ten]
