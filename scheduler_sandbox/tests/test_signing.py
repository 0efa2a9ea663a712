"""The schemes give the values that were computed for them once: nothing here is compared with itself."""

from scheduler_sandbox import signing

BODY = b'{"hello":"hubsync"}'
SECRET = "stand-in-secret-1"
TIME = 1790000000


def test_each_scheme_gives_its_known_value() -> None:
    assert {
        "hex": signing.hex_of_body(SECRET, BODY),
        "base64": signing.base64_of_body(SECRET, BODY),
        "time-stamped": signing.time_stamped(SECRET, BODY, TIME),
        "zoom": signing.zoom(SECRET, BODY, TIME),
        "challenge": signing.zoom_challenge(SECRET, "plain-1"),
        "standard": signing.standard_webhooks("whsec_MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3", BODY, "msg_1", TIME),
    } == {
        "hex": "e8da9545251677fe75987e8f10bda0433ff5f52f21b934964928718dc5bb4308",
        "base64": "6NqVRSUWd/51mH6PEL2gQz/19S8huTSWSShxjcW7Qwg=",
        "time-stamped": "t=1790000000,v1=08c3e7234cc4e6a831a3a1fa193ee458f8806e37a2fbcbebd4d86fa45cf0821e",
        "zoom": "v0=fd7461a4e2ea0326b0c8f3a3d5337c77cb462182d58cefe6ad6d530ca71e7450",
        "challenge": "706a519e8b7262ee74011f330626508ef335a4619c4be397a2e2669d8457e8e9",
        "standard": "v1,5OB55OaTz/qZSWrH8RzAeFaVATjxRhJ8+oz5A1k7rNM=",
    }
