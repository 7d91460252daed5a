// What the map shows, in words: the legend, and the territories in order.
import { formatter } from "./map_data.js";

const SVG = "http://www.w3.org/2000/svg";
const PAGE_SIZE = 20;

function swatch(colour) {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("width", "26");
  svg.setAttribute("height", "14");
  svg.setAttribute("aria-hidden", "true");
  const rect = document.createElementNS(SVG, "rect");
  for (const [name, value] of [["width", "26"], ["height", "14"], ["fill", colour]]) rect.setAttribute(name, value);
  svg.append(rect);
  return svg;
}

function element(tag, text = "", className = "") {
  return Object.assign(document.createElement(tag), { textContent: text, className });
}

export function drawLegend(box, shown, words, number) {
  const missing = box.querySelector(".legend-missing");
  const last = shown.limits.length - 1;
  const single = last > 0 && shown.limits[last] === shown.limits[last - 1];
  box.querySelector("ul").replaceChildren(...shown.colours.map((colour, rank) => {
    const item = document.createElement("li");
    const low = number(shown.limits[rank]);
    item.append(swatch(colour), element("span", shown.class_labels ? shown.class_labels[rank] : single ? low : `${low} ${words.to} ${number(shown.limits[rank + 1])}`));
    return item;
  }), missing);
}

function ordered(shown, names, order, lang) {
  const ids = [...shown.values.keys()].filter((id) => shown.values[id] !== null);
  const byCode = (a, b) => a - b;
  if (order === "name") {
    const collator = new Intl.Collator(lang);
    return ids.sort((a, b) => collator.compare(names.names[a], names.names[b]) || byCode(a, b));
  }
  const sign = (order === "best" ? -1 : 1) * (shown.worst === "low" ? 1 : -1);
  return ids.sort((a, b) => sign * (shown.values[a] - shown.values[b]) || byCode(a, b));
}

export function drawList({ shown, names, state, words, lang, addressOf, onPage }) {
  const ids = ordered(shown, names, state.order, lang);
  const pages = Math.max(Math.ceil(ids.length / PAGE_SIZE), 1);
  const page = Math.min(state.page, pages);
  const number = formatter(lang, shown.decimals);
  const whole = formatter(lang, 0);
  const sorted = ids.map((id) => shown.values[id]).sort((a, b) => (shown.worst === "low" ? a - b : b - a));
  const rankOf = (value) => {
    let low = 0;
    let high = sorted.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (shown.worst === "low" ? sorted[middle] < value : sorted[middle] > value) low = middle + 1;
      else high = middle;
    }
    return low + 1;
  };
  const rows = ids.slice((page - 1) * PAGE_SIZE, page * PAGE_SIZE).map((id) => {
    const row = document.createElement("tr");
    row.dataset.id = id;
    const head = element("th");
    head.scope = "row";
    const link = element("a", names.names[id]);
    link.href = addressOf(id);
    head.append(link);
    if (names.departements[id] && shown.level !== "departement") head.append(" ", element("span", names.departements[id], "faint"));
    row.append(element("td", whole(rankOf(shown.values[id])), "num faint"), head, element("td", number(shown.values[id]), "num"));
    return row;
  });
  document.querySelector("#ranking tbody").replaceChildren(...rows);
  drawPager(page, pages, words, whole, onPage);
}

function drawPager(page, pages, words, whole, onPage) {
  const box = document.getElementById("pager");
  if (pages < 2) return box.replaceChildren();
  const nav = element("nav", "", "pager");
  nav.setAttribute("aria-label", words.pages);
  const button = (text, target) => {
    const made = element("button", text);
    made.type = "button";
    made.disabled = target < 1 || target > pages;
    made.addEventListener("click", () => onPage(target));
    return made;
  };
  nav.append(button(`← ${words.previous}`, page - 1), element("span", `${whole(page)} / ${whole(pages)}`), button(`${words.next} →`, page + 1));
  return box.replaceChildren(nav);
}
