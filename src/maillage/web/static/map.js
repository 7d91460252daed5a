// The map: tiles carry numbered outlines, values arrive as arrays, colours are set by feature state.
import { addLevel, hatch, outlineLayers } from "./map_layers.js";
import { drawLegend, drawList } from "./map_list.js";
import { fetchTerritories, fetchValues, formatter, classOf, rankOf } from "./map_data.js";

const config = JSON.parse(document.getElementById("map-config").textContent);
const box = document.getElementById("map");
const form = document.getElementById("choices");
const words = config.words;
const state = { level: config.level, indicator: config.indicator, period: config.period, order: "worst", page: 1 };
const tip = Object.assign(document.createElement("div"), { className: "tip", hidden: true });
tip.setAttribute("role", "status");
let shown = null;
let names = null;
let hovered = null;
let turn = 0;
let chosenByHand = false;
let framed = Boolean(config.extents[config.level]);

if (window.maplibregl && canDraw()) start();
else fail();

function canDraw() {
  const canvas = document.createElement("canvas");
  return Boolean(canvas.getContext("webgl2") || canvas.getContext("webgl"));
}

function fail() {
  box.dataset.state = "failed";
  const note = box.querySelector(".map-status");
  if (note) note.textContent = words.failed;
}

function start() {
  const wanted = (new URLSearchParams(location.search).get("at") || "").split(",").map(Number);
  const camera = wanted.length === 3 && wanted.every(Number.isFinite)
    ? { center: [wanted[0], wanted[1]], zoom: wanted[2] }
    : { bounds: extentOf(config.level), fitBoundsOptions: { padding: 12 } };
  const map = new maplibregl.Map({
    container: box,
    ...camera,
    style: { version: 8, sources: {}, layers: [{ id: "sea", type: "background", paint: { "background-color": "#f1f4f5" } }] },
    minZoom: config.zooms[config.level][0],
    maxZoom: 12,
    dragRotate: false,
    pitchWithRotate: false,
    touchPitch: false,
    cooperativeGestures: !form,
    attributionControl: { compact: false, customAttribution: words.attribution },
    renderWorldCopies: false,
    fadeDuration: 0,
    locale: {
      "Map.Title": words.map,
      "NavigationControl.ZoomIn": words.zoom_in,
      "NavigationControl.ZoomOut": words.zoom_out,
      "CooperativeGesturesHandler.WindowsHelpText": words.gesture,
      "CooperativeGesturesHandler.MacHelpText": words.gesture,
      "CooperativeGesturesHandler.MobileHelpText": words.gesture_touch,
    },
  });
  map.touchZoomRotate.disableRotation();
  map.keyboard.disableRotation();
  map.addControl(new maplibregl.NavigationControl({ showCompass: false }), "top-right");
  const first = Promise.all([fetchValues(config, state), fetchTerritories(config, state.level)]);
  map.on("load", async () => {
    map.addImage("hatch", hatch());
    addCities(map);
    await show(map, first).catch(fail);
  });
  map.on("idle", () => {
    if (!shown) return;
    box.dataset.state = "ready";
    box.dataset.drawn = shown.indicator;
  });
  map.on("error", (event) => { if (!shown) fail(); else console.warn(event.error && event.error.message); });
  listenPointer(map);
  listenKeyboard(map);
  listenPlaces(map);
  if (form) listenChoices(map);
}

async function show(map, loading = Promise.all([fetchValues(config, state), fetchTerritories(config, state.level)])) {
  const mine = ++turn;
  box.dataset.state = "loading";
  const [values, territories] = await loading;
  if (mine !== turn) return;
  const moved = !shown || shown.level !== values.level;
  Object.assign(state, { level: values.level, indicator: values.indicator, period: values.period });
  shown = values;
  names = territories;
  hovered = null;
  if (moved) {
    addLevel(map, config, values);
    outlineLayers(map, config, values.level);
    if (chosenByHand) frame(map, values.level);
  }
  paint(map, values);
  box.querySelector(".map-status")?.remove();
  if (form) describe(map);
  map.triggerRepaint();
}

