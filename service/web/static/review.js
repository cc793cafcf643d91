// The review page: one pair after another, judged by eye, with keys for everything.
import { api, busy, me, said, tell } from "./api.js";
import { conflict, link } from "./deciding.js";
import { Lines } from "./lines.js";
import { Panes } from "./panes.js";

const $ = (id) => document.getElementById(id);
const part = encodeURIComponent;
const main = $("main");
const sides = ["left", "right"].map((name) => $(name));
const panes = new Panes(...sides.map((side) => side.querySelector(".view")), () => lines.draw(shownFrames()));
const lines = new Lines($("lines"), panes);
let item, two = [], at = [0, 0], last, guest, looked = [[], []];

const shownFrames = () => two.map((one, i) => (i === 1 && guest ? guest : one)?.frames[at[i]]);
const FLANKS = ["left", "right"];

/* ---- what is asked ---- */

async function next() {
  const by = await me();
  const { item: found } = await api("POST", "/v1/review/next", { by });
  await begin(found);
  progress(by);
}

async function begin(found) {
  await show(found);
  main.dataset.item = item?.id ?? "none"; // the page shows this one now
}

async function show(found) {
  item = found;
  guest = undefined;
  $("why").value = kept("why");
  for (const id of ["pair", "desk"]) $(id).hidden = !item;
  $("empty").hidden = Boolean(item);
  $("thought").hidden = $("strip").hidden = true;
  $("thought").replaceChildren(); // nothing of another pair stays, not even hidden
  $("others").setAttribute("aria-expanded", "false");
  if (!item) return nothingLeft();
  two = await Promise.all([item.a, item.b].map((id) => api("GET", `/v1/sightings/${part(id)}/frames`)));
  lines.pairs = [];
  at = bestFrames(...two);
  panes.reset();
  sides.forEach((_, i) => showSide(i));
  explain();
  if (lines.on) await withMatches();
  if (item.opened) think(item);
  sides[0].querySelector(".view").focus({ preventScroll: true });
}

function nothingLeft() {
  two = [];
  $("empty").innerHTML = `<h2>Nothing is left to ask.</h2><p>Pairs come from comparisons, searches and
    batches. Pairs that others are looking at come back when they skip them, or after half an hour.</p>
    <p><a href="/sightings">Sightings</a> · <a href="/individuals">Individuals</a> ·
    <a href="/review/record">Disputes and error rates</a></p>`;
}

async function progress(by) {
  const told = await api("GET", `/v1/review/progress?by=${part(by)}`).catch(() => null);
  if (!told) return;
  const each = told.telling ? told.next_bits / Math.min(10, told.telling) : 0;
  const worth = each > 0.7 ? "nearly everything a yes or no can tell" : each > 0.35 ? "about half of what a yes or no can tell"
    : "little: the machine is nearly sure";
  $("progress").textContent = told.telling
    ? `${told.telling} pairs left that tell something; each of the next tells ${worth} (${told.next_bits.toFixed(1)} of ${told.bits.toFixed(1)} bits in the next ten). You today: ${told.own_today}.`
    : `No pair is left whose answer is in doubt (${told.open_pairs} are all but known). You today: ${told.own_today}.`;
}

const MUTE = ["no-animal", "not-a-leopard", "whole-image"];
const worth = (frame) => frame.usable - (frame.flags.some((flag) => MUTE.includes(flag)) ? 1 : 0);

/** The frames to begin with: of one flank, as good as can be in both. */
function bestFrames(a, b) {
  const best = (one, flank) => one.frames.reduce((found, frame, i) =>
    (!flank || frame.flank === flank) && (found < 0 || worth(frame) > worth(one.frames[found])) ? i : found, -1);
  const pairs = FLANKS.map((flank) => [best(a, flank), best(b, flank)]).filter((pair) => !pair.includes(-1));
  const worst = ([i, j]) => Math.min(worth(a.frames[i]), worth(b.frames[j]));
  return pairs.sort((p, q) => worst(q) - worst(p))[0] ?? [Math.max(0, best(a)), Math.max(0, best(b))];
}

