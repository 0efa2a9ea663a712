"use strict";
// The pages of a calendar's guest questions. Each part does nothing on a page without its markup.

// Drag the guest questions into another order. The arrows beside each do the same without this script.
const list = document.querySelector("[data-orders]");

function order() {
  return [...list.children].map((item) => item.dataset.question);
}

function save() {
  const form = document.getElementById(list.dataset.orders);
  for (const id of order()) {
    const field = document.createElement("input");
    Object.assign(field, { type: "hidden", name: "question", value: id });
    form.append(field);
  }
  form.submit();
}

// Pointer events, because the drag and drop of HTML knows no touch screens; on the document, because an item that
// moves within the page loses the pointer.
function drag(item) {
  const before = order().join();
  const place = item.nextElementSibling;
  item.classList.add("dragged");

  function move(event) {
    const over = [...list.children].find((each) => each !== item && within(each, event.clientY));
    if (!over) return;
    const middle = over.getBoundingClientRect().top + over.offsetHeight / 2;
    if (event.clientY < middle) over.before(item);
    else over.after(item);
  }

  function end(keep) {
    item.classList.remove("dragged");
    document.removeEventListener("pointermove", move);
    document.removeEventListener("pointerup", drop);
    document.removeEventListener("pointercancel", giveUp);
    document.removeEventListener("keydown", escape);
    if (!keep) list.insertBefore(item, place);
    else if (order().join() !== before) save();
  }

  const drop = () => end(true);
  const giveUp = () => end(false);
  const escape = (event) => event.key === "Escape" && end(false);
  document.addEventListener("pointermove", move);
  document.addEventListener("pointerup", drop);
  document.addEventListener("pointercancel", giveUp);
  document.addEventListener("keydown", escape);
}

function within(item, y) {
  const box = item.getBoundingClientRect();
  return y >= box.top && y <= box.bottom;
}

for (const handle of list?.querySelectorAll("[data-drag]") ?? []) {
  handle.hidden = false;
  handle.addEventListener("pointerdown", (event) => {
    if (event.button !== 0) return;
    event.preventDefault();
    drag(handle.closest("li"));
  });
}

// Choices are asked for only where the kind of answer has some. Without this script the hint says which kinds have.
const kind = document.getElementById("kind");
const choices = document.querySelector("[data-choices]");

function showChoices() {
  const wanted = choices.dataset.choices.split(" ").includes(kind.value);
  choices.hidden = !wanted && !choices.querySelector(".field-error");
}

if (kind && choices) {
  kind.addEventListener("change", showChoices);
  showChoices();
}
