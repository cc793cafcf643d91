// The review page: one pair after another, judged by eye, with keys for everything.
import { said, tell } from "./api.js";
import { answer, decided, nobody, noneOfThese, remember, skip, unidentifiable, undo } from "./review_answers.js";
import { next } from "./review_asked.js";
import { $, desk, flip, keep, main, panes, sides } from "./review_desk.js";
import { lookAt, opinion, others, toggleMatches } from "./review_help.js";

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
  ArrowLeft: () => flip(0, desk.at[0] - 1),
  ArrowRight: () => flip(0, desk.at[0] + 1),
  ArrowUp: () => flip(1, desk.at[1] - 1),
  ArrowDown: () => flip(1, desk.at[1] + 1),
  Escape: () => desk.guest && lookAt(undefined),
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

$("unidentifiable").addEventListener("click", () => desk.item && $("which").showModal());
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
