// Decisions as pages take them: what was seen goes along, and a conflict says who was faster.
import { api, me, Problem } from "./api.js";

const part = encodeURIComponent;

export function link(href, text) {
  const a = document.createElement("a");
  a.href = href;
  a.textContent = text;
  return a;
}

/** A text in which events lead to the history. */
export function withEvents(text) {
  return text.split(/(\bevents? \d+(?:, \d+)*)/).flatMap((some, i) =>
    i % 2 ? some.split(/(\d+)/).map((one, k) => (k % 2 ? link(`/history?about=${one}#event-${one}`, one) : one)) : some);
}

/** Show a conflict in the page's box, with a way to go on; any other error is thrown. */
export function conflict(error, words, again = () => location.reload(), label = "Load this page again") {
  if (!(error instanceof Problem) || !["conflict", "stale"].includes(error.kind)) throw error;
  const box = document.getElementById("trouble"), text = document.createElement("p"), button = document.createElement("button");
  text.append(`${words} `, ...withEvents(error.detail));
  button.type = "button";
  button.textContent = label;
  button.addEventListener("click", () => { box.hidden = true; again(); });
  box.replaceChildren(text, button);
  box.hidden = false;
  box.scrollIntoView({ block: "nearest" });
  button.focus();
}

/** Take a decision; the event, or undefined after a conflict was shown. */
export async function decide(decision, { seen, why = "", shown = {} }) {
  try {
    return (await api("POST", "/v1/decisions", { decision, by: await me(), why, seen, shown })).event ?? {};
  } catch (error) {
    conflict(error, "Nothing was changed.");
    return undefined;
  }
}

/** What a person saw of a merge or split before it, as the decision keeps it. */
export const shownOf = (found) => ({
  contradictions: found.contradictions.map((one) => one.words),
  verdicts: found.verdicts.slice(0, 50).map((one) => `${one.a} and ${one.b}: ${one.kind} (comparison ${one.comparison})`),
  verdicts_left_out: Math.max(0, found.verdicts.length - 50),
});

export const ofIndividual = (individual, version) => ({ individual, version: Number(version) });
export const ofSighting = (sighting_id, version) => ({ sighting_id, version: Number(version) });

/** Say something on the next page that is opened. */
export const later = (text) => sessionStorage.setItem("told later", text);

/** Ask in a dialog; true when it was confirmed. */
export function asked(dialog) {
  dialog.returnValue = "";
  dialog.showModal();
  return new Promise((resolve) =>
    dialog.addEventListener("close", () => resolve(dialog.returnValue === "do"), { once: true }));
}

/** What a merge or split would change, and what speaks against it, as elements. */
export function previewed(found) {
  const parts = [];
  const add = (title, rows, kind = "") => {
    const box = document.createElement("section"), head = document.createElement("h3"), list = document.createElement("ul");
    head.textContent = title;
    box.className = kind;
    for (const row of rows) {
      const line = document.createElement("li");
      line.append(...row);
      list.append(line);
    }
    box.append(head, ...(rows.length ? [list] : []));
    parts.push(box);
  };
  const sightings = (a, b) => [link(`/sightings/${part(a)}`, a), ...(b && b !== a ? [" and ", link(`/sightings/${part(b)}`, b)] : [])];
  add(found.contradictions.length ? "What speaks against it" : "Nothing is known that speaks against it",
    found.contradictions.map((one) => [...withEvents(one.words), ...(one.event ? [" (", ...withEvents(`event ${one.event}`), ")"] : []),
      ...(one.comparison ? [" (", link(`/comparisons/${part(one.comparison)}`, "comparison"), ")"] : [])]),
    found.contradictions.length ? "note bad" : "note");
  const many = (list, one, several) => `${list.length} ${list.length === 1 ? one : several}`;
  add(many(found.moves, "sighting changes who it is", "sightings change who they are"),
    found.moves.map((one) => [...sightings(one.sighting), `: ${one.before ?? "nobody"} → ${one.after ?? "nobody"}`]));
  if (found.verdicts.length) add(many(found.verdicts, "stored verdict is on such a pair (it stays as it is)", "stored verdicts are on such pairs (they stay as they are)"),
    found.verdicts.map((one) => [...sightings(one.a, one.b), `: ${one.kind} `, link(`/comparisons/${part(one.comparison)}`, "comparison")]));
  if (found.explained.length) add("Of them, a noted change of the coat accounts for",
    found.explained.map((one) => [...sightings(one.a, one.b), `: ${one.kind}`]));
  if (found.exports.length) add("Tables that went out and would be out of date",
    found.exports.map((one) => [`${one.name}, ${one.by}, ${one.at.slice(0, 10)}: ${one.sightings.join(", ")}`]));
  return parts;
}
