"""The questions that every calendar starts with are asked in the language of whoever reads them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from hubsync.services.question_words import label_typed, word_label
from hubsync.store import write_transaction
from hubsync.store.people import Person
from tests.kit.catalogues import installed
from tests.kit.connected_team import ConnectedTeam, connected_team
from tests.kit.mapping_trials import book
from tests.kit.page import words

__all__ = ["connected_team"]

GERMAN = {
    "Company Name": "Firma",
    "Email": "E-Mail-Adresse",
    "Comment": "Bemerkung",
    "Without a label": "Ohne Namen",
}
LABELS = ["Firma", "Name", "E-Mail-Adresse", "Bemerkung"]


@pytest.fixture
def german(connected_team: ConnectedTeam, tmp_path: Path) -> Iterator[ConnectedTeam]:
    """The team, whose owner reads German; of their questions one has a name of its own."""
    book(connected_team, company="Acme", name="Sato Mika", email="mika@acme.co.jp")
    with connected_team.app.app_context(), write_transaction() as session:
        session.query(Person).update({"language": "de"})
    with installed(connected_team.app, tmp_path, {"de": GERMAN}):
        yield connected_team


def test_a_guest_and_the_team_read_them_in_their_language(german: ConnectedTeam) -> None:
    settings = german.owner.open(german.advanced)
    assert [words(each) for each in settings.select(".question-list strong")] == LABELS
    assert list(german.questions()) == ["Company Name", "Name", "Email", "Comment"]
    editor = words(german.owner.open(german.editor))
    assert ("Firma (question)" in editor, "Company Name (question)" in editor) == (True, False)
    delivery = german.owner.open("/teams/acme/deliveries/1")
    assert [words(each) for each in delivery.select("[aria-labelledby=answers] dt")] == LABELS
    form = german.owner.open(f"{german.advanced}/questions/preview")
    assert [words(each).partition(" (")[0] for each in form.select("main .form-label")] == LABELS


def test_a_label_that_is_not_changed_goes_on_to_follow_the_reader(german: ConnectedTeam) -> None:
    company, comment = (german.questions()[label].id for label in ("Company Name", "Comment"))
    german.owner.press(f"{german.advanced}/questions/{company}", supplement="Mit Rechtsform")
    german.owner.press(f"{german.advanced}/questions/{comment}", label="Was noch?")
    assert list(german.questions()) == ["Company Name", "Name", "Email", "Was noch?"]
    assert german.questions()["Company Name"].supplement == "Mit Rechtsform"
    again = german.owner.press(f"{german.advanced}/questions/new", label="firma", kind="text")
    assert again.status_code == 422


def test_labels_of_people_and_sources_are_nobodys_to_translate(german: ConnectedTeam) -> None:
    with german.app.test_request_context(headers={"Accept-Language": "de"}):
        assert [word_label(each) for each in ("Budget", "Without a label (2)", "Budget (2)", "")] == [
            *("Budget", "Ohne Namen (2)", "Budget (2)", "")
        ]
        assert (label_typed(" Firma ", "Company Name"), label_typed("Betrieb", "Company Name")) == (
            "Company Name",
            "Betrieb",
        )
