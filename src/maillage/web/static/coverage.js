// What the map of coverage says besides the map: every definition side by side, holes and overlaps.
const panel = document.getElementById("coverage-panel");

document.addEventListener("map-shown", (event) => {
  // Written by the server, which escapes what it does not write itself.
  if (event.detail.panel !== undefined) panel.innerHTML = event.detail.panel;
});
