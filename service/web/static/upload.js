// Upload: drop, sort into sightings, send each once, and say what became of every file.
import { Problem, api, problemOf, renew, said } from "./api.js";
import { send } from "./sending.js";

const find = (id) => document.getElementById(id);
const drop = find("drop"), forms = find("sightings"), bar = find("send-bar");
const MOST_FILES = Number(drop.dataset.mostFiles), MOST_BYTES = Number(drop.dataset.mostBytes);
const PICTURE = /\.(jpe?g|png|webp|tiff?)$/i;
const TRIES = 8, FIRST_PAUSE_S = 2, MOST_PAUSE_S = 60;
const sightings = [];
let sending = false, numbered = 0;

const size = (bytes) => bytes < 1e6 ? `${Math.ceil(bytes / 1e3)} kB` : `${(bytes / 1e6).toFixed(1)} MB`;
const fit = (text) => text.replace(/[\/\\?#%\u0000-\u001f\u007f]+/g, " ").replace(/^[. ]+/, "").trim().slice(0, 128);
const wait = (seconds) => new Promise((resolve) => setTimeout(resolve, 1000 * seconds));
const many = (n, word) => `${n} ${word}${n === 1 ? "" : "s"}`;

// --- which files make which sighting ---

/** Files by the folder that they lie in; "" for those that were chosen one by one. */
async function dropped(transfer) {
  // all at once: what was dropped is gone after the first wait; some drops are files of no folder
  const given = [...transfer.items].filter((item) => item.kind === "file");
  const entries = given.map((item) => item.webkitGetAsEntry?.() ?? item.getAsFile()).filter(Boolean);
  const groups = new Map();
  const put = (folder, file) => groups.set(folder, [...(groups.get(folder) ?? []), file]);
  async function walk(entry, folder) {
    if (entry.isFile) put(folder, await new Promise((got, not) => entry.file(got, not)));
    else {
      const reader = entry.createReader();
      for (;;) { // a reader gives a hundred at a time
        const some = await new Promise((got, not) => reader.readEntries(got, not));
        if (!some.length) break;
        for (const one of some) await walk(one, entry.name);
      }
    }
  }
  for (const entry of entries) {
    if (entry instanceof File) put("", entry);
    else await walk(entry, "");
  }
  return groups;
}

function chosen(files) {
  const groups = new Map();
  for (const file of files) {
    const folder = file.webkitRelativePath.split("/").at(-2) ?? "";
    groups.set(folder, [...(groups.get(folder) ?? []), file]);
  }
  return groups;
}

function take(groups) {
  const left = [];
  for (const [folder, files] of groups) {
    const pictures = files.filter((file) => PICTURE.test(file.name)).sort((a, b) => a.name.localeCompare(b.name));
    left.push(...files.filter((file) => !PICTURE.test(file.name) && !file.name.startsWith(".")));
    if (!pictures.length) continue;
    const open = folder ? null : sightings.findLast((one) => !one.done && !one.folder);
    const one = open ?? begin(folder, pictures[0]);
    for (const file of pictures) addFile(one, file);
  }
  find("send-state").textContent = left.length
    ? `${many(left.length, "file")} left out, no pictures: ${left.slice(0, 3).map((f) => f.name).join(", ")}` : "";
  show();
}

function begin(folder, first) {
  const node = find("sighting-form").content.cloneNode(true).firstElementChild;
  const one = { node, folder, files: [], done: false };
  const day = new Date(first?.lastModified ?? Date.now()).toISOString().slice(0, 10);
  node.querySelector("[name=id]").value = fit(folder) || `${day} ${++numbered}`;
  node.querySelector("h2").textContent = folder ? `Folder ${folder}` : "New sighting";
  node.querySelector(".head .drop-it").addEventListener("click", () => {
    sightings.splice(sightings.indexOf(one), 1);
    node.remove();
    show();
  });
  sightings.push(one);
  forms.append(node);
  return one;
}

function addFile(one, file) {
  if (one.files.some((other) => other.file.name === file.name && other.file.size === file.size)) return;
  const node = find("file-form").content.cloneNode(true).firstElementChild;
  const row = { file, node };
  const image = node.querySelector("img");
  image.src = URL.createObjectURL(file);
  image.addEventListener("load", () => URL.revokeObjectURL(image.src), { once: true });
  image.addEventListener("error", () => image.remove(), { once: true });
  node.querySelector(".name").textContent = file.name;
  node.querySelector(".size").textContent = size(file.size);
  for (const field of node.querySelectorAll("input, select")) field.setAttribute("aria-label", `${field.name} of ${file.name}`);
  node.querySelector(".drop-it").setAttribute("aria-label", `Leave out ${file.name}`);
  node.querySelector(".drop-it").addEventListener("click", () => {
    one.files.splice(one.files.indexOf(row), 1);
    node.remove();
    show();
  });
  one.files.push(row);
  one.node.querySelector(".files").append(node);
}

function show() {
  const open = sightings.filter((one) => !one.done && one.files.length);
  const bytes = open.flatMap((one) => one.files).reduce((sum, row) => sum + row.file.size, 0);
  bar.hidden = !sightings.length;
  find("send-count").textContent = open.length ? `${many(open.length, "sighting")}, ${size(bytes)} to send`
    : "Nothing is left to send";
  find("send").setAttribute("aria-disabled", String(!open.length || sending));
}

// --- what is told of a sighting ---

const value = (node, name) => node.querySelector(`[name=${name}]`).value.trim();

function metadata(one) {
  const told = { id: value(one.node, "id") };
  const [station, at] = [value(one.node, "station"), value(one.node, "at")];
  const licence = value(one.node, "licence");
  const place = [value(one.node, "latitude"), value(one.node, "longitude")];
  if (station) told.station = station;
  if (licence) told.licence = licence;
  if (at) told.times = [{ at: at.length === 16 ? `${at}:00` : at, source: "given" }];
  if (place[0] || place[1]) [told.latitude, told.longitude] = place.map((text) => (text ? Number(text) : null));
  told.media = one.files.map(({ file, node }) => {
    const media = { file_name: file.name };
    const camera = value(node, "camera") || value(one.node, "camera");
    const flank = value(node, "flank") || value(one.node, "flank");
    return { ...media, ...(camera && { camera }), ...(flank && { flank }) };
  });
  return told;
}

function wrongWith(one) {
  const id = value(one.node, "id");
  const bytes = one.files.reduce((sum, row) => sum + row.file.size, 0);
  if (!id || fit(id) !== id) return "Its id: 1 to 128 characters, none of / \\ ? # %, and no dot in front.";
  if (sightings.some((other) => other !== one && value(other.node, "id") === id)) return "Another sighting here has this id.";
  if (one.files.length > MOST_FILES) return `More than ${MOST_FILES} files: split it.`;
  if (bytes > MOST_BYTES) return `More than ${size(MOST_BYTES)}: split it.`;
  return "";
}

// --- sending ---

function state(row, text, kind = "quiet") {
  const place = row.node.querySelector(".state");
  place.textContent = text;
  place.className = `state small ${kind}`;
}

function outcome(one, kind, ...parts) {
  const place = one.node.querySelector(".outcome");
  const note = document.createElement("p");
  note.className = `note ${kind}`;
  note.append(...parts);
  place.replaceChildren(note);
}

function progressed(one, loaded, total) {
  one.node.querySelector(".whole").value = total ? loaded / total : 0;
  let before = 0;
  for (const row of one.files) {
    const share = Math.min(1, Math.max(0, (loaded - before) / Math.max(1, row.file.size)));
    state(row, share >= 1 ? "sent, being looked at" : share > 0 ? `sending, ${Math.round(100 * share)} %` : "waits");
    before += row.file.size;
  }
}

/** What is stored under this id, if it is these very files: a lost answer is not sent again. */
async function arrived(one) {
  const told = await api("GET", `/v1/sightings/${encodeURIComponent(value(one.node, "id"))}`).catch(() => null);
  if (!told || told.media.length !== one.files.length || !crypto.subtle) return null;
  for (const [n, { file }] of one.files.entries()) {
    const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", await file.arrayBuffer()));
    const sha256 = [...digest].map((byte) => byte.toString(16).padStart(2, "0")).join("");
    if (told.media[n].file_name !== file.name || told.media[n].sha256 !== sha256) return null;
  }
  return told;
}

async function deliver(one) {
  const form = new FormData();
  form.append("metadata", JSON.stringify(metadata(one)));
  for (const { file } of one.files) form.append("media", file, file.name);
  for (let tried = 1; ; tried += 1) {
    try {
      const answer = await send("/v1/sightings", form, (loaded, total) => progressed(one, loaded, total));
      if (answer.ok) return await answer.json();
      throw await problemOf(answer);
    } catch (problem) {
      if (!(problem instanceof Problem)) throw problem;
      if (await renew(problem)) continue;
      const passing = problem.status === 0 || problem.status === 429 || problem.status === 503;
      if (!passing || tried >= TRIES) throw problem;
      const pause = Math.max(problem.retryAfter, Math.min(MOST_PAUSE_S, FIRST_PAUSE_S * 2 ** (tried - 1)));
      outcome(one, "warn", `${said(problem)} Tried again in ${pause} s (${tried} of ${TRIES}).`);
      await wait(pause);
      const stored = problem.status === 0 ? await arrived(one) : null;
      if (stored) return stored;
    }
  }
}

function delivered(one, told) {
  const refused = new Map(told.rejected.map((file) => [file.file_name, file.reason]));
  for (const row of one.files) {
    const animals = told.annotations.filter((animal) => animal.file === row.file.name);
    const words = animals.map((a) => `${a.view.flank === "unknown" ? "flank not known" : `${a.view.flank} flank`}${
      a.view.quality.reasons.length ? ` (${a.view.quality.reasons.join("; ")})` : ""}`);
    if (refused.has(row.file.name)) state(row, `not used: ${refused.get(row.file.name).replace(`${row.file.name}: `, "")}`, "wrong");
    else state(row, words.length ? `kept: ${words.join(", ")}` : "kept; no animal was found", "good");
  }
  const link = document.createElement("a");
  link.href = `/sightings/${encodeURIComponent(told.id)}`;
  link.textContent = "Open the sighting";
  const kept = `Stored: ${many(told.annotations.length, "animal")} in ${many(told.media.length, "file")}${
    told.rejected.length ? `, ${told.rejected.length} not used` : ""}. `;
  outcome(one, told.rejected.length ? "warn" : "good", kept, link);
  one.done = true;
  one.node.classList.add("is-done");
  for (const field of one.node.querySelectorAll("input, select, .drop-it")) field.disabled = true;
  return link.href;
}

async function sendAll() {
  if (sending) return;
  const open = sightings.filter((one) => !one.done && one.files.length);
  for (const one of open) {
    const wrong = wrongWith(one);
    one.node.querySelector("[name=id]").setAttribute("aria-invalid", String(Boolean(wrong)));
    if (!wrong) continue;
    outcome(one, "bad", wrong);
    one.node.querySelector("[name=id]").focus();
    return;
  }
  sending = true;
  show();
  let last = "", failed = 0;
  for (const one of open) {
    const progress = one.node.querySelector(".whole");
    progress.hidden = false;
    find("send-state").textContent = `sending ${value(one.node, "id")} …`;
    try {
      last = delivered(one, await deliver(one));
    } catch (problem) {
      failed += 1;
      for (const row of one.files) state(row, "not stored");
      outcome(one, "bad", said(problem));
    }
    progress.hidden = true;
  }
  sending = false;
  find("send-state").textContent = failed ? `${many(failed, "sighting")} not stored: mend and send again` : "all stored";
  show();
  const clean = !failed && open.length === 1 && !open[0].node.querySelector(".state.wrong");
  if (clean) location.assign(last);
}

// --- the page ---

find("files").addEventListener("change", ({ target }) => { take(chosen(target.files)); target.value = ""; });
find("folder").addEventListener("change", ({ target }) => { take(chosen(target.files)); target.value = ""; });
find("add").addEventListener("click", () => { begin("").node.querySelector("input").focus(); show(); });
find("send").addEventListener("click", sendAll);
forms.addEventListener("submit", (event) => { event.preventDefault(); sendAll(); });
forms.addEventListener("input", ({ target }) => target.removeAttribute("aria-invalid"));
for (const name of ["dragenter", "dragover"]) {
  addEventListener(name, (event) => { event.preventDefault(); drop.classList.add("over"); });
}
for (const name of ["dragleave", "drop"]) addEventListener(name, () => drop.classList.remove("over"));
addEventListener("drop", async (event) => { event.preventDefault(); take(await dropped(event.dataTransfer)); });
addEventListener("beforeunload", (event) => {
  if (sending || sightings.some((one) => !one.done && one.files.length)) event.preventDefault();
});