function paint(map, values) {
  const colours = values.colours.flatMap((colour, rank) => [rank, colour]);
  const none = "rgba(0,0,0,0)";
  map.setPaintProperty("fill", "fill-color", [
    "case", ["boolean", ["feature-state", "h"], false], "#14202b",
    colours.length ? ["step", ["coalesce", ["feature-state", "c"], -1], none, ...colours] : none,
  ]);
  const target = { source: "level", sourceLayer: "territory", id: 0 };
  for (let id = 0; id < values.values.length; id += 1) {
    target.id = id;
    map.setFeatureState(target, { c: classOf(values, values.values[id]) });
  }
}

function describe(map) {
  const set = (id, text) => { document.getElementById(id).textContent = text; };
  document.querySelector(".map-side h1").textContent = shown.label;
  set("unit", shown.unit);
  set("shown-period", shown.period_label || shown.period);
  set("direction", shown.classes_words || `${words[`worst_${shown.worst}`]} ${words.quantiles}`);
  set("about-definition", shown.definition);
  set("about-source", shown.source.map((line) => `${line}.`).join(" "));
  document.getElementById("simulated").hidden = !shown.simulated;
  const breaks = document.getElementById("breaks");
  breaks.hidden = !shown.breaks.length;
  breaks.replaceChildren(...shown.breaks.map((text) => Object.assign(document.createElement("p"), { textContent: text })));
  fill("period", shown.periods.map((period, rank) => [period, (shown.period_labels || shown.periods)[rank]]), state.period);
  fill("level", shown.levels, state.level);
  drawLegend(document.getElementById("legend"), shown, words, formatter(config.lang, shown.decimals));
  list(map);
  share(map);
  document.dispatchEvent(new CustomEvent("map-shown", { detail: shown }));
}

function fill(id, options, chosen) {
  document.getElementById(id).replaceChildren(...options.map(([value, label]) => new Option(label, value, false, value === chosen)));
}

function list(map) {
  drawList({
    shown, names, state, words, lang: config.lang,
    addressOf: (id) => address(id),
    onPage: (page) => { state.page = page; list(map); document.getElementById("ranking").scrollIntoView({ block: "nearest" }); },
  });
}

function address(id) {
  const base = new URL(box.dataset.base, location.href);
  base.pathname += `/${encodeURIComponent(shown.level)}/${encodeURIComponent(names.codes[id])}`;
  return base.toString();
}

function listenChoices(map) {
  form.addEventListener("submit", (event) => event.preventDefault());
  form.addEventListener("change", async (event) => {
    const field = event.target;
    state[field.name] = field.value;
    chosenByHand = true;
    state.page = 1;
    if (field.name !== "period") state.period = "";
    await show(map).catch(() => { form.period.disabled = true; form.submit(); });
  });
  document.getElementById("orders").addEventListener("click", (event) => {
    const link = event.target.closest("[data-order]");
    if (!link || !shown) return;
    event.preventDefault();
    state.order = link.dataset.order;
    state.page = 1;
    for (const other of link.parentElement.children) other.toggleAttribute("aria-current", false);
    link.setAttribute("aria-current", "true");
    list(map);
    share(map);
  });
  const table = document.getElementById("ranking");
  const ring = Object.assign(document.createElement("div"), { className: "ring" });
  ring.setAttribute("aria-hidden", "true");
  const marker = new maplibregl.Marker({ element: ring });
  const point = (event) => {
    const id = Number(event.target.closest("tr[data-id]")?.dataset.id ?? -1);
    if (!shown || id < 0 || names.longitudes[id] === null) return;
    marker.setLngLat([names.longitudes[id], names.latitudes[id]]).addTo(map);
    hover(map, id);
  };
  const leave = () => { marker.remove(); hover(map, null); };
  for (const kind of ["mouseover", "focusin"]) table.addEventListener(kind, point);
  for (const kind of ["mouseleave", "focusout"]) table.addEventListener(kind, leave);
  map.on("moveend", () => share(map));
}

function listenPlaces(map) {
  document.getElementById("places")?.addEventListener("click", (event) => {
    const place = event.target.closest("[data-place]")?.dataset.place;
    if (place) map.fitBounds(boundsOf(place), { padding: 16, animate: false });
  });
}

// A level that covers a part of the country opens on that part; leaving it shows the country again.
function extentOf(level) {
  const found = config.extents[level];
  return found ? [[found[0], found[1]], [found[2], found[3]]] : boundsOf("metropole");
}

function frame(map, level) {
  const partial = Boolean(config.extents[level]);
  if (partial || framed) map.fitBounds(extentOf(level), { padding: 16, animate: false });
  framed = partial;
}

