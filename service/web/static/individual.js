// One individual: rename, split, withdraw, changes of the coat; what speaks against it.
import { api, busy, tell } from "./api.js";
import { asked, conflict, decide, later, ofIndividual, ofSighting, previewed, shownOf, withEvents } from "./deciding.js";
import "./history.js";

const $ = (id) => document.getElementById(id);
const { name, version } = $("actions").dataset;
const seen = [ofIndividual(name, version)];
const chosen = () => [...document.querySelectorAll("input.choose:checked")].map((box) => box.value);

function done(event, text, address = location.pathname) {
  if (!event) return;
  later(text);
  if (address === location.pathname) location.reload();
  else location.assign(address);
}

$("rename").addEventListener("click", async () => {
  $("new-name").value = name;
  if (!(await asked($("rename-box")))) return;
  const wanted = $("new-name").value.trim();
  await busy($("rename"), async () => {
    const event = await decide({ kind: "rename", individual: name, name: wanted }, { seen, why: $("rename-why").value });
    done(event, `${name} is called ${wanted} now.`, `/individuals/${encodeURIComponent(wanted)}`);
  });
});

$("changed").addEventListener("click", async () => {
  if (!(await asked($("changed-box")))) return;
  await busy($("changed"), async () => {
    const since = $("since").value ? { since: `${$("since").value}T00:00:00` } : {};
    const decision = { kind: "pattern-change", individual: name, what: $("what").value, ...since };
    done(await decide(decision, { seen, why: $("changed-why").value }), "It is noted that the coat changed.");
  });
});

$("split").addEventListener("click", () => busy($("split"), async () => {
  const sighting_ids = chosen();
  if (!sighting_ids.length) {
    tell("Choose the sightings of the other animal in the table first.");
    document.querySelector("input.choose")?.focus();
    return;
  }
  const decision = { kind: "split", individual: name, sighting_ids };
  const found = await api("POST", "/v1/decisions/preview", { decision });
  $("split-preview").replaceChildren(...previewed(found));
  if (!(await asked($("split-box")))) return;
  const other = $("split-name").value.trim();
  const event = await decide({ ...decision, ...(other ? { name: other } : {}) },
    { seen: found.seen, why: $("split-why").value, shown: shownOf(found) });
  done(event, `${sighting_ids.join(", ")}: another animal now.`);
}));

for (const button of document.querySelectorAll("button.withdraw"))
  button.addEventListener("click", async () => {
    const { sighting } = button.dataset;
    $("withdraw-what").textContent = `${sighting} is believed to be ${name} no more. Everything else stays, and the history can undo it.`;
    if (!(await asked($("withdraw-box")))) return;
    await busy(button, async () => {
      const decision = { kind: "withdraw", sighting_id: sighting };
      const told = { seen: [ofSighting(sighting, button.dataset.version)], why: $("withdraw-why").value };
      done(await decide(decision, told), `${sighting} is nobody's now.`);
    });
  });

const { contradictions } = await api("GET", `/v1/individuals/${encodeURIComponent(name)}/contradictions`).catch((error) => {
  conflict(error, "");
  return { contradictions: [] };
});
if (contradictions.length) {
  $("against").querySelector("ul").replaceChildren(...contradictions.map((one) => {
    const row = document.createElement("li");
    row.append(one.words, ...(one.event ? [" (", ...withEvents(`event ${one.event}`), ")"] : []));
    return row;
  }));
  $("against").hidden = false;
}