/* ---- what is shown ---- */

function showSide(i) {
  const one = i === 1 && guest ? guest : two[i], side = sides[i];
  side.querySelector(".name").replaceChildren(link(`/sightings/${part(one.id)}`, one.id));
  side.querySelector(".whose").replaceChildren(whose(one));
  const times = [...new Set(one.times.map((time) => time.at.slice(0, 16).replace("T", " ")))];
  side.querySelector(".seen").textContent = [times.join(" or ") || "time unknown", one.station].filter(Boolean).join(" · ");
  side.querySelector(".frames").replaceChildren(...one.frames.map((frame, k) => thumb(one, frame, k, i)));
  showFrame(i);
}

function whose(one) {
  const chip = document.createElement("span");
  chip.className = "chip plain small";
  if (item.blind && !item.answered) chip.textContent = "who: hidden";
  else if (one.individual) {
    chip.className = "chip same small";
    chip.append(link(`/individuals/${part(one.individual)}`, one.individual));
  } else chip.textContent = one.identifiable ? "nobody said who" : "not identifiable";
  return chip;
}

function thumb(one, frame, k, i) {
  const row = document.createElement("li"), button = document.createElement("button");
  const image = document.createElement("img"), tag = document.createElement("span");
  button.setAttribute("aria-label", `${frame.file}, ${flankWords(frame)}, ${quality(frame)}`);
  image.src = `${frame.crop}?size=small`;
  image.alt = "";
  image.loading = "lazy";
  tag.className = "tag";
  tag.textContent = { left: "L", right: "R" }[frame.flank] ?? "?";
  button.append(image, tag);
  button.addEventListener("click", () => flip(i, k));
  row.append(button);
  return row;
}

const flankWords = (frame) => (FLANKS.includes(frame.flank) ? `${frame.flank} flank` : "flank not known")
  + (frame.flank_source === "estimated" ? " (estimated)" : "");
const quality = (frame) => (frame.usable >= 0.5 ? "good" : frame.usable >= 0.2 ? "fair" : "poor");

function showFrame(i) {
  const side = sides[i], frame = shownFrames()[i];
  for (const [k, row] of [...side.querySelectorAll(".frames li")].entries())
    row.firstChild.setAttribute("aria-current", String(k === at[i]));
  side.querySelector(".frames [aria-current=true]")?.scrollIntoView({ block: "nearest", inline: "nearest" });
  if (!frame) {
    side.querySelector(".flank").textContent = "no animal was found in its pictures";
    return;
  }
  panes.panes[i].show(`${frame.crop}?size=large`, `${frame.file}, ${flankWords(frame)}`);
  side.querySelector(".flank").textContent = flankWords(frame);
  const light = frame.light === "infrared" ? "infrared" : "colour";
  side.querySelector(".quality").textContent =
    `${quality(frame)}${frame.reasons.length ? `: ${frame.reasons.join(", ")}` : ""} · ${light} · ${frame.animal_px} px · ${frame.file} (${at[i] + 1} of ${(i === 1 && guest ? guest : two[i]).frames.length})`;
  warn();
  panes.draw();
}

/** Left is never offered against right in silence. */
function warn() {
  const [a, b] = shownFrames();
  const other = a && b && FLANKS.includes(a.flank) && FLANKS.includes(b.flank) && a.flank !== b.flank;
  const common = two.length && FLANKS.some((flank) => two.every((one) => one.frames.some((f) => f.flank === flank)));
  $("warning").hidden = !other;
  $("warning").textContent = other
    ? `These two pictures show different flanks: their patterns say nothing of each other. ${common ? "Other frames show the same one." : "No flank is shown by both sightings: “cannot tell” is the honest answer, unless something else tells."}`
    : "";
}

function flip(i, k) {
  const count = (i === 1 && guest ? guest : two[i])?.frames.length;
  if (!count) return;
  at[i] = (k + count) % count;
  showFrame(i);
}

/* ---- what follows from an answer ---- */

