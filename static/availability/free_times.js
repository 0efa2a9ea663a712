// Free times of a calendar: empty hours and the empty day are put away until somebody adds one. Without it they are
// simply there to be filled in.
(() => {
  const empty = (place) => [...place.querySelectorAll("input")].every((input) => !input.value);
  const days = document.querySelector("[data-other-days]");

  for (const place of document.querySelectorAll("[data-intervals]")) {
    const spare = lastInterval(place);
    spare.hidden = empty(spare);
    place.querySelector("[data-add-interval]").hidden = false;
  }
  const spareDay = [...days.querySelectorAll("[data-other-day]")].pop();
  const addDay = days.querySelector("[data-add-day]");
  const template = spareDay.cloneNode(true);
  const names = spareDay.querySelector("input").name.replace(/-date$/, "");
  let number = Number(names.split("-")[1]);
  if (empty(spareDay)) spareDay.remove();
  addDay.hidden = false;

  // One listener, because hours are added to days that were added as well.
  document.addEventListener("click", (event) => {
    const add = event.target.closest("[data-add-interval]");
    if (add) addInterval(add.closest("[data-intervals]"));
    else if (event.target.closest("[data-add-day]")) addOtherDay();
  });

  function lastInterval(place) {
    return [...place.querySelectorAll("[data-interval]")].pop();
  }

  function addInterval(place) {
    let shown = lastInterval(place);
    if (!shown.hidden && !empty(shown)) {
      const copy = shown.cloneNode(true);
      for (const input of copy.querySelectorAll("input")) {
        input.value = "";
        for (const name of ["id", "aria-invalid", "aria-describedby"]) input.removeAttribute(name);
        input.classList.remove("is-invalid");
      }
      copy.querySelector(".field-error")?.remove();
      shown.after(copy);
      shown = copy;
    }
    shown.hidden = false;
    shown.querySelector("input").focus();
  }

  function addOtherDay() {
    number += 1;
    const copy = template.cloneNode(true);
    for (const input of copy.querySelectorAll("input")) {
      input.name = input.name.replace(names, `other-${number}`);
      input.id = input.id.replace(names, `other-${number}`);
    }
    addDay.before(copy);
    copy.querySelector("input").focus();
  }
})();
