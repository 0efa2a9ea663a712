// The mapping editor without page loads. Every button here is a submit button that works without this script.
const editor = document.querySelector("[data-editor]");
const announcer = editor.querySelector("[data-announce]");

const rowsOf = (section) => editor.querySelector(`[data-rows="${section}"]`);
const properties = (rows) => [...rows.querySelectorAll('select[name$="-property_name"]')];

// What a company is found by stays as it is: such a row has nothing to fill.
function showWhatMayBeFilled(row) {
  const choice = row.querySelector("[data-exists]");
  const name = row.querySelector('select[name$="-property_name"]').value;
  choice.hidden = (row.dataset.identity ?? "").split(" ").includes(name);
  if (choice.hidden) choice.querySelector("input").checked = false;
}

function announce(words) {
  announcer.textContent = "";
  setTimeout(() => { announcer.textContent = words; }, 50);
}

// A property can be selected once in a section. An option that is selected is never disabled: it would not be sent.
function offerEachOnce(rows) {
  const selects = properties(rows);
  const taken = new Set(selects.map((select) => select.value).filter(Boolean));
  for (const select of selects) {
    for (const option of select.options) option.disabled = option.value !== select.value && taken.has(option.value);
  }
}

// What there is to say about the rows is decided in one place, on the server; here it is only asked for again.
let asked = 0;
let waiting;

function askForHints() {
  clearTimeout(waiting);
  waiting = setTimeout(renewHints, 150);
}

async function renewHints() {
  const mine = ++asked;
  const form = new FormData(editor);
  form.set("check", "1");
  let told;
  try {
    const answer = await fetch(editor.getAttribute("action"), { method: "POST", body: form });
    if (!answer.ok) return;
    told = readPage(await answer.text());
  } catch {
    return; // the hints stay as they are; Save shows them anew
  }
  if (mine !== asked) return; // something was changed meanwhile, and another answer is on its way
  for (const kind of ["companies", "companies-row", "contacts", "contacts-row", "email", "meeting"]) {
    const fresh = told.querySelectorAll(`[data-hints="${kind}"]`);
    const shown = editor.querySelectorAll(`[data-hints="${kind}"]`);
    if (fresh.length === shown.length) shown.forEach((place, number) => place.replaceChildren(...fresh[number].childNodes));
  }
}

// Leaving with changes that are not saved is asked about; every button that sends the form takes them along.
let dirty = "dirty" in editor.dataset;

function noteChange() {
  dirty = true;
  for (const line of editor.querySelectorAll("[data-unsaved]")) line.hidden = false;
  askForHints();
}

editor.addEventListener("submit", () => { dirty = false; });
editor.querySelector("[data-leave]")?.addEventListener("click", () => { dirty = false; });
addEventListener("beforeunload", (event) => { if (dirty) event.preventDefault(); });

function renew(rows) {
  const full = rows.children.length >= Number(rows.dataset.most);
  editor.querySelector(`[data-add="${rows.dataset.rows}"]`).disabled = full;
  offerEachOnce(rows);
}

function nextIndex(rows) {
  const used = properties(rows).map((select) => Number(select.name.split("-")[1]));
  return Math.max(-1, ...used) + 1;
}

function add(section) {
  const rows = rowsOf(section);
  const index = nextIndex(rows);
  const blank = document.querySelector(`[data-blank="${section}"]`).content.firstElementChild.cloneNode(true);
  for (const element of [blank, ...blank.querySelectorAll("*")]) {
    for (const attribute of [...element.attributes]) {
      if (attribute.value.includes("__index__")) {
        element.setAttribute(attribute.name, attribute.value.replace("__index__", index));
      }
    }
  }
  rows.append(blank);
  renew(rows);
  blank.querySelector("select").focus();
  announce(announcer.dataset.added);
}

function remove(row) {
  const rows = row.parentElement;
  const near = row.nextElementSibling ?? row.previousElementSibling;
  row.remove();
  renew(rows);
  (near?.querySelector("select") ?? editor.querySelector(`[data-add="${rows.dataset.rows}"]`)).focus();
  announce(announcer.dataset.removed);
}

editor.addEventListener("click", (event) => {
  const adding = event.target.closest("[data-add]");
  const removing = event.target.closest("[data-remove]");
  if (!adding && !removing) return;
  event.preventDefault();
  if (adding) add(adding.dataset.add);
  else remove(removing.closest("[data-row]"));
  noteChange();
});

editor.addEventListener("change", (event) => {
  const row = event.target.closest("[data-row]");
  if (row) {
    offerEachOnce(row.parentElement);
    showWhatMayBeFilled(row);
  }
  noteChange();
});

// A text says what comes of it while it is written.
editor.addEventListener("input", (event) => { if (event.target.matches("[data-shown-live]")) noteChange(); });

for (const rows of editor.querySelectorAll("[data-rows]")) renew(rows);
