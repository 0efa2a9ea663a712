// Chooses the reader's own time zone, for a guest's booking and for the new calendar of a host whose account has
// none yet. Without it the page works too, with the zone chosen that the server proposes.
(() => {
  const select = document.querySelector("select[data-own-zone]");
  if (!select) return; // a form that came back keeps what was chosen
  const own = Intl.DateTimeFormat().resolvedOptions().timeZone;
  if ([...select.options].some((option) => option.value === own)) select.value = own;
})();
