// Offers the browser's time zone in one press, where it is not the one that is chosen.
const offer = document.querySelector("[data-offer-zone]");
const select = document.getElementById("time_zone");
const here = Intl.DateTimeFormat().resolvedOptions().timeZone;

// One zone has several names over the years, and browsers keep to the oldest: they are compared in its words.
const inItsWords = (name) => {
  try { return new Intl.DateTimeFormat("en", { timeZone: name }).resolvedOptions().timeZone; } catch { return name; }
};

if (offer && select && here && inItsWords(select.value) !== here) {
  const options = [...select.options];
  const known = options.find((each) => each.value === here) ?? options.find((each) => inItsWords(each.value) === here);
  // As the list calls it, without its distance from UTC.
  const name = known?.text.replace(/\s*[(\uff08][^(\uff08]*$/, "") ?? here.replaceAll("_", " ");
  offer.querySelector("[data-zone-name]").textContent = name;
  offer.hidden = false;
  offer.querySelector("button").addEventListener("click", () => {
    if (!known) select.add(new Option(here, here));
    select.value = known?.value ?? here;
    select.form.requestSubmit();
  });
}
