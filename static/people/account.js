// Offers the browser's time zone in one press, where it is not the one that is chosen.
const offer = document.querySelector("[data-offer-zone]");
const select = document.getElementById("time_zone");
const here = Intl.DateTimeFormat().resolvedOptions().timeZone;

// One zone has several names over the years, and browsers keep to the oldest: they are compared in its words.
const inItsWords = (name) => {
  try { return new Intl.DateTimeFormat("en", { timeZone: name }).resolvedOptions().timeZone; } catch { return name; }
};

if (offer && select && here && inItsWords(select.value) !== here) {
  offer.querySelector("[data-zone-name]").textContent = here.replaceAll("_", " ");
  offer.hidden = false;
  offer.querySelector("button").addEventListener("click", () => {
    const names = [...select.options].map((option) => option.value);
    const known = names.includes(here) ? here : names.find((name) => inItsWords(name) === here);
    if (!known) select.add(new Option(here, here));
    select.value = known ?? here;
    select.form.requestSubmit();
  });
}
