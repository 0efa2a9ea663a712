"""Every rule of WCAG 2.2, levels A and AA, that axe has, at two widths, light and dark; and the narrowest window.

https://github.com/dequelabs/axe-core/blob/develop/doc/API.md#axe-core-tags
"""

from __future__ import annotations

import json

from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Page

from tests.browser.guest_windows import DESKTOP, PHONE

TAGS = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa")
OPTIONS = {
    "resultTypes": ["violations"],
    "runOnly": {"type": "tag", "values": TAGS},
    # Off by default, because sites of before 2.2 fail it.
    "rules": {"target-size": {"enabled": True}},
}
NARROWEST = 320
"""Pixels that are left of 1280 at 400 %. https://www.w3.org/WAI/WCAG22/Understanding/reflow.html"""
LOOKS = ((PHONE, "light"), (DESKTOP, "dark"))
"""In these every rule is asked, so each at both widths and in both schemes; in the two others those of colours."""
OTHER_LOOKS = ((PHONE, "dark"), (DESKTOP, "light"))
COLOURS = {"resultTypes": ["violations"], "runOnly": ["color-contrast", "link-in-text-block"]}


def barriers(page: Page) -> list[str]:
    """What axe finds on the page in each look, and how much wider than the narrowest window it is."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE_SCRIPT)
    asked = [*((look, OPTIONS) for look in LOOKS), *((look, COLOURS) for look in OTHER_LOOKS)]
    found = []
    for (width, scheme), options in asked:
        page.emulate_media(color_scheme=scheme, reduced_motion="reduce")  # type: ignore[arg-type]
        page.set_viewport_size({"width": width, "height": 844})
        page.wait_for_function("scheme => document.documentElement.dataset.bsTheme === scheme", arg=scheme)
        for each in page.evaluate(f"axe.run({json.dumps(options)}).then(all => all.violations)"):
            places = [node["target"] for node in each["nodes"]][:5]
            found.append(f"{scheme} {width}: {each['id']}: {each['help']}: {places}")
    page.set_viewport_size({"width": NARROWEST, "height": 844})
    wide = page.evaluate("document.documentElement.scrollWidth")
    return found if wide <= NARROWEST else [*found, f"{wide} pixels wide"]
