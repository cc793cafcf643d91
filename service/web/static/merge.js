// Two individuals that may be one: look first, then decide with what was seen.
import { api, busy, said } from "./api.js";
import { decide, later, previewed, shownOf } from "./deciding.js";

const $ = (id) => document.getElementById(id);
const box = $("merge");

$("gone").addEventListener("input", async ({ target }) => {
  const { individuals } = await api("GET", `/v1/individuals?limit=20&q=${encodeURIComponent(target.value)}`).catch(() => ({ individuals: [] }));
  $("names").replaceChildren(...individuals.map((one) => Object.assign(document.createElement("option"), { value: one.name })));
});

if (box) {
  const names = [box.dataset.keep, box.dataset.gone];
  let found;
  const look = async () => {
    const keep = document.querySelector("input[name=keep]:checked").value;
    const decision = { kind: "merge", keep, gone: names.find((name) => name !== keep) };
    try {
      found = { decision, preview: await api("POST", "/v1/decisions/preview", { decision }) };
    } catch (error) {
      $("preview").textContent = said(error);
      return;
    }
    $("preview").replaceChildren(...previewed(found.preview));
    $("decide").hidden = false;
  };
  for (const one of document.querySelectorAll("input[name=keep]")) one.addEventListener("change", look);
  $("decide").addEventListener("submit", (event) => {
    event.preventDefault();
    busy($("do"), async () => {
      const { decision, preview } = found;
      const done = await decide(decision, { seen: preview.seen, why: $("why").value, shown: shownOf(preview) });
      if (!done) return;
      later(`${decision.gone} is ${decision.keep} now: event ${done.number}. It can be undone below.`);
      location.assign(`/individuals/${encodeURIComponent(decision.keep)}`);
    });
  });
  await look();
}
