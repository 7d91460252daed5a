// Suggestions under a search field: a listbox driven by the keyboard; without this script the form still submits.
for (const form of document.querySelectorAll("form[data-suggest]")) enhance(form);

function enhance(form) {
  const input = form.querySelector("input[type=search]");
  const status = form.querySelector("[role=status]");
  const list = document.createElement("ul");
  list.id = `${input.id}-list`;
  list.className = "suggestions";
  list.setAttribute("role", "listbox");
  list.setAttribute("aria-label", form.querySelector("label").textContent);
  list.hidden = true;
  input.parentElement.after(list);
  for (const [name, value] of [["role", "combobox"], ["aria-expanded", "false"], ["aria-autocomplete", "list"], ["aria-controls", list.id]]) input.setAttribute(name, value);

  let found = [];
  let chosen = -1;
  let wait = 0;
  let asked = 0;

  input.addEventListener("input", () => {
    clearTimeout(wait);
    wait = setTimeout(suggest, 90);
  });
  input.addEventListener("keydown", (event) => {
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      if (!found.length) return;
      event.preventDefault();
      choose(event.key === "ArrowDown" ? (chosen + 1) % found.length : (Math.max(chosen, 0) + found.length - 1) % found.length);
    } else if (event.key === "Enter" && chosen >= 0 && !list.hidden) {
      event.preventDefault();
      location.assign(found[chosen].url);
    } else if (event.key === "Escape") close();
  });
  input.addEventListener("blur", () => setTimeout(close, 150));
  list.addEventListener("mousedown", (event) => event.preventDefault());

  async function suggest() {
    const query = input.value.trim();
    const turn = ++asked;
    if (query.length < 2) return close();
    const address = new URL(form.dataset.suggest, location.href);
    address.searchParams.set("q", query);
    const answer = await fetch(address).catch(() => null);
    if (!answer || !answer.ok || turn !== asked) return;
    found = await answer.json();
    show();
  }

  function show() {
    chosen = -1;
    list.replaceChildren(...found.map((hit, rank) => {
      const item = document.createElement("li");
      item.id = `${list.id}-${rank}`;
      item.setAttribute("role", "option");
      item.setAttribute("aria-selected", "false");
      const link = document.createElement("a");
      link.href = hit.url;
      link.tabIndex = -1;
      link.textContent = hit.name;
      const kind = document.createElement("span");
      kind.textContent = [hit.kind, hit.postcode || (hit.departement && hit.level !== "departement" ? hit.departement : "")].filter(Boolean).join(" · ");
      item.append(link, kind);
      item.addEventListener("click", () => location.assign(hit.url));
      return item;
    }));
    list.hidden = !found.length;
    input.setAttribute("aria-expanded", String(!list.hidden));
    input.removeAttribute("aria-activedescendant");
    const words = status.dataset;
    status.textContent = !found.length ? words.countNone : found.length === 1 ? words.countOne : words.countMany.replace("{count}", found.length);
  }

  function choose(rank) {
    chosen = rank;
    [...list.children].forEach((item, i) => item.setAttribute("aria-selected", String(i === rank)));
    input.setAttribute("aria-activedescendant", `${list.id}-${rank}`);
    list.children[rank].scrollIntoView({ block: "nearest" });
  }

  function close() {
    asked += 1;
    list.hidden = true;
    chosen = -1;
    input.setAttribute("aria-expanded", "false");
    input.removeAttribute("aria-activedescendant");
  }
}
