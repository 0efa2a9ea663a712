// The mapping editor without page loads. Every button here is a submit button that works without this script.
const editor = document.querySelector("[data-editor]");
const announcer = editor.querySelector("[data-announce]");

const rowsOf = (section) => editor.querySelector(`[data-rows="${section}"]`);
const properties = (rows) => [...rows.querySelectorAll('select[name$="-property_name"]')];
const markOf = (select) => select.selectedOptions[0]?.dataset.mark ?? "";

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

function showHints(row) {
  const [property, information] = row.querySelectorAll("select");
  const section = row.closest("[data-rows]").dataset.rows;
  const gone = [property, information].some((select) => "gone" in (select.selectedOptions[0]?.dataset ?? {}));
  const shown = {
    domain: section === "companies" && property.value === "domain",
    number: !gone && markOf(property) === "number" && information.value !== "" && markOf(information) !== "number",
    gone,
  };
  for (const hint of row.querySelectorAll("[data-hint]")) hint.hidden = !shown[hint.dataset.hint];
}

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
});

editor.addEventListener("change", (event) => {
  const row = event.target.closest("[data-row]");
  if (!row) return;
  offerEachOnce(row.parentElement);
  showHints(row);
});

for (const rows of editor.querySelectorAll("[data-rows]")) {
  renew(rows);
  for (const row of rows.children) showHints(row);
}
