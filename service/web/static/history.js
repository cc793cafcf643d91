// Undo a decision, wherever decisions are listed.
import { api, busy, me } from "./api.js";
import { conflict, later } from "./deciding.js";

for (const button of document.querySelectorAll("button.undo"))
  button.addEventListener("click", () => busy(button, async () => {
    const number = button.dataset.event;
    try {
      const { event } = await api("POST", `/v1/decisions/${number}/undo`, { by: await me() });
      later(`Event ${number} is undone; event ${event.number} says so, and can be undone too.`);
      location.reload();
    } catch (error) {
      conflict(error, "Nothing was undone.");
    }
  }));
