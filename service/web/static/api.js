// Calls of /v1 as pages make them, and what is said of them. Importing this changes nothing.

const meta = (name) => document.querySelector(`meta[name="${name}"]`)?.content ?? "";

/** What the service refused, in its words: status, type, title, detail, errors, requestId. */
export class Problem extends Error {
  constructor(told) {
    super(told.detail || told.title);
    Object.assign(this, { status: told.status, type: told.type ?? "", title: told.title,
      detail: told.detail, errors: told.errors ?? [], requestId: told.request_id ?? "",
      retryAfter: told.retryAfter ?? 0 });
  }
  /** The end of its type: "conflict", "not-found", ...; "unreachable" when nothing answered. */
  get kind() { return this.type.split(":").pop(); }
}

/** Headers that show that a page of ours asks; for requests that are not made by `api`. */
export const proof = () => ({ "X-CSRF-Token": meta("csrf") });

/**
 * Call the service: `await api("POST", "/v1/comparisons", {...})` gives the JSON answer.
 *
 * Throws a Problem. Where the session has ended meanwhile, it asks to sign in again in another
 * tab and repeats the call then: nothing that was typed or chosen here is lost.
 */
export async function api(method, path, body, { headers = {}, signal } = {}) {
  for (let renewed = false; ; renewed = true) {
    const answer = await once(method, path, body, headers, signal);
    if (answer.ok) return answer.status === 204 ? null : answer.json();
    const problem = await problemOf(answer);
    if (renewed || !(await renew(problem))) throw problem;
  }
}

async function once(method, path, body, headers, signal) {
  const asked = { method, signal, headers: { Accept: "application/json", ...proof(), ...headers } };
  if (body instanceof FormData) asked.body = body;
  else if (body !== undefined) {
    asked.body = JSON.stringify(body);
    asked.headers["Content-Type"] = "application/json";
  }
  try {
    return await fetch(path, asked);
  } catch (error) {
    if (error.name === "AbortError") throw error;
    throw unreachable();
  }
}

/** A Problem for a service that did not answer. */
export const unreachable = () => new Problem({ status: 0, type: "urn:leopard-reid:problem:unreachable",
  title: "No answer", detail: "The service did not answer. Nothing is lost here; try again when it is back." });

/** A refusal as a Problem. */
export async function problemOf(answer) {
  const told = await answer.json().catch(() => ({}));
  return new Problem({ status: answer.status, title: `HTTP ${answer.status}`, detail: "", ...told,
    retryAfter: Number(answer.headers.get("Retry-After") ?? 0) });
}

/** Make this page's proof fit the session again, after signing in if need be; whether it does. */
export async function renew(problem) {
  if (problem.kind === "stale-page") return fitProof();
  if (problem.status !== 401) return false;
  while (await askToSignIn()) if (await fitProof()) return true;
  return false;
}

async function fitProof() {
  const answer = await fetch("/", { headers: { Accept: "text/html" } }).catch(() => null);
  const page = new DOMParser().parseFromString((await answer?.text()) ?? "", "text/html");
  const fresh = page.querySelector("meta[name=csrf]");
  if (!fresh) return false;
  if (page.querySelector("meta[name=person]").content !== meta("person")) {
    tell(new Error("Somebody else is signed in now. Load the page again to go on as they."));
    return false;
  }
  document.querySelector("meta[name=csrf]").content = fresh.content;
  return true;
}

function askToSignIn() {
  return ask("Your session has ended", `<p>Nothing on this page is lost. Sign in again in another tab, then go on here.</p>
    <p><a class="button second" href="/login" target="_blank" rel="noopener">Sign in (new tab)</a></p>`,
    { yes: "I have signed in: go on", no: "Leave it" });
}

/** Ask something in a dialog of trusted HTML; resolves to whether the answer was yes. */
export function ask(title, html, { yes = "Yes", no = "No", danger = false } = {}) {
  const dialog = document.createElement("dialog");
  dialog.setAttribute("aria-labelledby", "ask-title");
  dialog.innerHTML = `<form method="dialog"><h2 id="ask-title"></h2>${html}
    <div class="actions"><button value="yes"></button><button value="" class="second"></button></div></form>`;
  dialog.querySelector("h2").textContent = title;
  const [sure, not] = dialog.querySelectorAll(".actions button");
  sure.textContent = yes;
  not.textContent = no;
  if (danger) sure.className = "danger";
  not.autofocus = danger; // Enter alone destroys nothing
  document.body.append(dialog);
  dialog.showModal();
  return new Promise((resolve) => dialog.addEventListener("close", () => {
    dialog.remove();
    resolve(dialog.returnValue === "yes");
  }));
}

/** Say something at the edge of the page: a text or a Problem. Bad news stays until closed. */
export function tell(what, kind = what instanceof Error ? "bad" : "good") {
  const box = document.createElement("div");
  const text = document.createElement("p");
  const close = document.createElement("button");
  box.className = kind;
  text.textContent = what instanceof Problem ? said(what) : String(what.message ?? what);
  close.className = "plain";
  close.textContent = "Close";
  close.addEventListener("click", () => box.remove());
  if (kind === "bad") box.setAttribute("role", "alert");
  box.append(text, close);
  document.getElementById("messages").append(box);
  if (kind !== "bad") setTimeout(() => box.remove(), 6000);
  return box;
}

/** A Problem in one sentence or two. */
export function said(problem) {
  const fields = problem.errors.map((one) => `${one.where}: ${one.what}`).join("; ");
  const known = fields && !problem.detail.includes(problem.errors[0].what) ? ` (${fields})` : "";
  return `${problem.title}: ${problem.detail}${known}`;
}

/** Run work for a button: it cannot be pressed twice, and a Problem is told. */
export async function busy(button, work) {
  if (button?.getAttribute("aria-disabled") === "true") return undefined;
  button?.setAttribute("aria-disabled", "true");
  try {
    return await work();
  } catch (error) {
    if (error.name !== "AbortError") tell(error);
    return undefined;
  } finally {
    button?.removeAttribute("aria-disabled");
  }
}

const NAME = "leopard-reid name";

/** Who says it (`by`): the person of the key; without keys a name, asked for once and kept here. */
export async function me() {
  return meta("person") || localStorage.getItem(NAME) || askName();
}

/** The role of whoever looks. */
export const role = () => meta("role");

/** The name that is kept in this browser, or "". */
export const localName = () => (meta("person") ? "" : localStorage.getItem(NAME) ?? "");

/** Ask for a name; resolves to it, or throws an AbortError when nobody wants to say it. */
export function askName() {
  const dialog = document.createElement("dialog");
  dialog.setAttribute("aria-labelledby", "name-title");
  dialog.innerHTML = `<form method="dialog" class="stack"><h2 id="name-title">Who are you?</h2>
    <p>Decisions are kept with the name of who made them. This browser remembers yours.</p>
    <label for="name-field">Your name</label>
    <input id="name-field" required maxlength="128" autocomplete="name">
    <div class="actions"><button value="keep">Keep</button>
    <button value="" class="second" formnovalidate>Not now</button></div></form>`;
  const field = dialog.querySelector("input");
  field.value = localName();
  document.body.append(dialog);
  dialog.showModal();
  return new Promise((resolve, reject) => {
    dialog.addEventListener("close", () => {
      const name = field.value.trim();
      dialog.remove();
      if (dialog.returnValue !== "keep" || !name) {
        reject(new DOMException("no name was given", "AbortError"));
        return;
      }
      localStorage.setItem(NAME, name);
      document.dispatchEvent(new CustomEvent("named", { detail: name }));
      resolve(name);
    });
  });
}
