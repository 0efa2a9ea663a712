// Chooses the guest's own time zone; the page works without it, with the calendar's zone chosen.
(() => {
  const select = document.querySelector("select[data-own-zone]");
  if (!select) return; // a form that came back keeps what the guest chose
  const own = Intl.DateTimeFormat().resolvedOptions().timeZone;
  if ([...select.options].some((option) => option.value === own)) select.value = own;
})();
