// Asks for a comparison; the same question leads to the same stored answer.
import { api, busy, said } from "./api.js";

const form = document.getElementById("compare");
const state = document.getElementById("compare-state");
const outcome = document.getElementById("compare-outcome");

form?.addEventListener("submit", (event) => {
  event.preventDefault();
  busy(form.querySelector("button"), compare);
});

async function compare() {
  const ids = [...form.querySelectorAll("[name=sighting]:checked")].map((box) => box.value);
  outcome.replaceChildren();
  if (ids.length < 2) {
    state.textContent = "Choose at least two.";
    return;
  }
  const began = performance.now();
  const say = () => { state.textContent = `Looking at ${ids.length * (ids.length - 1) / 2} pairs … ${Math.round((performance.now() - began) / 1000)} s`; };
  say();
  const clock = setInterval(say, 1000);
  try {
    const told = await api("POST", "/v1/comparisons", { sighting_ids: ids,
      prior_same: Number(form.querySelector("#prior").value), max_error: Number(form.querySelector("#max-error").value) });
    location.assign(`/comparisons/${encodeURIComponent(told.id)}`);
  } catch (problem) {
    const note = document.createElement("p");
    note.className = "note bad";
    note.setAttribute("role", "alert");
    note.textContent = `${said(problem)} Nothing was compared; this is no answer.`;
    outcome.replaceChildren(note);
    state.textContent = "";
  } finally {
    clearInterval(clock);
  }
}
