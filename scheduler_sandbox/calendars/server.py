"""Calendar provider's stand-in on one port: ICS files, CalDAV and a page over one account."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from flask import Flask, Response, redirect, render_template, request
from werkzeug.wrappers import Response as AnyResponse

from scheduler_sandbox import languages
from scheduler_sandbox.calendars import caldav
from scheduler_sandbox.calendars.account import Account, PersonalCalendar, write_event
from scheduler_sandbox.sending import Sender
from scheduler_sandbox.server import SchedulerServer


@dataclass
class Switches:
    """How the provider answers: as it should, or as providers do on a bad day.

    *busy* is a 429 with so many seconds to wait; *sign_in* a page instead of what was asked for; *broken* a 500;
    *cut_off* ends files in the middle; *home* is where the calendars of CalDAV are said to be; *withheld*
    resources come without their content; *truncated* answers say that there would be more; with *root_refused*
    nobody may ask anything at the root.
    """

    busy: int = 0
    sign_in: bool = False
    broken: bool = False
    cut_off: bool = False
    home: str = "/dav/home/"
    withheld: bool = False
    truncated: bool = False
    root_refused: bool = False


class CalendarServer(SchedulerServer):
    """Serves the calendars of one ``account``; ``switches`` say how."""

    def __init__(self, account: Account | None = None, host: str = "127.0.0.1", port: int = 0) -> None:
        super().__init__(Flask("scheduler_sandbox.calendars"), Sender(()), host, port)
        self.account = account or Account(calendars=[PersonalCalendar("Work", "work")])
        self.switches = Switches()
        self._routes()

    def feed_url(self, path: str = "work") -> str:
        """The secret address of a calendar in iCal format."""
        return f"{self.url}/ics/{self.account.secret}/{path}.ics"

    @property
    def caldav_url(self) -> str:
        return f"{self.url}/dav/"

    def _routes(self) -> None:
        app = self.app
        app.before_request(self._bad_day)
        app.add_url_rule("/", "home", self._page)
        app.add_url_rule("/add", "add", self._add, methods=["POST"])
        app.add_url_rule("/ics/<secret>/<path>.ics", "ics", self._ics)
        app.add_url_rule("/.well-known/caldav", "known", self._known, methods=["PROPFIND"])
        app.add_url_rule("/dav/", "root", self._root, methods=["PROPFIND"])
        app.add_url_rule("/dav/principal/", "principal", self._principal, methods=["PROPFIND"])
        app.add_url_rule("/dav/home/", "calendars", self._home, methods=["PROPFIND"])
        app.add_url_rule("/dav/home/<path>/", "calendar", self._calendar, methods=["PROPFIND", "REPORT"])

    def _bad_day(self) -> AnyResponse | None:
        if request.method == "PROPFIND" and request.path == "/" and self.switches.root_refused:
            return Response("", 403)
        if request.path in {"/", "/add", languages.CHOICE}:
            return None
        if self.switches.busy:
            return Response("Too many requests", 429, {"Retry-After": str(self.switches.busy)})
        if self.switches.broken:
            return Response("<html>Something went wrong</html>", 500)
        if self.switches.sign_in:
            return Response("<!DOCTYPE html><title>Sign in</title>", 200)
        proof = request.authorization
        known = proof is not None and (proof.username, proof.password) == (
            self.account.user,
            self.account.password,
        )
        if request.path.startswith("/dav/") and not known:
            return Response("", 401, {"WWW-Authenticate": 'Basic realm="calendars"'})
        return None

    def _ics(self, secret: str, path: str) -> AnyResponse:
        with self.lock:
            which = self.account.find(path)
            if secret != self.account.secret or which is None:
                return Response("", 404)
            text, tag = which.write(), which.tag
        if self.switches.cut_off:
            text = text[: text.rindex("DTEND")] if "DTEND" in text else text[:10]
        answer = Response(text, 200, content_type="text/calendar; charset=utf-8")
        answer.set_etag(tag)
        return answer.make_conditional(request)

    def _known(self) -> AnyResponse:
        return redirect("/dav/", 301)

    def _root(self) -> AnyResponse:
        return _xml(caldav.root())

    def _principal(self) -> AnyResponse:
        return _xml(caldav.principal(self.switches.home))

    def _home(self) -> AnyResponse:
        with self.lock:
            return _xml(caldav.home(self.account))

    def _calendar(self, path: str) -> AnyResponse:
        with self.lock:
            which = self.account.find(path)
            if which is None:
                return Response("", 404)
            if request.method == "PROPFIND":
                return _xml(caldav.calendar(which))
            text = caldav.events(which)
        if self.switches.withheld:
            text = text.replace("calendar-data>", "other-data>")
        if self.switches.truncated:
            more = caldav.status_response(request.path, "507 Insufficient Storage")
            text = text.replace("</D:multistatus>", f"{more}</D:multistatus>")
        return _xml(text[: len(text) // 2] if self.switches.cut_off else text)

    def _page(self) -> str:
        with self.lock:
            return render_template("calendars/home.html", server=self, account=self.account)

    def _add(self) -> AnyResponse:
        which = self.account.find(request.form.get("calendar", ""))
        start = datetime.fromisoformat(request.form["start"]).replace(tzinfo=UTC)
        minutes = timedelta(minutes=int(request.form.get("minutes", "60")))
        if which is not None:
            with self.lock:
                which.put(write_event(start, start + minutes, "Added by hand"))
        return redirect("/", 303)


def _xml(text: str) -> Response:
    return Response(text, 207, content_type="application/xml; charset=utf-8")
