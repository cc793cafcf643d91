// A picture that cannot be drawn says why in its place.
import { problemOf } from "./api.js";

async function explain(image) {
  const answer = await fetch(image.src).catch(() => null);
  if (answer?.ok) return;
  const note = document.createElement("p");
  note.className = "note warn";
  note.textContent = answer ? (await problemOf(answer)).detail : "The service did not answer; load the page again.";
  image.replaceWith(note);
}

for (const image of document.querySelectorAll(".evidence img")) {
  if (image.complete && image.naturalWidth === 0 && image.currentSrc) explain(image);
  image.addEventListener("error", () => explain(image), { once: true });
}
