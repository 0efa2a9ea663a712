"""The pages of the mailbox: every mail the product sent."""

from datetime import datetime

from flask import Response, abort, redirect, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as AnyResponse

from hubspot_sandbox.authentication import sandbox_state
from hubspot_sandbox.entities import Mail
from hubspot_sandbox.mail_parser import split_links
from hubspot_sandbox.pages.layout import page_blueprint, show
from hubspot_sandbox.pages.wording import moment

mails = page_blueprint("sandbox_mails")

#: A mail's HTML can run nothing, load nothing and send nothing; a link opens outside its frame.
_LETTER_POLICY = (
    "sandbox allow-popups allow-popups-to-escape-sandbox; default-src 'none'; style-src 'unsafe-inline'; "
    "img-src data:; frame-ancestors 'self'"
)


@mails.get("/sandbox/mails")
def box() -> str:
    """Every mail, newest first."""
    state = sandbox_state()
    with state.lock:
        return show(
            "mails", mails=list(reversed(state.mails.values())), trouble=state.mail_trouble, received=received
        )


@mails.get("/sandbox/mails/<int:number>")
def mail(number: int) -> str:
    """One mail: headers, text with its links, HTML in a frame of its own, attachments."""
    found = _mail(number)
    return show(
        "mail", mail=found, letter=found.letter, pieces=split_links(str(found.letter["text"])), received=received
    )


@mails.get("/sandbox/mails/<int:number>/html")
def letter(number: int) -> Response:
    """The mail's HTML alone, shut in by its policy."""
    body = f'<!doctype html><meta charset="utf-8"><base target="_blank">{_mail(number).letter["html"]}'
    return Response(body, mimetype="text/html", headers={"Content-Security-Policy": _LETTER_POLICY})


@mails.post("/sandbox/mails/clear")
def clear() -> AnyResponse:
    """Forget all mails."""
    state = sandbox_state()
    with state.lock:
        state.mails.clear()
    return redirect(url_for(".box"), code=303)


def received(stamp: str) -> str:
    """When a mail came, for a person."""
    return moment(datetime.fromisoformat(stamp).timestamp())


def _mail(number: int) -> Mail:
    found = sandbox_state().mails.get(number)
    if found is None:
        abort(404, _("There is no such mail; the mailbox may have been emptied."))
    return found
