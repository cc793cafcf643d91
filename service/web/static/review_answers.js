// What people answer on the review page: kept at once, undone by one key.
import { api, busy, me, tell } from "./api.js";
import { conflict, link } from "./deciding.js";
import { begin, next, progress } from "./review_asked.js";
import { $, BLIND, desk, hidden, keep, part, percent } from "./review_desk.js";

let last;

export async function answer(word, button) {
  if (!desk.item || desk.guest) return;
  await busy(button, async () => {
    const by = await me(), told = desk.item;
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

export async function remember(done) {
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

export async function undo(button) {
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
    forget(`Taken back: ${last.pair.a} and ${last.pair.b}.`);
    if (again) await begin(again);
    else await next();
    progress(by);
  });
}

export async function skip(button) {
  if (!desk.item) return;
  await busy(button, async () => {
    await api("POST", `/v1/review/items/${part(desk.item.id)}/skip`, { by: await me() });
    await next();
  });
}

export async function unidentifiable(i) {
  $("which").close();
  await busy($("unidentifiable"), async () => {
    const one = desk.two[i], by = await me();
    const decision = { kind: "not-identifiable", sighting_id: one.id };
    const seen = [{ sighting_id: one.id, version: one.version }];
    try {
      const told = { decision, by, why: $("why").value, seen, shown: { review_item: desk.item.id } };
      const { event } = await api("POST", "/v1/decisions", told);
      decided(`${one.id}: nobody will tell who it is.`, event);
      await next();
    } catch (error) {
      faster(error, "not identifiable");
    }
  });
}

/** Looked among all who are known, and found nobody: kept, and the pair stays. */
export function noneOfThese() {
  if (!desk.item) return;
  if (hidden()) return tell(BLIND);
  if ($("strip").hidden) {
    tell("Look at the others first; E again says that it is none of them.");
    return $("others").click();
  }
  if (desk.two.every((one) => one.individual)) return tell("Both are named already: the history can withdraw that.");
  for (const [i, side] of ["left", "right"].entries()) $(`nobody-${side}`).disabled = Boolean(desk.two[i].individual);
  $("nobody").showModal();
}

export async function nobody(i) {
  const one = desk.two[i];
  if (one.individual) return;
  $("nobody").close();
  await busy($("none"), async () => {
    const seen = [{ sighting_id: one.id, version: one.version }];
    const shown = { review_item: desk.item.id, candidates: desk.looked[i] };
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
export function decided(words, event) {
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
  forget(`Taken back. ${last.decided}`);
  await next();
}

function forget(words) {
  tell(words);
  last = undefined;
  $("undo").disabled = true;
  $("last").hidden = true;
  sessionStorage.removeItem("last answer");
}
