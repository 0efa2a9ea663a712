"""Every page for people, added to the app."""

from flask import Flask

from hubspot_sandbox.oauth_pages import oauth_pages
from hubspot_sandbox.pages.apps import apps
from hubspot_sandbox.pages.calls import calls
from hubspot_sandbox.pages.faults import faults
from hubspot_sandbox.pages.home import home
from hubspot_sandbox.pages.keys import keys
from hubspot_sandbox.pages.mails import mails
from hubspot_sandbox.pages.records import records
from hubspot_sandbox.pages.rules import rules
from hubspot_sandbox.pages.switching import switching


def register_screens(app: Flask) -> None:
    """Add them."""
    for room in (home, records, apps, keys, rules, calls, faults, switching, mails, oauth_pages):
        app.register_blueprint(room)
