// One tick for all on the page, and how many are chosen; without it every box works by itself.
for (const form of document.querySelectorAll("form.choosing")) {
  const all = form.querySelector("[data-choose-all]");
  const boxes = [...form.querySelectorAll("input[name=id]")];
  const told = form.querySelector("[data-chosen]");
  const chosen = form.querySelector("input[name=which][value=chosen]");

  const tell = () => {
    const number = boxes.filter((box) => box.checked).length;
    told.textContent = `(${number})`;
    all.checked = number === boxes.length;
    all.indeterminate = number > 0 && number < boxes.length;
  };

  all.hidden = false;
  form.addEventListener("change", (event) => {
    if (event.target === all) boxes.forEach((box) => (box.checked = all.checked));
    if (event.target === all || event.target.name === "id") chosen.checked = true;
    tell();
    // The buttons may just have come to lie over the row; it is scrolled clear of them.
    if (event.target.name === "id") event.target.closest("tr").scrollIntoView({ block: "nearest" });
  });
  tell();
}
