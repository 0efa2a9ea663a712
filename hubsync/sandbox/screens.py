"""Every page for people, added to the app."""

from flask import Flask

from hubsync.sandbox.oauth_pages import oauth_pages
from hubsync.sandbox.pages.apps import apps
from hubsync.sandbox.pages.calls import calls
from hubsync.sandbox.pages.faults import faults
from hubsync.sandbox.pages.home import home
from hubsync.sandbox.pages.keys import keys
from hubsync.sandbox.pages.mails import mails
from hubsync.sandbox.pages.records import records
from hubsync.sandbox.pages.rules import rules
from hubsync.sandbox.pages.switching import switching


def register_screens(app: Flask) -> None:
    """Add them."""
    for room in (home, records, apps, keys, rules, calls, faults, switching, mails, oauth_pages):
        app.register_blueprint(room)
