// Models: what is asked for here is done by /v1; jobs are followed as they go on.
import { api, busy, me, Problem, said, tell } from "./api.js";
import { drawCurve } from "./curves.js";

const CHIP = { done: "same", failed: "bad", running: "inconclusive" };
const ended = (state) => ["done", "failed", "cancelled"].includes(state);
const of = (button) => button.closest("[data-bundle]").dataset;

for (const row of document.querySelectorAll("[data-job]")) if (!ended(row.dataset.state)) follow(row);

function follow(row) {
  const source = new EventSource(`/v1/jobs/${encodeURIComponent(row.dataset.job)}/events`);
  const show = (job) => {
    const chip = row.querySelector(".state .chip");
    chip.textContent = job.state;
    chip.className = `chip ${CHIP[job.state] ?? "plain"}`;
    const bar = row.querySelector("progress");
    bar.hidden = ended(job.state);
    bar.max = job.total || 1;
    bar.value = job.done;
    row.querySelector(".pace").textContent = job.problem || (job.stage ? `${job.stage}: ${job.done.toLocaleString("en")} of ${job.total.toLocaleString("en")}` : "waits for a worker");
  };
  source.addEventListener("job", ({ data }) => show(JSON.parse(data)));
  source.addEventListener("end", ({ data }) => {
    source.close();
    const job = JSON.parse(data);
    show(job);
    const link = document.createElement("a");
    link.href = "/models";
    link.textContent = "Load the page again to see what came of it";
    row.querySelector(".pace").append(". ", link);
  });
}

async function begin(button, body, what) {
  await busy(button, async () => {
    const job = await api("POST", "/v1/jobs", { ...body, by: await me() });
    if (job.state === "done" && job.kind === "replay-bundle") location.assign(`/models?replay=${encodeURIComponent(job.id)}`);
    else location.reload();
    tell(`${what}: ${job.state}.`);
  });
}

for (const button of document.querySelectorAll(".replay")) {
  button.addEventListener("click", () => begin(button, { kind: "replay-bundle", bundle: of(button).bundle }, "What would change"));
}

for (const [name, wanted] of [["train", {}], ["doubts", { only: "labels" }]]) {
  const form = document.getElementById(name);
  form?.addEventListener("submit", (event) => {
    event.preventDefault();
    const told = Object.fromEntries([...new FormData(form)].filter(([, value]) => value.trim()).map(([key, value]) => [key, value.trim()]));
    busy(form.querySelector("button"), () => run({ ...wanted, ...told }, document.getElementById(`${name}-state`)));
  });
}

async function run(wanted, state) {
  state.textContent = "";
  try {
    await api("POST", "/v1/training-runs", { ...wanted, by: await me() });
    location.reload();
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    state.textContent = said(error); // too few labels: which, and how many are missing
  }
}

const looking = document.querySelector("[data-looking]");
if (looking && !ended(looking.dataset.state)) {
  const source = new EventSource(`/v1/jobs/${encodeURIComponent(looking.dataset.looking)}/events`);
  source.addEventListener("end", () => { source.close(); location.reload(); });
}

const training = document.querySelector("[data-training]");

async function drawTraining() {
  const { points } = await api("GET", `/v1/jobs/${encodeURIComponent(training.dataset.training)}/curve`);
  for (const chart of training.querySelectorAll(".chart")) drawChart(chart, points);
  document.getElementById("no-points").hidden = Boolean(training.querySelector(".chart:not([hidden])"));
}

/** A kind's points into its figure: it says itself along what they lie and what goes up. */
function drawChart(chart, points) {
  const { along } = chart.dataset;
  chart.figures ??= [...chart.querySelectorAll("[data-figure]")].map((th) => ({ key: th.dataset.figure, name: th.textContent }));
  const own = points.filter((p) => along in p && chart.figures.every(({ key }) => key in p));
  if (!own.length) return;
  chart.hidden = false;
  const series = chart.figures.map(({ key, name }) => ({ name, points: own.map((p) => ({ x: p[along], y: p[key], error: p.error })) }));
  drawCurve(chart.querySelector(".drawn"), series, { x: along });
  const folds = Math.max(...own.map((p) => p.folds ?? 0));
  chart.querySelector(".so-far").textContent = folds ? `So far of ${folds} ${folds === 1 ? "fold" : "folds"}.` : "";
}

if (training) {
  drawTraining().catch(() => {}); // the table stands where it cannot be had
  if (!ended(training.dataset.state)) {
    const source = new EventSource(`/v1/jobs/${encodeURIComponent(training.dataset.training)}/events`);
    source.addEventListener("job", ({ data }) => {
      const { stage } = JSON.parse(data);
      document.getElementById("no-points").textContent = `No point of its curve yet${stage ? `; it is at: ${stage}` : ""}.`;
      drawTraining().catch(() => {});
    });
    source.addEventListener("end", () => { source.close(); location.reload(); });
  }
}
