// "Who is this?": asks, shows the answer as it is, and lets reviewers decide on it.
import { api, busy, role, said } from "./api.js";
import { decide, later, ofSighting } from "./deciding.js";

const place = document.getElementById("identify");
const { sighting, version, individual } = place.dataset;
const answer = document.getElementById("answer");
const button = document.getElementById("ask");
const percent = (share) => (share === null ? "unknown" : share > 0.999 ? "over 99.9 %"
  : share < 0.001 ? "under 0.1 %" : `${(100 * share).toFixed(share < 0.05 || share > 0.95 ? 1 : 0)} %`);

function make(tag, attributes = {}, ...children) {
  const made = document.createElement(tag);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  made.append(...children.filter((child) => child !== ""));
  return made;
}

const HEADS = {
  individual: (a) => `This is ${a.individual}.`,
  new: () => "This is nobody whom the catalogue knows.",
  inconclusive: (a) => (a.candidates.length ? "The pictures do not tell." : "No answer from what is stored."),
  "not comparable": () => "It cannot be compared with anybody in the catalogue.",
};
const CHIPS = { individual: "same", new: "different", inconclusive: "inconclusive", "not comparable": "not-comparable" };

button.addEventListener("click", () => busy(button, ask));

async function ask() {
  const began = performance.now();
  const clock = setInterval(() => {
    waiting.textContent = `Searching … ${Math.round((performance.now() - began) / 1000)} s`;
  }, 1000);
  const waiting = make("p", { class: "quiet" }, "Searching …");
  answer.replaceChildren(waiting, make("progress", { "aria-label": "searching" }));
  try {
    const wanted = { sighting_id: sighting, prior_known: Number(document.getElementById("prior-known").value),
      max_error: Number(document.getElementById("max-error").value) };
    show({ ...await api("POST", "/v1/identifications", wanted), asked: wanted });
  } catch (problem) {
    // a search that failed says nothing about the animal, and must not look as if it did
    answer.replaceChildren(make("div", { class: "note bad", role: "alert" },
      make("h3", {}, "No answer: the search did not run"),
      make("p", {}, said(problem)),
      make("p", {}, "This says nothing about who the animal is. Try again.")));
  } finally {
    clearInterval(clock);
  }
}

function show(told) {
  const head = make("p", { class: "lead" }, make("strong", {}, HEADS[told.kind](told)), " ",
    make("span", { class: `chip ${CHIPS[told.kind]}` }, told.kind,
      told.probability === null ? "" : `, ${percent(told.probability)}`));
  const reasons = make("ul", { class: "reasons" }, ...told.reasons.map((one) => make("li", {}, one)));
  const parts = [head, reasons];
  if (told.would_settle) {
    parts.push(make("p", { class: "note" }, make("strong", {}, "What would settle it: "), told.would_settle));
  }
  const notes = told.routes.filter((route) => route.note).map((route) => `${route.name}: ${route.note}`);
  parts.push(make("p", { class: "small quiet" },
    `${told.searched} animals searched, ${told.proposed} sightings proposed, ${told.verified} looked at. ${notes.join(" ")}`));
  if (told.candidates.length) {
    const list = make("ol", { class: "candidates" });
    for (const one of told.candidates) list.append(candidate(one, told, list.childElementCount + 1));
    parts.push(make("h3", {}, "Who was looked at, likeliest first"), list);
  }
  if (role() === "reviewer" || role() === "admin") parts.push(decisions(told));
  answer.replaceChildren(...parts);
}

function candidate(one, told, place) {
  const name = one.individual
    ? make("a", { href: `/individuals/${encodeURIComponent(one.individual)}` }, one.individual)
    : make("span", {}, "nobody yet: ", ...linked(one.sighting_ids));
  const strip = make("div", { class: "strip" });
  const row = make("li", {}, make("div", {}, make("strong", {}, name), ` ${percent(one.probability)} `,
    make("ul", { class: "reasons small" }, ...one.reasons.map((why) => make("li", {}, why)))), strip);
  pictures(one.sighting_ids.slice(0, 3), strip);
  if (one.individual && (role() === "reviewer" || role() === "admin") && individual !== one.individual) {
    const key = place < 10 ? keyed(String(place)) : "";
    const confirm = make("button", { class: "second", "data-key": key && String(place) }, `It is ${one.individual}`, key);
    confirm.addEventListener("click", () => busy(confirm, () =>
      take({ kind: "confirm", sighting_id: sighting, individual: one.individual }, told)));
    row.firstChild.append(confirm);
  }
  return row;
}