function boundsOf(place) {
  const [west, south, east, north] = config.places[place];
  return [[west, south], [east, north]];
}

function listenPointer(map) {
  box.append(tip);
  map.on("mousemove", (event) => {
    const id = under(map, event.point);
    hover(map, id);
    if (id === null) tip.hidden = true;
    else tell(id, event.point);
    map.getCanvas().style.cursor = id === null ? "" : "pointer";
  });
  map.on("mouseout", () => { hover(map, null); tip.hidden = true; });
  map.on("click", (event) => {
    const id = under(map, event.point);
    if (id !== null) location.assign(address(id));
  });
}

function listenKeyboard(map) {
  const canvas = map.getCanvas();
  const centre = () => map.project(map.getCenter());
  const look = () => {
    if (document.activeElement !== canvas || !canvas.matches(":focus-visible")) return;
    const id = under(map, centre());
    hover(map, id);
    if (id === null) tip.hidden = true;
    else tell(id, centre());
  };
  map.on("moveend", look);
  canvas.addEventListener("focus", look);
  canvas.addEventListener("blur", () => { tip.hidden = true; hover(map, null); });
  canvas.addEventListener("keydown", (event) => {
    if (event.key !== "Enter") return;
    const id = under(map, centre());
    if (id !== null) location.assign(address(id));
  });
}

function under(map, point) {
  if (!shown || !map.getLayer("fill")) return null;
  const [feature] = map.queryRenderedFeatures(point, { layers: ["fill"] });
  return feature ? feature.id : null;
}

function hover(map, id) {
  if (!shown || id === hovered) return;
  if (hovered !== null) map.setFeatureState({ source: "level", sourceLayer: "territory", id: hovered }, { h: false });
  hovered = id;
  if (id !== null) map.setFeatureState({ source: "level", sourceLayer: "territory", id }, { h: true });
}

function tell(id, point) {
  const value = shown.values[id];
  const number = formatter(config.lang, shown.decimals);
  const [rank, count] = rankOf(shown, value);
  const title = document.createElement("strong");
  title.textContent = names.names[id];
  const line = document.createElement("span");
  line.textContent = value === null ? words.missing : `${number(value)} ${shown.unit}`;
  const place = document.createElement("span");
  place.className = "faint";
  place.textContent = [
    value === null || shown.worst === "none" ? "" : words.rank.replace("{rank}", formatter(config.lang, 0)(rank)).replace("{count}", formatter(config.lang, 0)(count)),
    shown.simulated ? words.simulated : "",
  ].filter(Boolean).join(" · ");
  tip.replaceChildren(title, line, place);
  tip.hidden = false;
  const right = point.x > box.clientWidth - tip.offsetWidth - 30;
  const low = point.y > box.clientHeight - tip.offsetHeight - 30;
  tip.style.left = `${right ? point.x - tip.offsetWidth - 14 : point.x + 14}px`;
  tip.style.top = `${low ? point.y - tip.offsetHeight - 14 : point.y + 14}px`;
}

function share(map) {
  if (!form || !shown) return;
  const { lng, lat } = map.getCenter();
  const address = new URL(location.href);
  const kept = { indicator: state.indicator, level: state.level, period: state.period, at: `${lng.toFixed(3)},${lat.toFixed(3)},${map.getZoom().toFixed(2)}` };
  for (const [name, value] of Object.entries(kept)) address.searchParams.set(name, value);
  if (state.order === "worst") address.searchParams.delete("order");
  else address.searchParams.set("order", state.order);
  address.searchParams.delete("page");
  history.replaceState(null, "", address);
  const download = document.getElementById("download");
  const file = new URL(download.href);
  file.pathname = `${config.download || "/csv/indicateur"}/${encodeURIComponent(state.indicator)}`;
  file.searchParams.set("level", state.level);
  file.searchParams.set("period", state.period);
  download.href = file;
}

function addCities(map) {
  config.cities.forEach(([name, longitude, latitude, tier]) => {
    const label = Object.assign(document.createElement("div"), { className: `city city-${tier}`, textContent: name });
    label.setAttribute("aria-hidden", "true");
    new maplibregl.Marker({ element: label, anchor: "center" }).setLngLat([longitude, latitude]).addTo(map);
  });
  const size = () => { box.dataset.zoom = map.getZoom() < 5.4 ? "1" : map.getZoom() < 6.6 ? "2" : "3"; };
  map.on("zoom", size);
  size();
}
