// Keys: made and shown once, revoked after a question.
import { api, ask, busy, tell } from "./api.js";

const form = document.getElementById("key-form");
const place = document.getElementById("new-key");

form.addEventListener("submit", (event) => {
  event.preventDefault();
  busy(form.querySelector("button"), make);
});

async function make() {
  const made = await api("POST", "/v1/keys", { person: form.querySelector("#key-person").value.trim(),
    role: form.querySelector("#key-role").value });
  const note = document.createElement("div");
  note.className = "note warn";
  note.innerHTML = `<p><strong></strong> It is shown this once and stored nowhere.</p>
    <p><input readonly class="secret" aria-label="the new key"></p>
    <div class="actions"><button type="button" class="second copy">Copy</button><a class="button" href="/settings">I have kept it</a></div>`;
  note.querySelector("strong").textContent = `${made.person}'s key (${made.role}).`;
  const field = note.querySelector(".secret");
  field.value = made.key;
  note.querySelector(".copy").addEventListener("click", async () => {
    field.select();
    await navigator.clipboard.writeText(made.key).then(() => tell("Copied."), () => tell("Select it and copy it by hand.", "bad"));
  });
  place.replaceChildren(note);
  form.hidden = true;
  field.select();
}

for (const button of document.querySelectorAll(".revoke")) {
  button.addEventListener("click", () => busy(button, async () => {
    const mine = "mine" in button.dataset ? "<p><strong>It is your own: you are signed out with it.</strong></p>" : "";
    if (!await ask(`Revoke ${button.dataset.person}'s key?`, `<p>From now on it opens nothing, and its sessions end. This cannot be undone; what was done with it stays.</p>${mine}`,
      { yes: "Revoke", no: "Keep it", danger: true })) return;
    await api("POST", `/v1/keys/${encodeURIComponent(button.dataset.prefix)}/revoke`);
    location.reload();
  }));
}
