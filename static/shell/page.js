// Small comforts; every page works without them.

// Browsers take HTML as text here and nowhere else, and here only what HubSync itself has answered comes in.
// https://www.w3.org/TR/trusted-types/
const ownAnswers = window.trustedTypes?.createPolicy("hubsync", { createHTML: (html) => html });

function readPage(html) {
  return new DOMParser().parseFromString(ownAnswers ? ownAnswers.createHTML(html) : html, "text/html");
}

for (const button of document.querySelectorAll("[data-theme-switch], [data-dismiss], [data-copy]")) button.hidden = false;

document.querySelector("[data-focus]")?.focus();

for (const zone of document.querySelectorAll("[data-time-zone]")) {
  zone.value = Intl.DateTimeFormat().resolvedOptions().timeZone ?? "";
}

document.addEventListener("click", async (event) => {
  const dismiss = event.target.closest("[data-dismiss]");
  if (dismiss) dismiss.parentElement.remove();

  const copy = event.target.closest("[data-copy]");
  if (copy) {
    const source = document.getElementById(copy.dataset.copy);
    const text = source.value ?? source.textContent;
    if (navigator.clipboard) {
      await navigator.clipboard.writeText(text);
    } else {
      source.select?.(); // without https there is no clipboard, but the value is marked
    }
    copy.querySelector("span").textContent = copy.dataset.copied;
  }

  for (const open of document.querySelectorAll("details.menu[open], details.team-switcher[open]")) {
    if (!open.contains(event.target)) open.open = false;
  }
});

document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  const open = document.querySelector("details.team-switcher[open], details.menu[open]");
  if (!open) return;
  open.open = false;
  open.querySelector("summary").focus();
});
