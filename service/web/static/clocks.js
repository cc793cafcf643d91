// Corrections of cameras' clocks: looked at beforehand, recorded, taken back.
import { Problem, api, busy, me, said } from "./api.js";
import { later, link } from "./deciding.js";

const $ = (id) => document.getElementById(id);
const form = $("clock-form"), undoForm = $("undo-form"), found = $("found");
const SHOWN = 200;
const many = (n, word) => `${n.toLocaleString("en")} ${word}${n === 1 ? "" : "s"}`;

function state(text, bad = false) {
  $("clock-state").className = bad ? "note bad" : "small";
  $("clock-state").textContent = text;
}

/** Work of a button; what the service refuses is said beside it. */
const doing = (button, work) => busy(button, async () => {
  state("");
  try {
    await work();
  } catch (problem) {
    if (!(problem instanceof Problem)) throw problem;
    state(said(problem), true);
  }
});

function reason() {
  const why = $("why").value.trim();
  if (!why) {
    state("Say what it rests on first: others have to judge it later.", true);
    $("why").focus();
  }
  return why;
}

// --- what is asked ---

const cameras = () => JSON.parse($("station").selectedOptions[0].dataset.cameras);
const chosen = () => cameras().filter((one) => !$("camera").value || `=${one.camera}` === $("camera").value);
const firstOf = (all) => all.map((one) => one.first).filter(Boolean).sort()[0];
const shown = (at) => at.replace("T", " ");

function listCameras() {
  const all = new Option("every camera of the station", "");
  $("camera").replaceChildren(all, ...cameras().map((one) => new Option(one.camera || "(unnamed)", `=${one.camera}`)));
  tellWrote();
}

function tellWrote() {
  const all = chosen(), last = all.map((one) => one.last).filter(Boolean).sort().pop();
  const pictures = many(all.reduce((sum, one) => sum + one.pictures, 0), "picture");
  $("wrote").textContent = last ? `${pictures}; the clock wrote ${shown(firstOf(all))} to ${shown(last)}.` : `${pictures}, none with a time.`;
}

function asked() {
  const told = { station: $("station").value };
  if ($("camera").value) told.camera = $("camera").value.slice(1);
  for (const bound of ["first", "last"]) if ($(bound).value) told[bound] = $(bound).value;
  return { ...told, ...WAYS[$("kind").value]() };
}

const WAYS = {
  offset: () => ({ add_s: Number($("side").value) * [...form.querySelectorAll("[data-unit]")].reduce((sum, one) => sum + Number(one.value) * Number(one.dataset.unit), 0) }),
  "half-day": () => ({ half_day: $("half").value }),
  year: () => ({ year: Number($("year").value), anchor: $("anchor").value || $("first").value || firstOf(chosen()) }),
  reset: () => ({ wrote: $("read").value || null, was: $("was").value || null }),
};

const LACKING = {
  offset: () => (asked().add_s ? "" : "Say by how much the clock was wrong."),
  "half-day": () => "",
  year: () => (!$("year").value ? "Say which year it was." : asked().anchor ? "" : "No picture has a time: say what the clock wrote then."),
  reset: () => ($("read").value && $("was").value ? "" : "Say both: what the clock wrote, and what the time was."),
};

function showKind() {
  for (const part of form.querySelectorAll("[data-kind]")) part.hidden = part.dataset.kind !== $("kind").value;
}

// --- what it changes ---

const times = (all) => all.map((one) => shown(one.at)).join(" or ") || "no time";

function row(one) {
  const cells = [link(`/sightings/${encodeURIComponent(one.sighting_id)}`, one.sighting_id), times(one.before), times(one.after)];
  const line = document.createElement("tr");
  for (const cell of cells) line.insertCell().append(cell);
  return line;
}

