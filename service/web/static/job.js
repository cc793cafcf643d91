// A job as it goes on: server-sent events, which come back by themselves after a lost line.
import { api, ask, busy, me, tell } from "./api.js";

const find = (id) => document.getElementById(id);
const { id, state: first } = find("job").dataset;
const path = `/v1/jobs/${encodeURIComponent(id)}`;
const CHIP = { done: "same", failed: "bad", running: "inconclusive" };
const WORDS = { queued: "waits for a worker", running: "is being worked on", done: "done", failed: "failed", cancelled: "cancelled" };
const ended = (state) => ["done", "failed", "cancelled"].includes(state);

function span(seconds) {
  if (seconds === null) return "";
  if (seconds < 90) return `${Math.round(seconds)} s`;
  if (seconds < 5400) return `${Math.round(seconds / 60)} min`;
  return seconds < 172800 ? `${(seconds / 3600).toFixed(1)} h` : `${(seconds / 86400).toFixed(1)} days`;
}

function show(job) {
  const state = find("state");
  state.textContent = job.state;
  state.className = `chip ${CHIP[job.state] ?? "plain"}`;
  const line = WORDS[job.state] + (job.cancel_requested && job.state === "running" ? "; it stops after what is in hand" : "");
  if (find("line").textContent !== line) find("line").textContent = line;
  find("bar").max = job.total || 1;
  find("bar").value = job.total ? job.done : Number(job.state === "done");
  const rate = job.per_s && job.state === "running" ? `, ${job.per_s.toPrecision(2)} a second, ${span(job.left_s)} left` : "";
  find("pace").textContent = job.stage ? `${job.stage}: ${job.done.toLocaleString("en")} of ${job.total.toLocaleString("en")}${rate}` : "";
  find("problem").textContent = job.problem;
  find("problem").hidden = !job.problem;
}

if (!ended(first)) {
  const source = new EventSource(`${path}/events`);
  source.addEventListener("job", ({ data }) => show(JSON.parse(data)));
  source.addEventListener("end", ({ data }) => {
    source.close();
    show(JSON.parse(data));
    location.reload(); // its result, files and stages
  });
  source.addEventListener("error", () => {
    find("pace").textContent = source.readyState === EventSource.CLOSED
      ? "The line to the service is closed: load the page again." : "No line to the service; it is tried again.";
  });
}

find("cancel")?.addEventListener("click", ({ target }) => busy(target, async () => {
  if (!await ask("Stop this job?", "<p>What it did stays; asked for again, it goes on from there.</p>", { yes: "Stop it", no: "Let it go on", danger: true })) return;
  show(await api("POST", `${path}/cancel`));
  tell("It stops after what is in hand.");
}));

find("again")?.addEventListener("click", ({ target }) => busy(target, async () => {
  const body = JSON.parse(find("again-body").textContent);
  const job = await api("POST", "/v1/jobs", { ...body, by: await me() });
  location.assign(`/jobs/${encodeURIComponent(job.id)}`);
  if (job.id === id) location.reload();
}));
