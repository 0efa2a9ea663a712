"""Whatever may be sent to a source instead of what it sends: strategies of Hypothesis, bodies to fear."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlencode

from hypothesis import strategies as st

from hubsync.sources.source import LARGEST_BODY
from tests.kit.source_samples import Sample

Path = tuple[str | int, ...]

_scalars = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(st.characters(exclude_categories=()), max_size=12)
    | st.sampled_from(["2026-12-08T10:00:00", "a@b.example", "x" * 70_000, 10**400, "\ud800\x00", "=1+1", " "])
)
AWKWARD = (None, True, False, 0, -1, "", " ", "\x00", [], {}, [None], [""], {"": ""}, "a b@c", "2026-12-08")
"""What is nearly nothing, or nearly right."""

VALUES = st.recursive(
    _scalars,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=6), inner, max_size=4),
    max_leaves=8,
)
"""JSON of any shape."""

TYPES = st.sampled_from(
    ["application/json", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "text/plain", ""]
)
"""How a body may be labelled."""

HEADER_TEXTS = st.text(st.characters(min_codepoint=32, max_codepoint=255, exclude_characters="\x7f"), max_size=40)
"""What may stand in one line of a header."""


@st.composite
def spoilt(draw: st.DrawFn, sample: Sample) -> bytes:
    """The body of *sample* with a few parts of it, however deep, replaced, taken away or added."""
    body = json.loads(sample.body)
    for _ in range(draw(st.integers(1, 4))):
        places = dict(paths_in(body))
        path = draw(st.sampled_from([*places]))
        gone = bool(path) and draw(st.booleans())
        # What stands elsewhere in the body is of a type and a look that somebody reads.
        others = st.sampled_from(AWKWARD) | st.sampled_from([*places.values()]) | VALUES
        body = _without(body, path) if gone else replaced(body, path, draw(others))
    return json.dumps(body).encode()


def bodies(samples: list[Sample]) -> st.SearchStrategy[bytes]:
    """Samples of a source with parts that are something else, JSON of any shape, and any bytes."""
    of_samples = st.sampled_from(samples).flatmap(spoilt)
    return of_samples | of_samples | VALUES.map(lambda value: json.dumps(value).encode()) | st.binary(max_size=200)


def paths_in(value: Any, before: Path = ()) -> Iterator[tuple[Path, Any]]:
    """The place of each part of *value* with that part, itself first."""
    yield before, value
    for key, part in _parts(value):
        yield from paths_in(part, (*before, key))


def replaced(value: Any, path: Path, other: Any) -> Any:
    """*value* with *other* at *path*."""
    if not path:
        return other
    copied = value.copy()
    copied[path[0]] = replaced(value[path[0]], path[1:], other)
    return copied


def feared(sample: Sample) -> dict[str, bytes]:
    """Bodies that cost a careless reader its memory, its stack or its mind, each made out of *sample*."""
    body = json.loads(sample.body)
    text = sample.body.decode()
    first, *_ = [path for path, _ in paths_in(body) if path]
    nested: Any = "x"
    listed: Any = "x"
    for _ in range(50):
        nested, listed = {"a": nested}, [listed]
    wide = {f"k{number}": number for number in range(5_000)}
    return {
        "a form": urlencode({"payload": text, "a": "b"}).encode(),
        "a form of its fields": urlencode({key: json.dumps(part) for key, part in body.items()}).encode(),
        "50 objects deep": json.dumps({**body, "more": nested}).encode(),
        "50 lists deep": json.dumps(replaced(body, first, listed)).encode(),
        "100,000 lists deep": b"[" * 100_000 + b"]" * 100_000,
        "100,000 objects deep": b'{"a":' * 100_000,
        "5,000 keys": json.dumps({**body, **wide}).encode(),
        "5,000 keys in a part": json.dumps(replaced(body, first, wide)).encode(),
        "1 MB": json.dumps({**body, "more": "x" * (LARGEST_BODY - len(sample.body) - 100)}).encode(),
        "1 MB in a part": json.dumps(replaced(body, first, "x" * (LARGEST_BODY - len(text) * 2))).encode(),
        "more than 1 MB": b" " * LARGEST_BODY + sample.body,
        "each part 1,000 times": json.dumps(_multiplied(body)).encode(),
        "UTF-16": text.encode("utf-16"),
        "a byte order mark": b"\xef\xbb\xbf" + sample.body,
        "compressed": gzip.compress(sample.body),
        "two bodies": sample.body + b"\n" + sample.body,
        "nothing": b"",
    }


def _multiplied(value: Any) -> Any:
    """*value* with its inmost lists a thousand times as long, as far as that stays below the limit."""
    if isinstance(value, list) and value:
        return (value * 1_000)[: max(1, LARGEST_BODY // 4 // len(json.dumps(value)) * len(value))]
    return {key: _multiplied(part) for key, part in value.items()} if isinstance(value, dict) else value


def _without(value: Any, path: Path) -> Any:
    copied = value.copy()
    if len(path) == 1:
        del copied[path[0]]
    else:
        copied[path[0]] = _without(value[path[0]], path[1:])
    return copied


def _parts(value: Any) -> Iterator[tuple[str | int, Any]]:
    if isinstance(value, dict):
        yield from value.items()
    elif isinstance(value, list):
        yield from enumerate(value)
