// Choosing sightings across the pages of the list; kept until the browser's tab is closed.
const KEY = "leopard-reid chosen";
const MOST_COMPARED = 50;
const find = (id) => document.getElementById(id);
const chosen = new Set(JSON.parse(sessionStorage.getItem(KEY) ?? "[]"));

function show() {
  sessionStorage.setItem(KEY, JSON.stringify([...chosen]));
  for (const box of document.querySelectorAll(".choose")) box.checked = chosen.has(box.value);
  const tray = find("chosen");
  if (!tray) return;
  tray.hidden = chosen.size === 0;
  find("chosen-count").textContent = `${chosen.size} chosen`;
  find("chosen-names").textContent = [...chosen].slice(0, 6).join(", ") + (chosen.size > 6 ? " …" : "");
  const query = new URLSearchParams([...chosen].map((id) => ["sighting", id])).toString();
  find("chosen-compare").href = `/comparisons/new?${query}`;
  find("chosen-compare").hidden = chosen.size < 2 || chosen.size > MOST_COMPARED;
  find("chosen-group").href = `/jobs/new?${query}`;
  find("chosen-group").hidden = chosen.size < 2;
}

document.addEventListener("change", ({ target }) => {
  if (!target.matches(".choose")) return;
  if (target.checked) chosen.add(target.value);
  else chosen.delete(target.value);
  show();
});
find("chosen-none")?.addEventListener("click", () => {
  chosen.clear();
  show();
});
show();
