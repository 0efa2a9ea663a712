"use strict";
// Shows the fields of a proof that count, and hides the others. Without it all of them are there.
(() => {
  const form = document.querySelector("[data-proof]");
  const fields = [...form.querySelectorAll("[data-field]")];
  const named = (name) => fields.find((field) => field.dataset.field === name);
  const counts = (field) => {
    const needs = named(field.dataset.needs);
    if (!needs) return true;
    return counts(needs) && field.dataset.needed.split(" ").includes(needs.querySelector("select").value);
  };
  const show = () => {
    for (const field of fields) field.hidden = !counts(field) && !field.querySelector(".is-invalid");
  };
  form.addEventListener("change", show);
  show();
})();
