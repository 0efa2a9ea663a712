"""Page of the team's own free e-mail domains: they belong to no company, beside those on the common list."""

from __future__ import annotations

from flask import Blueprint, Response, flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext
from wtforms import HiddenField, TextAreaField

from hubsync.domain.domain_names import shown_domain
from hubsync.domain.email_domains import OwnFreeDomains, free_domains, read_own_free_domains
from hubsync.domain.roles import Action
from hubsync.errors import Refused
from hubsync.phrases import enumerated, sentences
from hubsync.services.mapping import free_domains as own
from hubsync.web.connection.overview import PAGE
from hubsync.web.shell.guards import team_page
from hubsync.web.shell.session_forms import Form

pages = Blueprint("hubspot_domains", __name__)


class OwnFreeDomainsForm(Form):
    """The list as a text, and which state of it the person has seen."""

    domains = TextAreaField(
        _l("Your own free e-mail domains"),
        render_kw={
            "rows": 10,
            "autocomplete": "off",
            "autocapitalize": "none",
            "spellcheck": "false",
            "maxlength": own.LONGEST_TYPED,
        },
    )
    mark = HiddenField()


@pages.route(f"{PAGE}/free-domains", methods=["GET", "POST"])
@team_page(Action.TEAM_SETTINGS)
def edit() -> ResponseReturnValue:
    """Show the list in a field and keep what somebody makes of it; what cannot be kept is said at the field.

    A domain that the address names as *add* stands at the end of the field, for somebody to save.
    """
    form = OwnFreeDomainsForm()
    if form.validate_on_submit():
        try:
            read = own.save_own(g.team.id, form.domains.data or "", form.mark.data or "", by=g.person.id)
        except Refused as refused:
            form.domains.errors = (refused.message,)
        else:
            _say_saved(read)
            return redirect(url_for("hubspot.show_connection"))
    domains, mark = own.list_own(g.team.id)
    proposed = [each for each in map(shown_domain, _proposed()) if each not in domains]
    if request.method == "GET":
        form.domains.data = "\n".join([*domains, *proposed])
    form.mark.data = mark
    return render_template(
        "mapping/free_domains.html",
        form=form,
        stored=domains,
        proposed=proposed,
        listed=own.count_listed(),
        most=own.MOST,
    ), (422 if form.errors else 200)


def _proposed() -> tuple[str, ...]:
    """The domain that the address asks to add, where it is one and the list for everybody lacks it."""
    return read_own_free_domains(request.args.get("add", "")[:300]).domains[:1]


@pages.get(f"{PAGE}/free-domains/list")
@team_page(Action.TEAM_SETTINGS)
def show_list() -> ResponseReturnValue:
    """The list for everybody, one domain a line, to search through."""
    return Response("\n".join(sorted(free_domains())) + "\n", mimetype="text/plain")


def _say_saved(read: OwnFreeDomains) -> None:
    if read.domains:
        sentence = ngettext(
            "Saved. %(num)s domain of your own counts as free from the next booking on.",
            "Saved. %(num)s domains of your own count as free from the next booking on.",
            len(read.domains),
        )
    else:
        sentence = _("Saved. You have no free e-mail domains of your own.")
    if read.listed:
        named = enumerated([*map(shown_domain, read.listed[:5]), *(["…"] if len(read.listed) > 5 else [])])
        left_out = _("Left out, because they are free for everybody: %(domains)s.", domains=named)
        sentence = sentences(sentence, left_out)
    flash(sentence, "success")
