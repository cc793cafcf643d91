// The review page's desk: the pair that is asked, its two sides, and what is typed of it.
import { link } from "./deciding.js";
import { Lines } from "./lines.js";
import { Panes } from "./panes.js";

export const $ = (id) => document.getElementById(id);
export const part = encodeURIComponent;
export const main = $("main");
export const sides = ["left", "right"].map((name) => $(name));

/** `two` sightings, `at` which frame each shows; `guest` stands in the place of the right one. `looked`: at whom, of each. */
export const desk = { item: undefined, two: [], at: [0, 0], guest: undefined, looked: [[], []] };
export const panes = new Panes(...sides.map((side) => side.querySelector(".view")), () => lines.draw(shownFrames()));
export const lines = new Lines($("lines"), panes);

export const shownFrames = () => desk.two.map((one, i) => (i === 1 && desk.guest ? desk.guest : one)?.frames[desk.at[i]]);
export const hidden = () => desk.item.blind && !desk.item.answered;
export const BLIND = "This pair is judged by eye alone; it is shown after your answer.";
const FLANKS = ["left", "right"];

export const percent = (p) => (p < 0.001 ? "under 0.1 %" : p > 0.999 ? "over 99.9 %" : `${(100 * p).toFixed(p < 0.1 || p > 0.9 ? 1 : 0)} %`);

const MUTE = ["no-animal", "not-a-leopard", "whole-image"];
const worth = (frame) => frame.usable - (frame.flags.some((flag) => MUTE.includes(flag)) ? 1 : 0);

/** The frames to begin with: of one flank, as good as can be in both. */
export function bestFrames(a, b) {
  const best = (one, flank) => one.frames.reduce((found, frame, i) =>
    (!flank || frame.flank === flank) && (found < 0 || worth(frame) > worth(one.frames[found])) ? i : found, -1);
  const pairs = FLANKS.map((flank) => [best(a, flank), best(b, flank)]).filter((pair) => !pair.includes(-1));
  const worst = ([i, j]) => Math.min(worth(a.frames[i]), worth(b.frames[j]));
  return pairs.sort((p, q) => worst(q) - worst(p))[0] ?? [Math.max(0, best(a)), Math.max(0, best(b))];
}

export function showSide(i) {
  const one = i === 1 && desk.guest ? desk.guest : desk.two[i], side = sides[i];
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
  if (hidden()) chip.textContent = "who: hidden";
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

export function showFrame(i) {
  const side = sides[i], frame = shownFrames()[i];
  for (const [k, row] of [...side.querySelectorAll(".frames li")].entries())
    row.firstChild.setAttribute("aria-current", String(k === desk.at[i]));
  side.querySelector(".frames [aria-current=true]")?.scrollIntoView({ block: "nearest", inline: "nearest" });
  if (!frame) {
    side.querySelector(".flank").textContent = "no animal was found in its pictures";
    return;
  }
  panes.panes[i].show(`${frame.crop}?size=large`, `${frame.file}, ${flankWords(frame)}`);
  side.querySelector(".flank").textContent = flankWords(frame);
  const light = frame.light === "infrared" ? "infrared" : "colour";
  side.querySelector(".quality").textContent =
    `${quality(frame)}${frame.reasons.length ? `: ${frame.reasons.join(", ")}` : ""} · ${light} · ${frame.animal_px} px · ${frame.file} (${desk.at[i] + 1} of ${(i === 1 && desk.guest ? desk.guest : desk.two[i]).frames.length})`;
  warn();
  panes.draw();
}

/** Left is never offered against right in silence. */
function warn() {
  const [a, b] = shownFrames();
  const other = a && b && FLANKS.includes(a.flank) && FLANKS.includes(b.flank) && a.flank !== b.flank;
  const common = desk.two.length && FLANKS.some((flank) => desk.two.every((one) => one.frames.some((f) => f.flank === flank)));
  $("warning").hidden = !other;
  $("warning").textContent = other
    ? `These two pictures show different flanks: their patterns say nothing of each other. ${common ? "Other frames show the same one." : "No flank is shown by both sightings: “cannot tell” is the honest answer, unless something else tells."}`
    : "";
}

export function flip(i, k) {
  const count = (i === 1 && desk.guest ? desk.guest : desk.two[i])?.frames.length;
  if (!count) return;
  desk.at[i] = (k + count) % count;
  showFrame(i);
}

/* ---- what is typed survives ---- */

export const keep = (name, value) => sessionStorage.setItem(`review ${name}`, value);
export const kept = (name) => sessionStorage.getItem(`review ${name}`) ?? "";
