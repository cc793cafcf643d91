// Import: a source is looked at, shown, and taken in when confirmed.
import { Problem, busy, me, problemOf, renew, said } from "./api.js";
import { send } from "./sending.js";

const find = (id) => document.getElementById(id);
const form = find("import-form"), found = find("found"), columns = find("columns");
const MOST_BYTES = Number(form.dataset.mostBytes), REVIEWER = form.dataset.reviewer === "true";
const SHOWN = 20;
const many = (n, word) => `${n.toLocaleString("en")} ${word}${n === 1 ? "" : "s"}`;
const counts = (told) => Object.entries(told).map(([word, n]) => `${word}: ${n.toLocaleString("en")}`).join(", ") || "none";
const from = () => form.elements.from.value;

function item(text) {
  const node = document.createElement("li");
  node.textContent = text;
  return node;
}

function state(text, bad = false) {
  const place = find("import-state");
  place.className = bad ? "note bad" : "small";
  place.textContent = text;
}

// --- what is asked ---

function asked() {
  const { format, dates, prefix, species, licence, same_names: same, replace, gap_minutes: gap } = form.elements;
  const told = { prefix: prefix.value.trim(), licence: licence.value.trim(), same_names: same.checked, replace: replace.checked };
  told.exif_positions = form.elements.exif_positions.checked;
  if (format.value) told.format = format.value;
  if (dates.value) told.dates = dates.value;
  if (gap.value !== "") told.gap_minutes = Number(gap.value);
  told.species = species.value.split(",").map((one) => one.trim()).filter(Boolean);
  if (!find("columns-box").hidden) told.columns = columns.value;
  return told;
}

function missing() {
  const file = find("file").files[0], size = (file?.size ?? 0) + (find("deployments").files[0]?.size ?? 0);
  if (from() === "archive") return form.elements.source.value.trim() ? "" : "Name a source first.";
  if (!file) return "Choose a file first.";
  return size > MOST_BYTES ? `${file.name} is larger than the service takes (${Math.floor(MOST_BYTES / 1e6)} MB): send it in parts, or have it laid beside the service.` : "";
}

async function ask(told) {
  if (from() === "archive") {
    const { source, deployments_source: table } = form.elements;
    const deployments = table.value.trim() || null;
    return post("/v1/imports", JSON.stringify({ ...told, source: source.value.trim(), deployments }));
  }
  const file = find("file").files[0], table = find("deployments").files[0], body = new FormData();
  body.append("metadata", JSON.stringify(told));
  body.append("media", file, file.name);
  if (table) body.append("deployments", table, table.name);
  return post("/v1/imports/files", body);
}

async function post(path, body) {
  const bar = find("sent");
  const progressed = (loaded, total) => {
    bar.hidden = loaded >= total;
    bar.value = total ? loaded / total : 0;
    state(loaded >= total ? "Being read ..." : "Being sent ...");
  };
  try {
    for (let renewed = false; ; renewed = true) {
      const answer = await send(path, body, progressed);
      if (answer.ok) return await answer.json();
      const problem = await problemOf(answer);
      if (renewed || !(await renew(problem))) throw problem;
    }
  } finally {
    bar.hidden = true;
  }
}

async function run(button, confirm) {
  const wrong = missing();
  if (wrong) return state(wrong, true);
  return busy(button, async () => {
    state("Being read ...");
    if (!confirm) found.hidden = true;
    try {
      const told = await ask({ ...asked(), by: await me(), confirm });
      state("");
      (confirm ? showDone : show)(told);
    } catch (problem) {
      state("");
      if (!(problem instanceof Problem)) throw problem;
      state(said(problem), true);
    }
  });
}

// --- what was found ---

function facts(place, rows) {
  for (const [what, words] of rows) {
    const [dt, dd] = ["dt", "dd"].map((tag) => document.createElement(tag));
    dt.textContent = what;
    dd.textContent = words;
    place.append(dt, dd);
  }
}

function listed(place, lines) {
  place.hidden = !lines.length;
  place.querySelector("ul").append(...lines.map(item));
}

