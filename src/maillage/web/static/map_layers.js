// Sources and layers of the map: the level shown, its missing values, and the outlines above it.
const OUTLINES = { commune: "departement", epci: "departement", bassin_vie: "departement", cpts: "departement", departement: "region" };
const LINE_OPACITY = {
  commune: ["interpolate", ["linear"], ["zoom"], 6.5, 0, 9, 0.55],
  epci: ["interpolate", ["linear"], ["zoom"], 5, 0.25, 8, 0.8],
  bassin_vie: ["interpolate", ["linear"], ["zoom"], 5, 0.25, 8, 0.8],
};

function source(config, level) {
  const [minzoom, maxzoom] = config.zooms[level];
  return { type: "vector", tiles: [`${location.origin}/tiles/${config.version}/${level}/{z}/{x}/{y}.mvt`], minzoom, maxzoom };
}

export function addLevel(map, config, values) {
  for (const layer of ["line", "fill", "missing"]) if (map.getLayer(layer)) map.removeLayer(layer);
  if (map.getSource("level")) map.removeSource("level");
  map.addSource("level", source(config, values.level));
  const above = map.getLayer("outline") ? "outline" : undefined;
  const layer = { source: "level", "source-layer": "territory" };
  map.addLayer({ id: "missing", type: "fill", ...layer, paint: { "fill-pattern": "hatch" } }, above);
  map.addLayer({ id: "fill", type: "fill", ...layer, paint: { "fill-color": "rgba(0,0,0,0)" } }, above);
  map.addLayer({
    id: "line", type: "line", ...layer,
    // Below this zoom the lines of communes would cost more than all their surfaces and show nothing.
    ...(values.level === "commune" ? { minzoom: 6.5 } : {}),
    paint: { "line-color": "#ffffff", "line-width": 0.7, "line-opacity": LINE_OPACITY[values.level] ?? 0.9 },
  }, above);
}

export function outlineLayers(map, config, level) {
  const above = OUTLINES[level];
  if (map.getLayer("outline")) map.removeLayer("outline");
  if (map.getSource("above")) map.removeSource("above");
  if (!above || !config.zooms[above]) return;
  map.addSource("above", source(config, above));
  map.addLayer({
    id: "outline", type: "line", source: "above", "source-layer": "territory",
    paint: { "line-color": "#33424f", "line-opacity": 0.55, "line-width": ["interpolate", ["linear"], ["zoom"], 4.5, 0.45, 8, 1.4] },
  });
}

// Grey with slanted strokes: told from every colour without seeing colours.
export function hatch() {
  const side = 8;
  const data = new Uint8ClampedArray(side * side * 4);
  for (let y = 0; y < side; y += 1) {
    for (let x = 0; x < side; x += 1) {
      const stroke = (x + y) % side < 2;
      data.set(stroke ? [163, 171, 179, 255] : [236, 238, 240, 255], (y * side + x) * 4);
    }
  }
  return { width: side, height: side, data };
}
