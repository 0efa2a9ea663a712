// Free times of a calendar: empty hours and the empty day are put away until somebody adds one. Without it they are
// simply there to be filled in.
(() => {
  const empty = (place) => [...place.querySelectorAll("input")].every((input) => !input.value);

  for (const place of document.querySelectorAll("[data-intervals]")) {
    const spare = [...place.querySelectorAll("[data-interval]")].pop();
    const add = place.querySelector("[data-add-interval]");
    spare.hidden = empty(spare);
    add.hidden = !spare.hidden;
    add.addEventListener("click", () => {
      const shown = spare.hidden ? spare : more(place, spare);
      shown.hidden = false;
      shown.querySelector("input").focus();
    });
    place.addEventListener("input", () => { add.hidden = false; });
  }

  function more(place, spare) {
    const last = [...place.querySelectorAll("[data-interval]")].pop();
    const copy = spare.cloneNode(true);
    for (const input of copy.querySelectorAll("input")) { input.value = ""; input.removeAttribute("id"); }
    last.after(copy);
    return copy;
  }

  const days = document.querySelector("[data-other-days]");
  if (!days) return;
  const spare = [...days.querySelectorAll("[data-other-day]")].pop();
  const add = days.querySelector("[data-add-day]");
  const names = spare.querySelector("input").name.replace(/-date$/, "");
  const template = spare.cloneNode(true);
  let number = Number(names.split("-")[1]);
  if (empty(spare)) spare.remove();
  add.hidden = false;
  add.addEventListener("click", () => {
    number += 1;
    const copy = template.cloneNode(true);
    for (const input of copy.querySelectorAll("input")) {
      input.name = input.name.replace(names, `other-${number}`);
      input.id = input.id.replace(names, `other-${number}`);
    }
    add.before(copy);
    copy.querySelector("input").focus();
  });
})();
