// Free times: takes the guest's own time zone, searches the list of zones, and moves between days by the arrow keys and
// between months by PageUp and PageDown. Without it everything works by links, and the zones are a plain list.
(() => {
  const zone = document.getElementById("time_zone");
  const days = document.getElementById("days");
  if (!zone || !days) return; // there is no free time

  const own = Intl.DateTimeFormat().resolvedOptions().timeZone;
  if ("guess" in zone.dataset && own && own !== zone.value) {
    const here = new URL(location.href);
    here.searchParams.set("time_zone", own);
    location.replace(here);
    return;
  }
  makeSearchable(zone);

  const free = [...days.querySelectorAll(".day.free")];
  const column = (day) => day.closest("td").cellIndex;
  const row = (day) => day.closest("tr").rowIndex;
  const above = (from) => free.filter((day) => column(day) === column(from) && row(day) < row(from)).pop();
  const below = (from) => free.find((day) => column(day) === column(from) && row(day) > row(from));
  const moves = {
    ArrowLeft: (from) => free[free.indexOf(from) - 1],
    ArrowRight: (from) => free[free.indexOf(from) + 1],
    ArrowUp: above,
    ArrowDown: below,
    Home: () => free[0],
    End: () => free[free.length - 1],
  };
  const steps = { PageUp: "[data-earlier]", PageDown: "[data-later]" };

  days.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.shiftKey) return;
    const from = event.target.closest(".day.free");
    const move = from && moves[event.key];
    const step = steps[event.key] && document.querySelector(steps[event.key]);
    if (!move && !step) return;
    event.preventDefault();
    if (move) move(from)?.focus();
    else open(step);
  });

  // Whoever came by the keys goes on with them. No element has this id, or the browser would move the focus later on.
  const BY_KEYS = "by-keys";
  if (location.hash === `#${BY_KEYS}`) (days.querySelector("[aria-current]") ?? days).focus();

  function open(step) {
    if (step.href) step.hash = BY_KEYS;
    else step.setAttribute("formaction", `#${BY_KEYS}`);
    step.click();
  }

  function makeSearchable(select) {
    const place = document.querySelector("[data-zone-search]");
    const search = place.querySelector("input");
    const told = place.querySelector("[role=status]");
    const show = document.querySelector("[data-zone-button]");
    const whole = [...select.children];
    const chosen = select.value;
    const plain = (text) => text.normalize("NFD").replace(/\p{M}/gu, "").replaceAll("_", " ").toLowerCase();
    const words = new Map(
      [...select.options].map((each) => [each, plain(`${each.text} ${each.value} ${each.dataset.words ?? ""}`)]),
    );
    place.hidden = false;

    search.addEventListener("input", () => {
      const asked = plain(search.value).trim();
      const matching = [...words.keys()].filter((each) => asked && words.get(each).includes(asked));
      told.textContent = asked ? `${told.dataset.words}${matching.length}` : "";
      if (matching.length) {
        select.replaceChildren(...matching.map((each) => each.cloneNode(true)));
        select.size = Math.max(2, Math.min(matching.length, 6));
        select.selectedIndex = 0;
      } else {
        select.replaceChildren(...whole);
        select.removeAttribute("size");
        select.value = chosen;
      }
    });
    for (const each of [search, select]) {
      each.addEventListener("keydown", (event) => {
        if (event.key !== "Enter" || (each === select && !select.hasAttribute("size"))) return;
        event.preventDefault(); // Enter would press the first button of the page
        show.click();
      });
    }
  }
})();
