// What the review page asks: one pair after another, and how many are left.
import { api, me } from "./api.js";
import { $, bestFrames, desk, kept, lines, main, panes, part, showSide, sides } from "./review_desk.js";
import { explain, think, withMatches } from "./review_help.js";

export async function next() {
  const by = await me();
  const { item: found } = await api("POST", "/v1/review/next", { by });
  await begin(found);
  progress(by);
}

export async function begin(found) {
  await show(found);
  main.dataset.item = desk.item?.id ?? "none"; // the page shows this one now
}

async function show(found) {
  desk.item = found;
  desk.guest = undefined;
  $("why").value = kept("why");
  for (const id of ["pair", "desk"]) $(id).hidden = !desk.item;
  $("empty").hidden = Boolean(desk.item);
  $("thought").hidden = $("strip").hidden = true;
  $("thought").replaceChildren(); // nothing of another pair stays, not even hidden
  $("others").setAttribute("aria-expanded", "false");
  if (!desk.item) return nothingLeft();
  desk.two = await Promise.all([desk.item.a, desk.item.b].map((id) => api("GET", `/v1/sightings/${part(id)}/frames`)));
  lines.pairs = [];
  desk.at = bestFrames(...desk.two);
  panes.reset();
  sides.forEach((_, i) => showSide(i));
  explain();
  if (lines.on) await withMatches();
  if (desk.item.opened) think(desk.item);
  sides[0].querySelector(".view").focus({ preventScroll: true });
}

function nothingLeft() {
  desk.two = [];
  $("empty").innerHTML = `<h2>Nothing is left to ask.</h2><p>Pairs come from comparisons, searches and
    batches. Pairs that others are looking at come back when they skip them, or after half an hour.</p>
    <p><a href="/sightings">Sightings</a> · <a href="/individuals">Individuals</a> ·
    <a href="/review/record">Disputes and error rates</a></p>`;
}

export async function progress(by) {
  const told = await api("GET", `/v1/review/progress?by=${part(by)}`).catch(() => null);
  if (!told) return;
  const each = told.telling ? told.next_bits / Math.min(10, told.telling) : 0;
  const worth = each > 0.7 ? "nearly everything a yes or no can tell" : each > 0.35 ? "about half of what a yes or no can tell"
    : "little: the machine is nearly sure";
  $("progress").textContent = told.telling
    ? `${told.telling} pairs left that tell something; each of the next tells ${worth} (${told.next_bits.toFixed(1)} of ${told.bits.toFixed(1)} bits in the next ten). You today: ${told.own_today}.`
    : `No pair is left whose answer is in doubt (${told.open_pairs} are all but known). You today: ${told.own_today}.`;
}
