// A form with files, or JSON as a string, sent so that its progress is seen. Importing this changes nothing.
import { proof, unreachable } from "./api.js";

/** One POST; `progressed(loaded, total)` tells how many of its bytes are sent. Gives a Response. */
export function send(path, form, progressed) {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open("POST", path);
    request.setRequestHeader("Accept", "application/json");
    for (const [name, content] of Object.entries(proof())) request.setRequestHeader(name, content);
    if (typeof form === "string") request.setRequestHeader("Content-Type", "application/json");
    request.upload.addEventListener("progress", ({ loaded, total }) => progressed(loaded, total));
    request.addEventListener("load", () => resolve(new Response(request.responseText, { status: request.status,
      headers: { "Retry-After": request.getResponseHeader("Retry-After") ?? "0" } })));
    for (const event of ["error", "abort", "timeout"]) request.addEventListener(event, () => reject(unreachable()));
    request.send(form);
  });
}