const linked = (ids) => ids.slice(0, 5).flatMap((id, n) =>
  [n ? ", " : "", make("a", { href: `/sightings/${encodeURIComponent(id)}` }, id)]);

async function pictures(ids, strip) {
  for (const id of ids) {
    const found = await api("GET", `/v1/sightings/${encodeURIComponent(id)}`).catch(() => null);
    const best = found?.annotations.reduce((a, b) => (b.view.quality.usable > a.view.quality.usable ? b : a));
    if (!best) continue;
    strip.append(make("a", { href: `/sightings/${encodeURIComponent(id)}` }, make("img", {
      src: best.picture.replace(/\/picture$/, "/crop?size=medium"), alt: `${id}, ${best.view.flank} flank`,
      loading: "lazy", class: "candidate" })));
  }
}

const keyed = (key) => make("kbd", { "aria-hidden": "true" }, key);

function decisions(told) {
  const none = make("button", { class: "second", "data-key": "0" },
    told.candidates.length ? "None of these" : "Nobody known", keyed("0"));
  none.title = "Looked at: it is nobody whom the catalogue knows now. It gets no name.";
  none.addEventListener("click", () => busy(none, () => take({ kind: "no-match", sighting_id: sighting }, told)));
  const fresh = make("button", { class: "second", "data-key": "a" }, "It is somebody new", keyed("A"));
  fresh.addEventListener("click", () => busy(fresh, () =>
    take({ kind: "new-individual", sighting_ids: [sighting] }, told)));
  const never = make("button", { class: "second", "data-key": "n" }, "Nobody can tell from these pictures", keyed("N"));
  never.addEventListener("click", () => busy(never, () =>
    take({ kind: "not-identifiable", sighting_id: sighting }, told)));
  const why = make("input", { id: "why", maxlength: "500", placeholder: "which rosettes, which flank" });
  return make("div", { class: "decide stack" }, make("label", { for: "why" }, "Why (kept with your decision)"), why,
    make("div", { class: "actions" }, ...(individual ? [] : [none]), fresh, never),
    make("p", { class: "small quiet" }, "Keys: ", keyed("F"), " searches again, ", keyed("W"), " says why, ", keyed("Z"),
      " undoes the last decision. “None of these” keeps that you looked; “somebody new” makes an individual."));
}

/** What is on the screen: the stored answer by its id, else all of it; and what was asked. */
function shownOf({ id, asked, kind, individual, probability, candidates, bundle }) {
  const filters = { prior_known: asked.prior_known, max_error: asked.max_error };
  if (id) return { identification: id, filters };
  return { filters, answer: kind, individual, probability, bundle,
    candidates: candidates.slice(0, 20).map((one) => ({ individual: one.individual, llr: one.llr, probability: one.probability })) };
}

async function take(decision, told) {
  const why = document.getElementById("why")?.value ?? "";
  const event = await decide(decision, { seen: [ofSighting(sighting, version)], why, shown: shownOf(told) });
  if (!event) return;
  later(event.number ? `Kept as event ${event.number}; it can be undone.` : "It was so already.");
  location.reload();
}

const KEYS = { f: () => button.click(), w: () => document.getElementById("why")?.focus(),
  z: () => document.querySelector(".event:not(.gone) button.undo")?.click() };

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.repeat || document.querySelector("dialog[open]")) return;
  if (event.target.matches("input, textarea, select")) {
    if (event.key === "Escape") event.target.blur();
    return;
  }
  const key = event.key.toLowerCase();
  const pressed = answer.querySelector(`[data-key="${CSS.escape(key)}"]`);
  if (!pressed && !KEYS[key]) return;
  event.preventDefault();
  if (pressed) pressed.click();
  else KEYS[key]();
});
