"use strict";
// Keeps the progress of a replay fresh. Without it the page says the same and has a link to look again.
(() => {
  const panel = document.querySelector("[data-progress]");
  if (!panel) return;
  const bar = panel.querySelector("progress");
  const told = panel.querySelector("[data-told]");
  const look = async () => {
    try {
      const answer = await fetch(panel.dataset.progress, { credentials: "same-origin" });
      if (answer.ok) {
        const now = await answer.json();
        if (now.state !== panel.dataset.state) return location.reload();
        bar.max = now.total;
        bar.value = now.done;
        if (told.textContent !== now.told) told.textContent = now.told;
        for (const count of panel.querySelectorAll("[data-count]")) count.textContent = now[count.dataset.count];
      }
    } catch {
      // The line is down; the next look tells.
    }
    setTimeout(look, 1500);
  };
  setTimeout(look, 1500);
})();