function explain() {
  const [a, b] = two.map((one) => one.individual);
  let same = "Same makes a new individual of both, with a name of its own.";
  if (a && b) same = `Same merges nothing yet: you are led to what a merge of ${a} and ${b} would change.`;
  else if (a || b) same = `Same: the other one is ${a || b} too.`;
  $("follows").textContent = item.blind && !item.answered
    ? "Judge this one by eye: who they are and what the machine thinks is shown after your answer. To an open question, the answer is a decision at once; it can be undone."
    : `${same} Two animals: it is kept that they are two. Cannot tell decides nothing, and the pair comes later. Everything can be undone.`;
  $("opinion").setAttribute("aria-disabled", String(!mayAsk()));
  $("matches").setAttribute("aria-disabled", String(item.blind && !item.answered));
  $("points").setAttribute("aria-disabled", String(item.blind && !item.answered));
  for (const id of ["others", "none"]) $(id).setAttribute("aria-disabled", String(item.blind && !item.answered));
}

const mayAsk = () => item.opened || item.answered || (!item.blind && main.dataset.opinion === "asked");
const BLIND = "This pair is judged by eye alone; it is shown after your answer.";

async function answer(word, button) {
  if (!item || guest) return;
  await busy(button, async () => {
    const by = await me(), told = item;
    $("trouble").hidden = true;
    try {
      const done = await api("POST", `/v1/review/items/${part(told.id)}/answer`, { by, answer: word, why: $("why").value });
      const full = await api("GET", `/v1/review/items/${part(told.id)}`).catch(() => told);
      keep("why", "");
      await remember({ ...done, pair: full, word });
      await next();
    } catch (error) {
      faster(error, word);
    }
  });
}

/** Somebody was faster: it is said who did what, and nothing that was typed is lost. */
function faster(error, word) {
  keep("why", $("why").value);
  const words = `Your answer “${word}” was not taken, for things changed meanwhile.`;
  conflict(error, words, () => next().catch(tell), "Look again at how it is now");
}

async function remember(done) {
  last = done;
  const box = $("last"), text = document.createElement("p");
  const words = { same: "one animal", different: "two animals", "cannot tell": "cannot tell" }[done.word];
  text.append(`${done.pair.a} and ${done.pair.b}: ${words}. `);
  if (done.event) text.append(link(`/history?about=${done.event}#event-${done.event}`, `Event ${done.event}`), ". ");
  if (done.pair.probability !== null) text.append(`The machine thought ${percent(done.pair.probability)} for one animal. `);
  if (done.merge) {
    const [keepName, gone] = done.merge;
    text.append("They are two individuals: ", link(`/individuals/${part(keepName)}/merge?gone=${part(gone)}`,
      `look at what a merge of ${keepName} and ${gone} would change`), ". ");
  }
  box.replaceChildren(text);
  box.hidden = false;
  $("undo").disabled = false;
  sessionStorage.setItem("last answer", JSON.stringify(done));
}

const percent = (p) => (p < 0.001 ? "under 0.1 %" : p > 0.999 ? "over 99.9 %" : `${(100 * p).toFixed(p < 0.1 || p > 0.9 ? 1 : 0)} %`);

async function undo(button) {
  if (!last) return;
  if (last.decided) return busy(button, undoDecided);
  await busy(button, async () => {
    const by = await me();
    let again;
    try {
      again = (await api("POST", `/v1/review/items/${part(last.item)}/take-back`, { by })).item;
    } catch (error) {
      conflict(error, "Nothing was undone.", () => {}, "Go on");
      return;
    }
    tell(`Taken back: ${last.pair.a} and ${last.pair.b}.`);
    last = undefined;
    $("undo").disabled = true;
    $("last").hidden = true;
    sessionStorage.removeItem("last answer");
    if (again) await begin(again);
    else await next();
    progress(by);
  });
}

async function skip(button) {
  if (!item) return;
  await busy(button, async () => {
    await api("POST", `/v1/review/items/${part(item.id)}/skip`, { by: await me() });
    await next();
  });
}

