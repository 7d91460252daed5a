// Bringing a file: it is sent as it is, and each answer is a part of the page, put in its place.
const drop = document.getElementById("drop");
const input = document.getElementById("file");
const said = document.getElementById("import-status");
const result = document.getElementById("result");
let turn = 0;

drop.addEventListener("submit", (event) => {
  event.preventDefault();
  if (input.files.length) send(input.files[0]);
  else input.focus();
});
for (const name of ["dragenter", "dragover"]) drop.addEventListener(name, (event) => over(event, true));
for (const name of ["dragleave", "drop"]) drop.addEventListener(name, (event) => over(event, false));
drop.addEventListener("drop", (event) => {
  if (event.dataTransfer.files.length) input.files = event.dataTransfer.files;
});
result.addEventListener("submit", (event) => {
  event.preventDefault();
  const form = event.target;
  ask(form.dataset.post, new URLSearchParams(new FormData(form)), document.getElementById(form.dataset.target) || result);
});
result.addEventListener("click", async (event) => {
  const button = event.target.closest("[data-forget]");
  if (!button || !(await post(button.dataset.forget, null).catch(() => null))) return;
  result.replaceChildren();
  drop.reset();
  said.textContent = button.dataset.forgotten;
  input.focus();
});

function over(event, inside) {
  event.preventDefault();
  drop.classList.toggle("over", inside);
}

function send(file) {
  if (file.size > Number(drop.dataset.limit)) {
    result.replaceChildren();
    said.textContent = drop.dataset.large;
    return;
  }
  const address = new URL(drop.dataset.post, location.href);
  address.searchParams.set("name", file.name);
  if (document.getElementById("simulated").checked) address.searchParams.set("simulated", "true");
  ask(address, file, result);
}

function post(address, body) {
  return fetch(address, { method: "POST", body, headers: { "x-maillage-token": drop.dataset.token } });
}

async function ask(address, body, target) {
  const mine = ++turn;
  said.textContent = drop.dataset.reading;
  document.body.classList.add("waiting");
  const answer = await post(address, body).catch(() => null);
  const part = answer ? await answer.text() : "";
  if (mine !== turn) return;
  document.body.classList.remove("waiting");
  said.textContent = answer ? "" : drop.dataset.failed;
  if (!answer) return;
  (answer.ok ? target : result).innerHTML = part;
  const focused = result.querySelector("[data-focus]");
  if (target === result && focused) focused.focus();
}
