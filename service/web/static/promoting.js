// Which bundle serves: each step asks for a reason, and one that no trial let pass for a second yes.
import { api, ask, busy, Problem, said } from "./api.js";

const of = (element) => element.closest("[data-bundle]").dataset;
const at = (data, what = "") => `/v1/bundles/${encodeURIComponent(data.bundle)}${what}`;

/** Ask for a reason in a dialog; resolves to it, or to null. `told` are paragraphs of plain text. */
export function reason(title, told, { yes, danger = false }) {
  const dialog = document.createElement("dialog");
  dialog.setAttribute("aria-labelledby", "reason-title");
  dialog.innerHTML = `<form method="dialog" class="stack"><h2 id="reason-title"></h2><div class="told"></div>
    <label for="reason-field">Why?</label><textarea id="reason-field" required maxlength="2000" rows="3"></textarea>
    <div class="actions"><button value="yes"></button><button value="" class="second" formnovalidate>Leave it</button></div></form>`;
  dialog.querySelector("h2").textContent = title;
  dialog.querySelector(".told").append(...told.filter(Boolean).map((text) => {
    const line = document.createElement("p");
    line.textContent = text;
    return line;
  }));
  const sure = dialog.querySelector("button[value=yes]");
  sure.textContent = yes;
  if (danger) sure.className = "danger";
  document.body.append(dialog);
  dialog.showModal();
  dialog.querySelector("textarea").focus();
  return new Promise((resolve) => dialog.addEventListener("close", () => {
    const why = dialog.querySelector("textarea").value.replace(/\s+/g, " ").trim();
    dialog.remove();
    resolve(dialog.returnValue === "yes" && why ? why : null);
  }));
}

const UNSURE = {
  none: ["Although nobody tried {}?", "Whether it is worse than the one that serves, nobody has looked."],
  other: ["Although {} was not tried against the one that serves?", "Whether it is worse than the one that serves now, nobody has looked."],
  refused: ["Although the gate refused {}?", "It was judged beside the one that serves, and was not let pass."],
};

async function promote(button) {
  const data = of(button), against = data.against ?? "", lacking = Number(data.lacking);
  const why = await reason(`Let ${data.name} serve?`, [
    against && `It ${against}.`,
    against && "It can serve all the same, if you say why. That is kept with your name.",
    data.unseen && `Warning: ${data.unseen}.`,
    lacking ? `${lacking.toLocaleString("en")} stored animals are measured with it first, in the background; then it answers, in every process.`
      : "From the next request on it answers, in every process.",
    "It can be rolled back at once.",
  ], { yes: against ? "Promote it all the same" : "Promote it", danger: Boolean(against) });
  if (why === null) return;
  const [title, told] = UNSURE[data.trial] ?? [];
  if (against && !await ask(title.replace("{}", data.name), `<p>${told} Are you sure?</p>`,
    { yes: "Yes, let it serve", no: "No", danger: true })) return;
  const override = Boolean(against);
  if (lacking) await api("POST", at(data, "/re-embed"), { promote: why, override });
  else await api("POST", at(data, "/promote"), { why, override });
  location.reload();
}

async function rollBack(button) {
  const why = await reason("Roll back?", [
    `${button.dataset.to} serves again, from the next request on. Nothing is lost: what was measured with either is kept.`,
  ], { yes: "Roll back", danger: true });
  if (why === null) return;
  await api("POST", "/v1/promotions/roll-back", { why });
  location.reload();
}

const does = (selector, work) => document.querySelectorAll(selector).forEach((button) =>
  button.addEventListener("click", () => busy(button, () => work(button))));

does(".promote", promote);
does("#roll-back", rollBack);
does(".try", async (button) => {
  await api("POST", at(of(button), "/trial"), {});
  location.reload();
});
does(".re-embed", async (button) => {
  await api("POST", at(of(button), "/re-embed"), {});
  location.reload();
});

const form = document.getElementById("import");
form?.addEventListener("submit", (event) => {
  event.preventDefault();
  busy(form.querySelector("button"), bring);
});

async function bring() {
  const [file] = form.querySelector("input").files, state = document.getElementById("import-state");
  state.textContent = "Sending and checking it …";
  try {
    const body = new FormData();
    body.append("bundle", file);
    const made = await api("POST", "/v1/bundles", body);
    state.textContent = `${made.name} ${made.version} is registered.`;
    location.reload();
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    state.textContent = `${said(error)} Nothing was kept.`;
  }
}
