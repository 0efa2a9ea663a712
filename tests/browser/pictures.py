"""README's pictures: made anew when asked to, and otherwise compared with what their pages show by now.

What is compared are the words beside the pictures in `docs/images/words.json` and not pixels, which differ from
one browser's version to the next.
"""

from __future__ import annotations

import base64
import json
import os
from typing import Literal

from playwright.sync_api import Page

from hubsync.paths import FILES as ROOT

MAKING = os.environ.get("HUBSYNC_KEEP_SCREENSHOTS") == "1"
WIDTH = 1280
HEIGHT = 640, 1120
"""The pictures are as high as their pages, within this."""
SHARPNESS = 1.25
"""Pixels of a picture to one of the window: its letters are clear on the screens that most people have."""
FOLDER = ROOT / "docs" / "images"
WORDS = FOLDER / "words.json"
SCHEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")
QUALITY = 72
_READ = """() => [...document.querySelectorAll(
    "h1, h2, h3, th, legend, main label, main button, .badge-state, .places a"
)].filter(each => each.checkVisibility()).map(each => each.innerText.replace(/\\s+/g, " ").trim())"""


def compare_picture(page: Page, name: str) -> None:
    """Fail when the page does not show the words any more that the picture of this *name* shows."""
    shown = words_of(page)
    assert len(shown) > 8, "a page with so little on it is not the one that was meant"
    recorded = json.loads(WORDS.read_text("utf-8")) if WORDS.exists() else {}
    if MAKING:
        for scheme in SCHEMES:
            _take(page, name, scheme)
        WORDS.write_text(json.dumps(recorded | {name: shown}, ensure_ascii=False, indent=1) + "\n", "utf-8")
        return
    anew = f"the page has changed; look at the picture {name} and make it anew with HUBSYNC_KEEP_SCREENSHOTS=1"
    assert shown == recorded.get(name), anew


def words_of(page: Page) -> list[str]:
    """Headings, labels, buttons and states, each once, without those with figures: dates and numbers change."""
    words: list[str] = page.evaluate(_READ)
    return list(dict.fromkeys(each for each in words if each and not any(map(str.isdigit, each))))


def _take(page: Page, name: str, scheme: Literal["light", "dark"]) -> None:
    page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
    page.wait_for_function("scheme => document.documentElement.dataset.bsTheme === scheme", arg=scheme)
    page.set_viewport_size({"width": WIDTH, "height": HEIGHT[0]})
    whole = int(page.evaluate("document.documentElement.scrollHeight"))
    height = min(whole, HEIGHT[1])
    page.set_viewport_size({"width": WIDTH, "height": height})
    page.mouse.move(WIDTH - 1, height - 1)
    page.evaluate("() => { document.activeElement.blur(); scrollTo(0, 0); }")
    clip = {"x": 0, "y": 0, "width": WIDTH, "height": height, "scale": SHARPNESS}
    tab = page.context.new_cdp_session(page)
    taken = tab.send("Page.captureScreenshot", {"format": "webp", "quality": QUALITY, "clip": clip})
    (FOLDER / f"{name}-{scheme}.webp").write_bytes(base64.b64decode(taken["data"]))
    tab.detach()