function show({ correction, sightings }, told) {
  const whose = `${$("station").selectedOptions[0].text}, ${$("camera").selectedOptions[0].text}`;
  $("found-head").textContent = sightings.length ? `The time of ${many(sightings.length, "sighting")} moves` : "No sighting's time moves";
  $("found-words").textContent = `${whose}: ${correction.words}`;
  found.querySelector(".scroll").hidden = !sightings.length;
  found.querySelector("tbody").replaceChildren(...sightings.slice(0, SHOWN).map(row));
  $("found-more").textContent = sightings.length > SHOWN ? `and ${(sightings.length - SHOWN).toLocaleString("en")} more` : "";
  $("record").onclick = () => record(told, sightings.length);
  found.hidden = false;
  found.focus();
}

async function look() {
  const lacking = LACKING[$("kind").value]();
  found.hidden = true;
  if (lacking) return state(lacking, true);
  const told = asked();
  return show(await api("POST", "/v1/clocks/preview", told), told);
}

function record(told, moved) {
  const why = reason();
  if (!why) return undefined;
  return doing($("record"), async () => {
    const entry = await api("POST", "/v1/clocks", { ...told, by: await me(), why });
    back(entry.number, `Recorded as correction ${entry.number}: ${many(moved, "sighting")} moved. It can be taken back.`);
  });
}

function back(number, words) {
  later(words);
  history.replaceState(null, "", `/clocks#clock-${number}`);
  location.reload();
}

// --- what speaks against clocks ---

function fill({ station, camera, kind, correction }) {
  $("station").value = station;
  listCameras();
  $("camera").value = `=${camera}`;
  $("kind").value = ["half-day", "reset"].includes(kind) ? kind : "offset";
  let left = Math.abs(correction?.shift_s ?? 0);
  $("side").value = correction?.shift_s < 0 ? "-1" : "1";
  for (const field of form.querySelectorAll("[data-unit]")) {
    const unit = Number(field.dataset.unit);
    field.value = Math.floor(left / unit) || "";
    left %= unit;
  }
  form.dispatchEvent(new Event("input"));
  $("form-head").focus();
}

function suspect(one) {
  const item = document.createElement("li"), words = document.createElement("p"), button = document.createElement("button");
  const name = `${one.station || "(no station)"}, camera ${one.camera || "(unnamed)"}`;
  const strong = document.createElement("strong"), whose = document.createElement("span");
  strong.textContent = name;
  words.append(strong, `: ${one.words}.`);
  button.type = "button";
  button.className = "second small-button";
  whose.className = "sr";
  whose.textContent = ` for ${name}`;
  button.append("Fill in the form", whose);
  button.addEventListener("click", () => fill(one));
  item.append(words, button);
  return item;
}

async function listSuspects() {
  const place = $("suspects-state");
  try {
    const { suspects } = await api("GET", "/v1/clocks/suspects");
    $("suspects").replaceChildren(...suspects.map(suspect));
    place.textContent = suspects.length ? "Proposals: you decide, who know more." : "Nothing speaks against any clock. That is no proof that they are right.";
  } catch (problem) {
    if (!(problem instanceof Problem)) throw problem;
    place.className = "note bad";
    place.textContent = `They could not be looked for. ${said(problem)}`;
  }
}

// --- what is done ---

if (form) {
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    doing($("look"), look);
  });
  form.addEventListener("input", ({ target }) => {
    if (target.id === "why") return;
    if (target.id === "station") listCameras();
    tellWrote();
    showKind();
    found.hidden = true; // what is recorded is what was looked at
  });
  listCameras();
  showKind();
  listSuspects();
}
undoForm?.addEventListener("submit", (event) => {
  event.preventDefault();
  const why = reason();
  if (!why) return;
  doing($("undo"), async () => {
    const { number } = undoForm.dataset;
    const entry = await api("POST", `/v1/clocks/${number}/undo`, { by: await me(), why });
    later(`Correction ${number} is taken back: entry ${entry.number} says so.`);
    location.assign(`/clocks#clock-${entry.number}`);
  });
});
