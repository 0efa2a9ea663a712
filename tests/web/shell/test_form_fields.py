"""What is sent to the fields of a form: texts, whatever else comes."""

from __future__ import annotations

from io import BytesIO

from tests.kit.browser import Browser
from tests.kit.forms import form_token
from tests.kit.page import words
from tests.kit.settings import BASE_URL

ADD = "/account/busy-calendars/add"


def test_a_file_in_the_place_of_a_text_is_as_nothing(owner: Browser) -> None:
    sent = {"csrf_token": form_token(owner.get(ADD).text), "feed": (BytesIO(b"https://a.example"), "name.txt")}
    answer = owner.client.post(ADD, base_url=BASE_URL, data=sent)
    assert answer.status_code == 422, words(answer)
