from __future__ import annotations

import threading

import pytest
from flask import Flask

from hubsync.errors import NotFound, Refused
from hubsync.identity import GOOGLE, MICROSOFT, Proof
from hubsync.services.people import sessions
from hubsync.services.people.people import LINK_ISSUER
from hubsync.services.signin import identities
from hubsync.services.teams import members
from hubsync.store import db
from hubsync.store.people import Identity, Person

MIKA, JUN = "mika@acme.example", "jun@acme.example"
AT_GOOGLE, AT_MICROSOFT = "https://accounts.google.com", "https://login.microsoftonline.com/{}/v2.0"
TENANT = "5f0d2f2e-93c6-4f43-9c06-5a4d2b7d1a11"


@pytest.fixture
def given() -> dict[str, str]:
    """Google has a button, Microsoft has none."""
    return {"GOOGLE_CLIENT_ID": "client", "GOOGLE_CLIENT_SECRET": "secret of the client"}


@pytest.fixture
def person_id(app: Flask) -> int:
    with app.app_context():
        members.create_team("Acme", MIKA, "premium")
        return db.session.query(Person.id).filter_by(email=MIKA).scalar()


def google(subject: str = "1", **more: str) -> Proof:
    return Proof(GOOGLE, AT_GOOGLE, subject, **more)  # type: ignore[arg-type]


def microsoft(subject: str = "1") -> Proof:
    return Proof(MICROSOFT, AT_MICROSOFT.format(TENANT), subject)


def test_what_is_linked_is_listed_in_order_and_the_e_mail_link_is_not(app: Flask, person_id: int) -> None:
    with app.app_context():
        identities.link(person_id, microsoft())
        identities.link(person_id, google(email="mika@gmail.example"))
        listed = identities.list_identities(person_id)
        assert [(row.issuer, row.shown) for row in listed] == [
            (AT_MICROSOFT.format(TENANT), ""),
            (AT_GOOGLE, "mika@gmail.example"),
        ]
        assert db.session.query(Identity).count() == 3


def test_linking_gives_a_name_to_who_has_none_and_overwrites_none(app: Flask, person_id: int) -> None:
    with app.app_context():
        identities.link(person_id, google(name="  Mika\u202e\n Sato "))
        assert db.session.get_one(Person, person_id).name == "Mika Sato"
        identities.link(person_id, google("2", name="Somebody Else"))
        assert db.session.get_one(Person, person_id).name == "Mika Sato"


def test_an_identity_has_one_person(app: Flask, person_id: int) -> None:
    with app.app_context():
        other = members.create_team("Other", JUN, "premium")
        assert other
        jun_id = db.session.query(Person.id).filter_by(email=JUN).scalar()
        identities.link(person_id, google())
        with pytest.raises(Refused, match="belongs to somebody else"):
            identities.link(jun_id, google())
        assert identities.list_identities(jun_id) == []


def test_unlinking_ends_that_way_in(app: Flask, person_id: int) -> None:
    with app.app_context():
        identities.link(person_id, google())
        assert identities.recognize(google()) is not None
        identities.unlink(person_id, identities.list_identities(person_id)[0].id)
        assert identities.recognize(google()) is None
        assert identities.list_identities(person_id) == []


def test_another_persons_identity_is_not_found(app: Flask, person_id: int) -> None:
    with app.app_context():
        members.create_team("Other", JUN, "premium")
        jun_id = db.session.query(Person.id).filter_by(email=JUN).scalar()
        identities.link(jun_id, google())
        for wrong in (identities.list_identities(jun_id)[0].id, 999_999):
            with pytest.raises(NotFound):
                identities.unlink(person_id, wrong)
        link = db.session.query(Identity.id).filter_by(person_id=person_id, issuer=LINK_ISSUER).scalar()
        with pytest.raises(NotFound):
            identities.unlink(person_id, link)
        assert len(identities.list_identities(jun_id)) == 1


def test_with_the_e_mail_link_every_account_can_go(app: Flask, person_id: int) -> None:
    with app.app_context():
        identities.link(person_id, google())
        identities.unlink(person_id, identities.list_identities(person_id)[0].id)


class TestWithLinksSwitchedOff:
    @pytest.fixture
    def given(self) -> dict[str, str]:
        return {"GOOGLE_CLIENT_ID": "c", "GOOGLE_CLIENT_SECRET": "secret of it", "SIGNIN_LINKS": "off"}

    def test_the_only_account_that_works_stays(self, app: Flask, person_id: int) -> None:
        with app.app_context():
            identities.link(person_id, google())
            identities.link(person_id, microsoft())
            at_google, at_microsoft = identities.list_identities(person_id)
            with pytest.raises(Refused, match="only way to sign in"):
                identities.unlink(person_id, at_google.id)
            identities.unlink(person_id, at_microsoft.id)
            with pytest.raises(Refused, match="only way to sign in"):
                identities.unlink(person_id, at_google.id)

    def test_one_of_two_can_go(self, app: Flask, person_id: int) -> None:
        with app.app_context():
            identities.link(person_id, google("1"))
            identities.link(person_id, google("2"))
            identities.unlink(person_id, identities.list_identities(person_id)[0].id)
            assert [row.subject for row in identities.list_identities(person_id)] == ["2"]

    def test_of_two_that_go_at_once_one_stays(self, app: Flask, person_id: int) -> None:
        with app.app_context():
            identities.link(person_id, google("1"))
            identities.link(person_id, google("2"))
            ids = [row.id for row in identities.list_identities(person_id)]
        outcomes: list[str] = []
        ready = threading.Barrier(2)

        def unlink(identity_id: int) -> None:
            with app.app_context():
                ready.wait()
                try:
                    identities.unlink(person_id, identity_id)
                    outcomes.append("gone")
                except Refused:
                    outcomes.append("stays")

        threads = [threading.Thread(target=unlink, args=(each,)) for each in ids]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert sorted(outcomes) == ["gone", "stays"]


def test_a_provider_is_known_by_its_issuers_only(app: Flask, person_id: int) -> None:
    with app.app_context():
        for proof in (google(), microsoft(), Proof(GOOGLE, "https://evil.example", "1")):
            identities.link(person_id, proof)
        works = {row.issuer: identities.works(row) for row in identities.list_identities(person_id)}
        assert list(works.values()) == [True, False, False]


def test_whose_identity_is_known_gets_a_session_of_their_own(app: Flask, person_id: int) -> None:
    with app.app_context():
        identities.link(person_id, google())
        first, second = identities.recognize(google()), identities.recognize(google())
        assert first is not None
        assert second is not None
        assert first.session_token != second.session_token
        for each in (first, second):
            person = sessions.find_signed_in(each.session_token)
            assert person is not None
            assert person.id == person_id
