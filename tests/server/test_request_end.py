"""Where a request ends, however its bytes arrive."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hubsync.server.request_end import LARGEST_BODY, LARGEST_HEAD, LARGEST_UPLOAD, Progress, RequestEnd

HEAD = b"POST /book/acme HTTP/1.1\r\nHost: localhost\r\n"
REQUESTS = {
    "no body": HEAD + b"\r\n",
    "a length": HEAD + b"Content-Length: 5\r\n\r\nguest",
    "chunks": HEAD + b"Transfer-Encoding: chunked\r\n\r\n3;a=b\r\nabc\r\n2\r\nde\r\n0\r\nX-Trailer: 1\r\n\r\n",
    "an old protocol": b"GET / HTTP/1.0\r\n\r\n",
}


@pytest.mark.parametrize("sent", REQUESTS.values(), ids=list(REQUESTS))
@given(cuts=st.lists(st.integers(0, 140)), after=st.sampled_from([b"", b"G", HEAD]))
def test_a_request_is_whole_with_its_last_byte_and_what_follows_is_the_next_one(
    sent: bytes, cuts: list[int], after: bytes
) -> None:
    end = RequestEnd()
    for byte in sent[:-1]:
        assert end.feed(bytes([byte])) in {Progress.HEAD, Progress.BODY}
    assert end.feed(sent[-1:] + after) is Progress.WHOLE
    assert end.split() == (sent, after)

    at_once, places = (
        RequestEnd(),
        sorted({0, len(sent + after), *(cut for cut in cuts if cut < len(sent + after))}),
    )
    for begin, stop in pairwise(places):
        at_once.feed((sent + after)[begin:stop])
    assert at_once.split() == (sent, after)


@pytest.mark.parametrize(
    "sent",
    [
        HEAD + b"Content-Length: %d\r\n\r\n" % (LARGEST_BODY + 1),
        HEAD + b"Transfer-Encoding: chunked\r\n\r\n%x\r\n" % (LARGEST_BODY + 1) + b"a" * (LARGEST_BODY + 1),
        HEAD + b"Transfer-Encoding: chunked\r\n\r\n" + b"1\r\na\r\n" * (20_000),
        HEAD + b"Transfer-Encoding: chunked\r\n\r\nnot chunks\r\n",
        HEAD + b"Content-Length: 5\r\nContent-Length: 6\r\n\r\n",
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n",
    ],
    ids=["length", "one chunk", "many chunks", "no chunks", "two lengths", "another protocol"],
)
def test_what_no_more_bytes_would_mend_is_waited_for_no_longer(sent: bytes) -> None:
    end = RequestEnd()
    for begin in range(0, len(sent), 65_536):
        progress = end.feed(sent[begin : begin + 65_536])
    assert progress is Progress.WHOLE


def test_a_head_without_end_is_too_large() -> None:
    end = RequestEnd()
    assert end.feed(HEAD + b"X: " + b"a" * LARGEST_HEAD) is Progress.HEAD_TOO_LARGE


def test_what_breaks_off_is_as_whole_as_it_will_be() -> None:
    end = RequestEnd()
    assert end.feed(HEAD) is Progress.HEAD
    assert end.feed(b"") is Progress.WHOLE
    assert end.split() == (HEAD, b"")


def test_every_form_of_hubsync_fits() -> None:
    from hubsync.web.sources.sample_page import LARGEST_FORM

    assert LARGEST_FORM < LARGEST_BODY


def test_only_the_address_that_takes_files_is_waited_for_longer() -> None:
    from hubsync.web.imports.upload import upload as upload_view

    def progress_of(line: str, length: int) -> Progress:
        head = f"{line} HTTP/1.1\r\nHost: localhost\r\nContent-Length: {length}\r\n\r\n"
        return RequestEnd().feed(head.encode())

    upload = "POST /teams/acme/settings/import"
    assert progress_of(upload, LARGEST_BODY + 1) is Progress.BODY
    assert progress_of(upload, LARGEST_UPLOAD + 1) is Progress.WHOLE
    for line in (f"{upload}/1/begin", "POST /book/acme/settings/import", "PUT /teams/acme/settings/import"):
        assert progress_of(line, LARGEST_BODY + 1) is Progress.WHOLE
    assert upload_view.largest_body < LARGEST_UPLOAD  # type: ignore[attr-defined]
