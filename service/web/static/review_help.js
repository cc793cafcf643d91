// Help for the eye on the review page: the machine's opinion, matches, whom else each may be.
import { api, busy, me, tell } from "./api.js";
import { link } from "./deciding.js";
import { $, bestFrames, BLIND, desk, hidden, lines, main, panes, part, percent, showFrame, shownFrames, showSide, sides } from "./review_desk.js";

export function explain() {
  const [a, b] = desk.two.map((one) => one.individual);
  let same = "Same makes a new individual of both, with a name of its own.";
  if (a && b) same = `Same merges nothing yet: you are led to what a merge of ${a} and ${b} would change.`;
  else if (a || b) same = `Same: the other one is ${a || b} too.`;
  $("follows").textContent = hidden()
    ? "Judge this one by eye: who they are and what the machine thinks is shown after your answer. To an open question, the answer is a decision at once; it can be undone."
    : `${same} Two animals: it is kept that they are two. Cannot tell decides nothing, and the pair comes later. Everything can be undone.`;
  $("opinion").setAttribute("aria-disabled", String(!mayAsk()));
  $("matches").setAttribute("aria-disabled", String(hidden()));
  $("points").setAttribute("aria-disabled", String(hidden()));
  for (const id of ["others", "none"]) $(id).setAttribute("aria-disabled", String(hidden()));
}

const mayAsk = () => desk.item.opened || desk.item.answered || (!desk.item.blind && main.dataset.opinion === "asked");

export async function opinion(button) {
  if (!desk.item) return;
  if (!mayAsk()) return tell(desk.item.blind ? BLIND : "It is shown after your answer.");
  if (!$("thought").hidden) { $("thought").hidden = true; return; }
  await busy(button, async () => {
    desk.item = await api("POST", `/v1/review/items/${part(desk.item.id)}/opinion`, { by: await me() });
    think(desk.item);
    explain();
  });
}

export function think({ probability, reasons, comparison }) {
  if (probability === null) return;
  const text = document.createElement("p"), why = document.createElement("ul");
  text.append(`By the pictures of these two alone, ${percent(probability)} for one animal, before anything else is known. `);
  if (comparison) text.append(link(`/comparisons/${part(comparison)}`, "The whole comparison"));
  for (const reason of reasons) why.append(Object.assign(document.createElement("li"), { textContent: reason }));
  $("thought").replaceChildren(text, why);
  $("thought").hidden = false;
}

export async function toggleMatches(button, pointsOnly) {
  if (!desk.item) return;
  if (hidden()) return tell(BLIND);
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
export async function withMatches() {
  if (lines.pairs.length || !desk.item || hidden()) return;
  const asked = desk.item;
  const { pairs } = await matchesOf(desk.item);
  if (asked !== desk.item) return;
  const own = new Set(desk.two.flatMap((one) => one.frames.map((frame) => frame.id)));
  lines.pairs = pairs.filter((pair) => own.has(pair.a) && own.has(pair.b));
  if (!lines.pairs.length) tell("No verified match was found between their pictures.");
  else if (!lines.of(...shownFrames()).length) {
    const most = lines.pairs.reduce((found, pair) => (pair.group.length > found.group.length ? pair : found));
    const place = (one) => one.frames.findIndex((frame) => [most.a, most.b].includes(frame.id));
    desk.at = desk.two.map(place);
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

export async function others(button) {
  if (!desk.item) return;
  if (hidden()) return tell(BLIND);
  const open = $("strip").hidden;
  $("strip").hidden = !open;
  button.setAttribute("aria-expanded", String(open));
  if (!open) return lookAt(undefined);
  await busy(button, async () => {
    const rows = await Promise.all(desk.two.map(async (one, i) => {
      const { likely } = await api("GET", `/v1/sightings/${part(one.id)}/likely`);
      desk.looked[i] = likely.map((one) => one.individual ?? one.id);
      return strip(`Whom else the ${["left", "right"][i]} one may be`, likely.filter((l) => !desk.two.some((o) => o.id === l.id)));
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
export async function lookAt(id) {
  desk.guest = id ? await api("GET", `/v1/sightings/${part(id)}/frames`) : undefined;
  if (desk.guest) {
    desk.at[1] = bestFrames(desk.two[0], desk.guest)[1];
    const warning = $("warning");
    showSide(1);
    warning.hidden = false;
    warning.textContent = `You look at ${desk.guest.id}, which is not what is asked. Esc goes back to ${desk.two[1].id}.`;
  } else if (desk.two.length) {
    desk.at[1] = bestFrames(...desk.two)[1];
    showSide(1);
  }
  for (const button of document.querySelectorAll(".answers button[data-answer]")) button.disabled = Boolean(desk.guest);
}
