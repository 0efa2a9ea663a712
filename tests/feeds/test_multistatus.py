"""What a CalDAV server says of its resources."""

from __future__ import annotations

from hubsync.feeds.multistatus import CALDAV, DAV, read_multistatus

SAID = """\
<?xml version="1.0" encoding="utf-8"?>
<d:multistatus xmlns:d="DAV:" xmlns:c="urn:ietf:params:xml:ns:caldav">
  <d:response>
    <d:href>/home/office/</d:href>
    <d:propstat>
      <d:prop>
        <d:displayname>Work &amp; more</d:displayname>
        <d:resourcetype><d:collection/><c:calendar/></d:resourcetype>
        <c:supported-calendar-component-set><c:comp name="VEVENT"/></c:supported-calendar-component-set>
        <d:current-user-principal><d:href>/me/</d:href></d:current-user-principal>
        <c:calendar-data><![CDATA[BEGIN:VCALENDAR]]></c:calendar-data>
      </d:prop>
      <d:status>HTTP/1.1 200 OK</d:status>
    </d:propstat>
    <d:propstat>
      <d:prop><c:calendar-home-set><d:href>/nowhere/</d:href></c:calendar-home-set></d:prop>
      <d:status>HTTP/1.1 404 Not Found</d:status>
    </d:propstat>
  </d:response>
  <d:response><d:href>/home/</d:href><d:status>HTTP/1.1 507 Insufficient Storage</d:status></d:response>
</d:multistatus>"""


def test_properties_and_statuses() -> None:
    work, home = read_multistatus(SAID.encode())
    assert (work.href, home.href, home.status) == ("/home/office/", "/home/", 507)
    assert work.text(f"{DAV}displayname") == "Work & more"
    assert work.text(f"{CALDAV}calendar-data") == "BEGIN:VCALENDAR"
    assert work.parts(f"{DAV}resourcetype") == {f"{DAV}collection", f"{CALDAV}calendar"}
    assert work.parts(f"{CALDAV}supported-calendar-component-set") == {"VEVENT"}
    assert work.leads_to(f"{DAV}current-user-principal") == "/me/"


def test_a_property_that_is_not_there_leads_nowhere() -> None:
    work, _ = read_multistatus(SAID.encode())
    assert work.leads_to(f"{CALDAV}calendar-home-set") == ""


def test_a_person_who_is_not_signed_in_is_no_address() -> None:
    nobody = SAID.replace("<d:href>/me/</d:href>", "<d:unauthenticated/>")
    assert read_multistatus(nobody.encode())[0].leads_to(f"{DAV}current-user-principal") == ""
