// Asks for a job; the same again leads to the same job.
import { api, busy, me, said } from "./api.js";

const form = document.getElementById("job-form");
const kind = () => form.elements.kind.value;
const OPTIONS = ["siblings", "prior_same", "prior_known", "max_error", "gap_s", "station_level", "frames_per_video"];

function show() {
  document.getElementById("for-group").hidden = kind() !== "group";
  document.getElementById("for-batch").hidden = kind() !== "batch";
  document.getElementById("options").hidden = kind() === "rebuild-index";
  document.getElementById("batch-options").hidden = kind() !== "batch";
}

form.addEventListener("change", show);
form.addEventListener("submit", (event) => {
  event.preventDefault();
  busy(form.querySelector(".actions button"), submit);
});

function body() {
  const wanted = { kind: kind() };
  if (wanted.kind === "rebuild-index") return wanted;
  const fields = form.elements;
  wanted.options = { catalogue: fields.catalogue.checked, skip_empty: fields.skip_empty.checked };
  for (const name of OPTIONS) wanted.options[name] = Number(fields[name].value);
  if (wanted.kind === "batch") {
    Object.assign(wanted.options, { exif_positions: fields.exif_positions.checked, licence: fields.licence.value.trim() });
    return { ...wanted, source: fields.source.value, fresh: fields.fresh.checked };
  }
  return { ...wanted, sighting_ids: JSON.parse(document.getElementById("sightings")?.textContent ?? "[]") };
}

async function submit() {
  const outcome = document.getElementById("job-outcome");
  outcome.replaceChildren();
  try {
    const job = await api("POST", "/v1/jobs", { ...body(), by: await me() });
    location.assign(`/jobs/${encodeURIComponent(job.id)}`);
  } catch (problem) {
    if (problem.name === "AbortError") return;
    const note = document.createElement("p");
    note.className = "note bad";
    note.setAttribute("role", "alert");
    note.textContent = said(problem);
    outcome.append(note);
  }
}

show();
