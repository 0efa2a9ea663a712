// Teaching by a sample without page loads. Every button here is a submit button that works without this script: it
// sends the same form, and puts what comes back in the place of what was there.
const form = document.querySelector("[data-lesson]");
const announcer = document.querySelector("[data-announce]");
let part = form.querySelector("[data-part]");

function announce(words) {
  announcer.textContent = "";
  setTimeout(() => { announcer.textContent = words; }, 50);
}

const active = () => part.querySelector('input[name="field"]:checked');
const branches = () => [...part.querySelectorAll("button.branch")];

// What cannot be the field is set back, not switched off: pressing it says why.
function showTurn() {
  const field = active();
  if (!field) return;
  part.querySelector("[data-next]").textContent = field.dataset.label;
  for (const branch of branches()) branch.classList.toggle("is-other", !branch.dataset.roles.split(" ").includes(field.value));
}

// One stop for the whole tree on the way of the Tab key; the arrow keys go through it.
function rove(chosen) {
  for (const branch of branches()) branch.tabIndex = branch === chosen ? 0 : -1;
}

function dress(stop) {
  for (const hint of part.querySelectorAll("[data-needs-script]")) hint.hidden = false;
  for (const button of part.querySelectorAll("[data-without-script]")) button.hidden = true;
  const all = branches();
  rove(all.find((branch) => branch.id === stop) ?? all[0]);
  showTurn();
}

// One request after the other: each begins with the draft that the one before brought.
let line = Promise.resolve();
let leaving = false;

function send(name, value, back) {
  line = line.then(() => exchange(name, value, back)).catch(() => leave(name, value));
}

async function exchange(name, value, back) {
  if (leaving) return;
  const sent = new FormData(form);
  sent.set(name, value);
  const turn = active()?.value;
  const answer = await fetch(form.action, { method: "POST", body: sent, credentials: "same-origin" });
  const told = readPage(await answer.text());
  const fresh = told.querySelector("[data-part]");
  if (!fresh) throw new Error("this is another page");
  const focused = document.activeElement;
  const had = part.contains(focused) ? focused.id : "";
  const stop = branches().find((branch) => branch.tabIndex === 0)?.id;
  const top = part.querySelector("[data-tree]").scrollTop;
  const opened = part.querySelector("#rare").open;
  // What was chosen while the answer was on its way is not taken back.
  const chosen = active()?.value === turn ? "" : active().id;
  const taking = part.querySelector("#take")?.checked;
  part.replaceWith(fresh);
  part = form.querySelector("[data-part]");
  if (opened) part.querySelector("#rare").open = true;
  if (chosen) part.querySelector(`#${chosen}`).checked = true;
  if (taking !== undefined && part.querySelector("#take")) part.querySelector("#take").checked = taking;
  dress(stop);
  part.querySelector("[data-tree]").scrollTop = top;
  if (had) (document.getElementById(had) ?? document.getElementById(back) ?? active())?.focus({ preventScroll: true });
  announce(part.querySelector("[data-said]")?.textContent.trim() ?? "");
}

// Enter in a field: to the first branch that it can be.
function goToTree() {
  const first = branches().find((branch) => !branch.classList.contains("is-other")) ?? branches()[0];
  if (!first) return;
  rove(first);
  first.focus();
}

// Signed out, or the line is down: the browser sends it itself and shows what comes.
function leave(name, value) {
  if (leaving) return;
  leaving = true;
  const own = document.createElement("input");
  Object.assign(own, { type: "hidden", name, value });
  form.append(own);
  form.submit();
}

form.addEventListener("submit", (event) => {
  const pressed = event.submitter;
  if (leaving || !pressed || "save" in pressed.dataset) return;
  event.preventDefault();
  if ("toTree" in pressed.dataset) return document.activeElement === typedAt ? takeTyped() : goToTree();
  if (pressed.matches("button.branch")) rove(pressed);
  send(pressed.name, pressed.value, pressed.dataset.back);
});

form.addEventListener("change", (event) => {
  if (event.target.matches('input[name="field"]')) showTurn();
  else if (event.target.matches("select") && event.target !== typedAt) send(event.target.name, event.target.value);
});

// Typing and arrow keys change a pull-down at every step: what is meant is taken with Enter, or on leaving it.
let typedAt = null;

function takeTyped() {
  const select = typedAt;
  typedAt = null;
  if (select?.isConnected && select.value) send(select.name, select.value);
}

form.addEventListener("keydown", (event) => {
  if (!event.target.matches("select")) return;
  if (event.key === "Enter") {
    event.preventDefault();
    takeTyped();
  } else if (event.key !== "Tab" && event.key !== "Shift") typedAt = event.target;
});
form.addEventListener("pointerdown", () => { typedAt = null; });
form.addEventListener("focusout", (event) => { if (event.target === typedAt) takeTyped(); });

form.addEventListener("keydown", (event) => {
  const here = event.target.closest("button.branch");
  if (!here) return;
  const all = branches();
  const steps = { ArrowDown: all.indexOf(here) + 1, ArrowUp: all.indexOf(here) - 1, Home: 0, End: all.length - 1 };
  const next = all[steps[event.key]];
  if (!(event.key in steps)) return;
  event.preventDefault();
  if (!next) return;
  rove(next);
  next.focus();
});

dress();