async function unidentifiable(i) {
  $("which").close();
  await busy($("unidentifiable"), async () => {
    const one = two[i], by = await me();
    const decision = { kind: "not-identifiable", sighting_id: one.id };
    const seen = [{ sighting_id: one.id, version: one.version }];
    try {
      const told = { decision, by, why: $("why").value, seen, shown: { review_item: item.id } };
      const { event } = await api("POST", "/v1/decisions", told);
      decided(`${one.id}: nobody will tell who it is.`, event);
      await next();
    } catch (error) {
      faster(error, "not identifiable");
    }
  });
}

/** Looked among all who are known, and found nobody: kept, and the pair stays. */
function noneOfThese() {
  if (!item) return;
  if (item.blind && !item.answered) return tell(BLIND);
  if ($("strip").hidden) {
    tell("Look at the others first; E again says that it is none of them.");
    return $("others").click();
  }
  if (two.every((one) => one.individual)) return tell("Both are named already: the history can withdraw that.");
  for (const [i, side] of ["left", "right"].entries()) $(`nobody-${side}`).disabled = Boolean(two[i].individual);
  $("nobody").showModal();
}

async function nobody(i) {
  const one = two[i];
  if (one.individual) return;
  $("nobody").close();
  await busy($("none"), async () => {
    const seen = [{ sighting_id: one.id, version: one.version }];
    const shown = { review_item: item.id, candidates: looked[i] };
    const told = { decision: { kind: "no-match", sighting_id: one.id }, by: await me(), why: $("why").value, seen, shown };
    try {
      const { event } = await api("POST", "/v1/decisions", told);
      decided(`${one.id}: nobody whom the catalogue knows.`, event);
    } catch (error) {
      faster(error, "none of these");
    }
  });
}

/** A decision beside the pair's own: said where answers are, and undone by the same key. */
function decided(words, event) {
  last = { decided: words, event: event?.number };
  $("last").replaceChildren(Object.assign(document.createElement("p"), { textContent: `${words} ` }));
  if (last.event) $("last").firstChild.append(link(`/history?about=${last.event}#event-${last.event}`, `Event ${last.event}`), ".");
  $("last").hidden = false;
  $("undo").disabled = !last.event;
  sessionStorage.setItem("last answer", JSON.stringify(last));
}

async function undoDecided() {
  try {
    await api("POST", `/v1/decisions/${last.event}/undo`, { by: await me() });
  } catch (error) {
    conflict(error, "Nothing was undone.", () => {}, "Go on");
    return;
  }
  tell(`Taken back. ${last.decided}`);
  last = undefined;
  $("undo").disabled = true;
  $("last").hidden = true;
  sessionStorage.removeItem("last answer");
  await next();
}

/* ---- help for the eye ---- */

async function opinion(button) {
  if (!item) return;
  if (!mayAsk()) return tell(item.blind ? BLIND : "It is shown after your answer.");
  if (!$("thought").hidden) { $("thought").hidden = true; return; }
  await busy(button, async () => {
    item = await api("POST", `/v1/review/items/${part(item.id)}/opinion`, { by: await me() });
    think(item);
    explain();
  });
}

function think({ probability, reasons, comparison }) {
  if (probability === null) return;
  const text = document.createElement("p"), why = document.createElement("ul");
  text.append(`By the pictures of these two alone, ${percent(probability)} for one animal, before anything else is known. `);
  if (comparison) text.append(link(`/comparisons/${part(comparison)}`, "The whole comparison"));
  for (const reason of reasons) why.append(Object.assign(document.createElement("li"), { textContent: reason }));
  $("thought").replaceChildren(text, why);
  $("thought").hidden = false;
}

async function toggleMatches(button, pointsOnly) {
  if (!item) return;
  if (item.blind && !item.answered) return tell(BLIND);
  const off = lines.on && lines.points === pointsOnly;
  lines.on = !off;
  lines.points = pointsOnly;
  pressed();
  if (lines.on) await busy(button, withMatches);
  panes.draw();
}

function pressed() {
  $("matches").setAttribute("aria-pressed", String(lines.on && !lines.points));
  $("points").setAttribute("aria-pressed", String(lines.on && lines.points));
}