function card(told, title) {
  const node = find("found-form").content.cloneNode(true).firstElementChild;
  node.querySelector("h2").textContent = title;
  listed(node.querySelector(".lacking"), told.lacking);
  const odd = node.querySelector(".odd"), lines = told.problems.slice(0, SHOWN);
  odd.querySelector("h3").textContent = `What is odd (${told.problem_count.toLocaleString("en")})`;
  listed(odd, lines);
  if (told.problems.length > SHOWN) {
    const rest = document.createElement("details"), word = document.createElement("summary"), list = document.createElement("ul");
    word.textContent = `${(told.problems.length - SHOWN).toLocaleString("en")} more`;
    list.className = "small";
    list.append(...told.problems.slice(SHOWN).map(item));
    rest.append(word, list);
    odd.append(rest);
  }
  return node;
}

function place(node) {
  found.replaceChildren(node);
  found.hidden = false;
  found.focus();
}

function show(told) {
  if (told.format === "table" || told.columns) {
    find("columns-box").hidden = false;
    if (told.columns && !columns.value.trim()) columns.value = told.columns;
  }
  const node = card(told, `${form.elements.format.querySelector(`[value="${told.format}"]`)?.textContent ?? told.format}: ${many(told.sightings, "sighting")} with pictures`);
  facts(node.querySelector("dl"), [
    ["Holds", `${many(told.deployments, "deployment")}, ${many(told.media, "file")}, ${many(told.observations, "observation")}`],
    ["Observations", counts(told.types)],
    ...(told.put_together ? [["Put together", told.put_together]] : []),
    ["Files of sightings", counts(told.files)],
    ["Licences of files", counts(Object.fromEntries(Object.entries(told.licences).map(([name, n]) => [name || "not stated, so your own", n])))],
    ["Named", told.individuals ? `${many(told.named_sightings, "sighting")} of ${many(told.individuals, "animal")}` : "nobody"],
  ]);
  const { same_names: same, replace } = form.elements;
  const barred = !REVIEWER && (told.named_sightings > 0 || same.checked || replace.checked);
  node.querySelector(".reviewer").hidden = !barred;
  const take = node.querySelector(".take");
  take.hidden = barred;
  take.textContent = told.sightings ? `Take in ${many(told.sightings, "sighting")}` : "Keep its records: no sighting has a picture here";
  take.addEventListener("click", () => run(take, true));
  place(node);
}

function showDone(told) {
  const { done } = told;
  const node = card(told, done.new ? `${many(done.new, "sighting")} came in` : "Nothing new came in");
  facts(node.querySelector("dl"), [
    ["Known before", done.known.toLocaleString("en")],
    ["Not stored", done.left.toLocaleString("en")],
    ["Said who it is", many(done.named, "sighting")],
  ]);
  node.querySelector(".actions").replaceChildren(...[
    ["/sightings", done.new ? "See what came in (newest first)" : "Sightings"],
    ...(done.named ? [["/individuals", "Individuals"]] : []),
  ].map(([href, words], n) => link(href, words, n ? "button second" : "button")));
  if (done.sighting_ids.length) {
    const list = document.createElement("p");
    list.className = "small arrived";
    for (const id of done.sighting_ids.slice(0, SHOWN)) list.append(link(`/sightings/${encodeURIComponent(id)}`, id), " ");
    if (done.new > SHOWN) list.append(`and ${(done.new - SHOWN).toLocaleString("en")} more`);
    node.querySelector("dl").after(list);
  }
  place(node);
}

function link(href, words, kind = "") {
  const node = document.createElement("a");
  node.href = href;
  node.className = kind;
  node.textContent = words;
  return node;
}

// --- what is done ---

function sourceChanged() {
  columns.value = "";
  find("columns-box").hidden = form.elements.format.value !== "table";
}

form.addEventListener("input", ({ target }) => {
  find("for-file").hidden = from() !== "file";
  if (find("source")) find("for-archive").hidden = from() !== "archive";
  if (["from", "file", "source", "format"].includes(target.name)) sourceChanged();
  const take = found.querySelector(".take");
  if (!take) return;
  take.hidden = true; // what is taken in is what was looked at
  found.querySelector(".changed").hidden = false;
});
form.addEventListener("submit", (event) => {
  event.preventDefault();
  run(find("look"), false);
});
