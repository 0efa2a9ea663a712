"""HubSpot app page (Team Settings > Integrations > HubSpot): the project that makes our app in HubSpot."""

from __future__ import annotations

from flask import Blueprint, Response, abort, render_template
from flask.typing import ResponseReturnValue
from flask_babel import get_locale

from hubsync.config import settings
from hubsync.domain.languages import ENGLISH
from hubsync.domain.roles import Action
from hubsync.hubspot import app_project
from hubsync.hubspot.app_project import ProjectFile
from hubsync.hubspot.oauth import OPTIONAL_SCOPES, SCOPES
from hubsync.paths import FILES
from hubsync.services import tools
from hubsync.services.connection import oauth_flow
from hubsync.services.connection.clients import NEEDED_SETTINGS
from hubsync.web.connection import status_text
from hubsync.web.shell.guards import team_page

pages = Blueprint("hubspot_app", __name__)
PAGE = "/teams/<team_slug>/settings/integrations/hubspot/app"


@pages.get(PAGE)
@team_page(Action.CONNECT)
def show() -> ResponseReturnValue:
    """The files, what is in them, and what to do with them."""
    redirect_url = oauth_flow.redirect_uri()
    return render_template(
        "connection/hubspot_app.html",
        files=app_project.project_files(redirect_url),
        folder=app_project.FOLDER,
        redirect_url=redirect_url,
        taken=app_project.takes_redirect(redirect_url),
        base_url=settings().base_url,
        scopes=SCOPES,
        optional_scopes=OPTIONAL_SCOPES,
        words=status_text,
        most_accounts=app_project.MOST_ACCOUNTS,
        needed_settings=NEEDED_SETTINGS,
        is_set_up=tools().oauth is not None,
    )


@pages.get(f"{PAGE}/project.zip")
@team_page(Action.CONNECT)
def download() -> ResponseReturnValue:
    """The project as a ZIP file; it holds nothing secret."""
    redirect_url = oauth_flow.redirect_uri()
    readme = render_template(
        "connection/hubspot_app_readme.md.txt",
        redirect_url=redirect_url,
        folder=app_project.FOLDER,
        needed_settings=NEEDED_SETTINGS,
        base_url=settings().base_url,
        most_accounts=app_project.MOST_ACCOUNTS,
    )
    files = (*app_project.project_files(redirect_url), ProjectFile("README.md", readme))
    answer = Response(app_project.pack(files), mimetype="application/zip")
    answer.headers["Content-Disposition"] = f'attachment; filename="{app_project.FOLDER}.zip"'
    return answer


@pages.get(f"{PAGE}/guide")
@team_page(Action.CONNECT)
def read_guide() -> ResponseReturnValue:
    """The guide from nothing to *Connected* that comes with HubSync, in the reader's language if it has it."""
    from hubsync.web.shell import markdown  # a parser, which nobody keeps who reads no guide

    own = FILES / "docs" / str(get_locale()) / "HUBSPOT_APP.md"
    english = FILES / "docs" / "HUBSPOT_APP.md"
    path = next((each for each in (own, english) if each.exists()), None)
    if path is None:  # an installation without the docs folder
        abort(404)
    title, text = markdown.split_title(path.read_text(encoding="utf-8"))
    return render_template(
        "connection/hubspot_app_guide.html",
        title=title,
        guide=markdown.render(text),
        guide_language=ENGLISH if path == english else None,
    )
