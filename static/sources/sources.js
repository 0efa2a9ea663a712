"use strict";
// Keeps the state and the list of a booking source's page fresh while somebody looks at it. Without it the page says
// the same and has a link to look again.
(() => {
  const live = document.querySelector("[data-live]");
  if (!live) return;
  const said = document.querySelector("[data-live-said]");
  const PAUSE = 4000;
  const look = async () => {
    try {
      // What somebody stands on is not taken away from under the keyboard.
      if (!document.hidden && !live.contains(document.activeElement)) {
        const answer = await fetch(`${live.dataset.live}?seen=${live.dataset.seen}`, { credentials: "same-origin" });
        if (answer.redirected) return; // to the sign-in page
        if (answer.status === 200) {
          const now = await answer.json();
          live.replaceChildren(...readPage(now.html).body.childNodes);
          live.dataset.seen = now.seen;
          said.textContent = live.querySelector(".state-line").textContent.trim();
        } else if (answer.status !== 204) {
          return; // no longer there: the page stays as it is
        }
      }
    } catch {
      // The line is down; the next look tells.
    }
    setTimeout(look, PAUSE);
  };
  setTimeout(look, PAUSE);
})();