/** The matches of this pair: of the stored comparison, or of one that is made now. */
async function withMatches() {
  if (lines.pairs.length || !item || (item.blind && !item.answered)) return;
  const asked = item;
  const { pairs } = await matchesOf(item);
  if (asked !== item) return;
  const own = new Set(two.flatMap((one) => one.frames.map((frame) => frame.id)));
  lines.pairs = pairs.filter((pair) => own.has(pair.a) && own.has(pair.b));
  if (!lines.pairs.length) tell("No verified match was found between their pictures.");
  else if (!lines.of(...shownFrames()).length) {
    const most = lines.pairs.reduce((found, pair) => (pair.group.length > found.group.length ? pair : found));
    const place = (one) => one.frames.findIndex((frame) => [most.a, most.b].includes(frame.id));
    at = two.map(place);
    sides.forEach((_, i) => showFrame(i));
  }
  panes.draw();
}

async function matchesOf({ a, b, comparison }) {
  const of = (id) => api("GET", `/v1/comparisons/${part(id)}/matches`);
  try {
    if (comparison) return await of(comparison);
  } catch (error) {
    if (error.kind !== "invalid") throw error; // another version made it, and cannot draw it again
  }
  const told = tell("The two are compared now: some seconds.");
  try {
    return await of((await api("POST", "/v1/comparisons", { sighting_ids: [a, b] })).id);
  } finally {
    told.remove();
  }
}

async function others(button) {
  if (!item) return;
  if (item.blind && !item.answered) return tell(BLIND);
  const open = $("strip").hidden;
  $("strip").hidden = !open;
  button.setAttribute("aria-expanded", String(open));
  if (!open) return lookAt(undefined);
  await busy(button, async () => {
    const rows = await Promise.all(two.map(async (one, i) => {
      const { likely } = await api("GET", `/v1/sightings/${part(one.id)}/likely`);
      looked[i] = likely.map((one) => one.individual ?? one.id);
      return strip(`Whom else the ${["left", "right"][i]} one may be`, likely.filter((l) => !two.some((o) => o.id === l.id)));
    }));
    $("strip").replaceChildren(...rows);
  });
}

function strip(title, found) {
  const box = document.createElement("section"), head = document.createElement("h3"), list = document.createElement("ol");
  head.textContent = found.length ? title : `${title}: nobody with evidence so far`;
  for (const one of found) {
    const row = document.createElement("li"), button = document.createElement("button");
    if (one.best) button.append(Object.assign(document.createElement("img"), { src: `${one.best.crop}?size=small`, alt: "" }));
    button.append(one.individual ? `${one.individual}: ${one.id}` : one.id);
    button.title = "Look at it in the place of the right one";
    button.addEventListener("click", () => busy(button, () => lookAt(one.id)));
    row.append(button);
    list.append(row);
  }
  box.append(head, list);
  return box;
}

/** Another sighting in the place of the right one, to look at; nothing is asked of it. */
async function lookAt(id) {
  guest = id ? await api("GET", `/v1/sightings/${part(id)}/frames`) : undefined;
  if (guest) {
    at[1] = bestFrames(two[0], guest)[1];
    const warning = $("warning");
    showSide(1);
    warning.hidden = false;
    warning.textContent = `You look at ${guest.id}, which is not what is asked. Esc goes back to ${two[1].id}.`;
  } else if (two.length) {
    at[1] = bestFrames(...two)[1];
    showSide(1);
  }
  for (const button of document.querySelectorAll(".answers button[data-answer]")) button.disabled = Boolean(guest);
}

/* ---- what is typed survives ---- */

const keep = (name, value) => sessionStorage.setItem(`review ${name}`, value);
const kept = (name) => sessionStorage.getItem(`review ${name}`) ?? "";

/* ---- buttons and keys ---- */

for (const button of document.querySelectorAll("[data-answer]"))
  button.addEventListener("click", () => answer(button.dataset.answer, button));
const pick = (word) => document.querySelector(`[data-answer="${word}"]`);
const toggle = (button, on) => button.setAttribute("aria-pressed", String(on));

