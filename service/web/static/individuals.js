// The list of individuals: who is who as a table to take away, and how many there are.
import { api, busy, me, problemOf, proof, tell } from "./api.js";

const button = document.getElementById("export");
button?.addEventListener("click", () => busy(button, async () => {
  const name = `individuals-${new Date().toISOString().slice(0, 10)}.csv`;
  const asked = { method: "POST", headers: { ...proof(), "Content-Type": "application/json" },
    body: JSON.stringify({ by: await me(), name }) };
  const answer = await fetch("/v1/exports", asked);
  if (!answer.ok) throw await problemOf(answer);
  const link = document.createElement("a");
  link.href = URL.createObjectURL(await answer.blob());
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
  tell(`${name} is downloaded. Later merges and splits will say that it is out of date.`);
}));

const counting = document.getElementById("count");
counting?.addEventListener("click", () => busy(counting, async () => {
  const found = await api("GET", "/v1/abundance");
  const [first, ...rest] = found.sentences;
  const head = document.createElement("p");
  head.append(Object.assign(document.createElement("strong"), { textContent: first }));
  const lines = rest.map((text) => Object.assign(document.createElement("p"), { textContent: text }));
  const place = document.getElementById("counted");
  place.replaceChildren(head, ...lines);
  place.hidden = false;
}));
