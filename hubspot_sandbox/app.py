"""Application factory of the sandbox."""

import secrets
from typing import Any

from flask import Flask, Response, g, jsonify, request

from hubspot_sandbox.account_api import installs
from hubspot_sandbox.api_errors import ApiError, error_body
from hubspot_sandbox.call_log_middleware import CallLogMiddleware, is_api_path
from hubspot_sandbox.control import control
from hubspot_sandbox.crm.association_batches import association_batches
from hubspot_sandbox.crm.association_calls import associations
from hubspot_sandbox.crm.batch_calls import batches
from hubspot_sandbox.crm.erasure_calls import erasures
from hubspot_sandbox.crm.merge_calls import merges
from hubspot_sandbox.crm.object_calls import objects
from hubspot_sandbox.crm.owner_calls import owners
from hubspot_sandbox.crm.property_calls import properties
from hubspot_sandbox.crm.search_calls import search
from hubspot_sandbox.crm.validation_calls import validations
from hubspot_sandbox.oauth_api import oauth_api
from hubspot_sandbox.oauth_pages import oauth_pages
from hubspot_sandbox.pages import wording
from hubspot_sandbox.pages.apps import apps
from hubspot_sandbox.pages.calls import calls
from hubspot_sandbox.pages.faults import faults
from hubspot_sandbox.pages.home import home
from hubspot_sandbox.pages.keys import keys
from hubspot_sandbox.pages.languages import languages
from hubspot_sandbox.pages.mails import mails
from hubspot_sandbox.pages.records import records
from hubspot_sandbox.pages.rules import rules
from hubspot_sandbox.pages.settings import settings_page
from hubspot_sandbox.settings import SandboxSettings
from hubspot_sandbox.state import SandboxState


def create_sandbox(settings: SandboxSettings) -> Flask:
    """A sandbox over its own state, found at ``app.extensions["hubspot_sandbox"]``."""
    app = Flask("hubspot_sandbox", template_folder="templates", static_folder="static")
    state = SandboxState(settings)
    app.extensions["hubspot_sandbox"] = state
    # A cookie of its own: cookies do not separate ports, and the product runs on the same host.
    app.config.update(
        SECRET_KEY=secrets.token_hex(32),
        SESSION_COOKIE_NAME="hubspot_sandbox_session",
        SESSION_COOKIE_SAMESITE="Lax",
    )
    app.json.sort_keys = False  # type: ignore[attr-defined]  # the default provider has it
    app.register_error_handler(ApiError, lambda problem: problem.response())
    app.register_error_handler(404, _api_not_found)
    app.register_error_handler(405, _api_method_not_allowed)
    app.after_request(_add_rate_limit_headers)
    wording.register(app)
    _register_blueprints(app)
    app.wsgi_app = CallLogMiddleware(app.wsgi_app, state)  # type: ignore[method-assign]  # Flask's own way of wrapping
    return app


def _register_blueprints(app: Flask) -> None:
    app.register_blueprint(objects)
    app.register_blueprint(search)
    app.register_blueprint(merges)
    app.register_blueprint(erasures)
    app.register_blueprint(batches)
    app.register_blueprint(associations)
    app.register_blueprint(association_batches)
    app.register_blueprint(properties)
    app.register_blueprint(owners)
    app.register_blueprint(validations)
    app.register_blueprint(oauth_api)
    app.register_blueprint(installs)
    app.register_blueprint(control)
    for page in (home, records, apps, keys, rules, calls, faults, settings_page, mails, oauth_pages, languages):
        app.register_blueprint(page)


def _add_rate_limit_headers(response: Response) -> Response:
    response.headers.extend(g.get("rate_limit_headers", {}))
    return response


def _api_not_found(problem: Any) -> Any:
    if not is_api_path(request.path):
        return problem
    return _plain(404, "resource not found")


def _api_method_not_allowed(problem: Any) -> Any:
    if not is_api_path(request.path):
        return problem
    return _plain(405, "HTTP 405 Method Not Allowed")


def _plain(status: int, message: str) -> tuple[Response, int]:
    return jsonify(error_body(message)), status
