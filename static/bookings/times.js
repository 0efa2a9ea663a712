// Free times: takes the guest's own time zone, shows another one as soon as it is chosen, and lets the arrow keys move
// between the days. Without it everything works by links and one more button.
(() => {
  const zone = document.querySelector("select[data-send]");
  if (zone) {
    const own = Intl.DateTimeFormat().resolvedOptions().timeZone;
    if ("guess" in zone.dataset && own !== zone.value && [...zone.options].some((option) => option.value === own)) {
      const here = new URL(location.href);
      here.searchParams.set("time_zone", own);
      location.replace(here);
      return;
    }
    const button = document.querySelector("[data-zone-button]");
    button.hidden = true;
    zone.addEventListener("change", () => zone.form.requestSubmit(button));
  }

  const table = document.querySelector("[data-days]");
  if (!table) return;
  const days = [...table.querySelectorAll(".day.free")];
  const column = (day) => day.closest("td").cellIndex;
  const row = (day) => day.closest("tr").rowIndex;
  const above = (from) => days.filter((day) => column(day) === column(from) && row(day) < row(from)).pop();
  const below = (from) => days.find((day) => column(day) === column(from) && row(day) > row(from));
  const moves = {
    ArrowLeft: (from) => days[days.indexOf(from) - 1],
    ArrowRight: (from) => days[days.indexOf(from) + 1],
    ArrowUp: above,
    ArrowDown: below,
    Home: () => days[0],
    End: () => days[days.length - 1],
  };
  table.addEventListener("keydown", (event) => {
    const from = event.target.closest(".day.free");
    const move = from && moves[event.key];
    if (!move || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    const to = move(from);
    if (to) to.focus();
  });
})();
