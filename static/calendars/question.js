// Asks for choices only where the kind of answer has some. Without it the hint says for which kinds they are.
const kind = document.getElementById("kind");
const choices = document.querySelector("[data-choices]");

function fit() {
  const wanted = choices.dataset.choices.split(" ").includes(kind.value);
  choices.hidden = !wanted && !choices.querySelector(".field-error");
}

kind.addEventListener("change", fit);
fit();