const DO = {
  s: () => pick("same").click(),
  d: () => pick("different").click(),
  c: () => pick("cannot tell").click(),
  n: () => $("unidentifiable").click(),
  k: () => $("skip").click(),
  z: () => $("undo").click(),
  w: () => $("why").focus(),
  t: () => $("link").click(),
  m: () => $("matches").click(),
  p: () => $("points").click(),
  b: () => $("bright").click(),
  0: () => $("reset").click(),
  x: () => $("others").click(),
  o: () => $("opinion").click(),
  e: () => $("none").click(),
  "?": () => $("help").click(),
  "+": () => panes.zoom(1),
  "=": () => panes.zoom(1),
  "-": () => panes.zoom(-1),
  ArrowLeft: () => flip(0, at[0] - 1),
  ArrowRight: () => flip(0, at[0] + 1),
  ArrowUp: () => flip(1, at[1] - 1),
  ArrowDown: () => flip(1, at[1] + 1),
  Escape: () => guest && lookAt(undefined),
};
const MOVES = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || document.querySelector("dialog[open]")) return;
  if (event.target.matches("input, textarea, select")) {
    if (event.key === "Escape") sides[0].querySelector(".view").focus();
    return;
  }
  const move = event.shiftKey && MOVES[event.key];
  const work = move ? () => panes.nudge(...move) : DO[event.key.length === 1 ? event.key.toLowerCase() : event.key];
  if (!work || event.repeat && !event.key.startsWith("Arrow") && !"+-=".includes(event.key)) return;
  event.preventDefault();
  work();
});

$("unidentifiable").addEventListener("click", () => item && $("which").showModal());
$("which-left").addEventListener("click", () => unidentifiable(0));
$("which-right").addEventListener("click", () => unidentifiable(1));
$("which-none").addEventListener("click", () => $("which").close());
$("which").addEventListener("keydown", (event) => {
  event.stopPropagation();
  if (event.key === "ArrowLeft") unidentifiable(0);
  if (event.key === "ArrowRight") unidentifiable(1);
});
$("none").addEventListener("click", noneOfThese);
$("nobody-left").addEventListener("click", () => nobody(0));
$("nobody-right").addEventListener("click", () => nobody(1));
$("nobody-none").addEventListener("click", () => $("nobody").close());
$("nobody").addEventListener("keydown", (event) => {
  event.stopPropagation(); // the same arrows flip frames
  if (event.key === "ArrowLeft") nobody(0);
  if (event.key === "ArrowRight") nobody(1);
});
$("skip").addEventListener("click", ({ currentTarget }) => skip(currentTarget));
$("undo").addEventListener("click", ({ currentTarget }) => undo(currentTarget));
$("opinion").addEventListener("click", ({ currentTarget }) => opinion(currentTarget));
$("matches").addEventListener("click", ({ currentTarget }) => toggleMatches(currentTarget, false));
$("points").addEventListener("click", ({ currentTarget }) => toggleMatches(currentTarget, true));
$("others").addEventListener("click", ({ currentTarget }) => others(currentTarget));
$("reset").addEventListener("click", () => panes.reset());
$("link").addEventListener("click", ({ currentTarget }) => {
  panes.linked = !panes.linked;
  toggle(currentTarget, panes.linked);
});
$("bright").addEventListener("click", ({ currentTarget }) => toggle(currentTarget, main.classList.toggle("bright")));
$("help").addEventListener("click", ({ currentTarget }) => {
  $("keys").hidden = !$("keys").hidden;
  currentTarget.setAttribute("aria-expanded", String(!$("keys").hidden));
});
$("why").addEventListener("input", () => keep("why", $("why").value));

const before = sessionStorage.getItem("last answer");
const earlier = before && JSON.parse(before);
if (earlier?.decided) decided(earlier.decided, { number: earlier.event });
else if (earlier) remember(earlier);
next().catch((error) => {
  if (error.name === "AbortError") $("empty").textContent = "Say who you are to review: load the page again.";
  else { $("empty").textContent = said(error); tell(error); }
  $("empty").hidden = false;
});
