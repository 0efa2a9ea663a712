"use strict";
// The log of deliveries and the page of a replay. Each part does nothing on a page without its markup.

// One tick for all on the page, and how many are chosen; without it every box works by itself.
for (const form of document.querySelectorAll("form.choosing")) {
  const all = form.querySelector("[data-choose-all]");
  const boxes = [...form.querySelectorAll("input[name=id]")];
  const told = form.querySelector("[data-chosen]");
  const chosen = form.querySelector("input[name=which][value=chosen]");

  const tell = () => {
    const number = boxes.filter((box) => box.checked).length;
    told.textContent = told.dataset.chosen.replace("#", number);
    all.checked = number === boxes.length;
    all.indeterminate = number > 0 && number < boxes.length;
  };

  all.hidden = false;
  form.addEventListener("change", (event) => {
    if (event.target === all) boxes.forEach((box) => (box.checked = all.checked));
    if (event.target === all || event.target.name === "id") chosen.checked = true;
    tell();
    // The buttons may just have come to lie over the row; it is scrolled clear of them.
    if (event.target.name === "id") event.target.closest("tr").scrollIntoView({ block: "nearest" });
  });
  tell();
}

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
