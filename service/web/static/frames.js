// The whole picture of a frame with its box, large; arrow keys go from frame to frame.
const links = [...document.querySelectorAll("a.frame")];
const SVG = "http://www.w3.org/2000/svg";
let dialog, at = 0;

function build() {
  dialog = document.createElement("dialog");
  dialog.className = "viewer";
  dialog.setAttribute("aria-label", "Whole picture");
  dialog.innerHTML = `<div class="stage"></div><div class="bar"><span class="name"></span>
    <label><input type="checkbox" class="boxed" checked> box</label>
    <button class="second back">← Before</button><button class="second on">Next →</button>
    <button class="close">Close</button></div>`;
  dialog.querySelector(".back").addEventListener("click", () => show(at - 1));
  dialog.querySelector(".on").addEventListener("click", () => show(at + 1));
  dialog.querySelector(".close").addEventListener("click", () => dialog.close());
  dialog.querySelector(".boxed").addEventListener("change", ({ target }) => {
    dialog.querySelector("rect").toggleAttribute("hidden", !target.checked);
    dialog.querySelector("rect").style.display = target.checked ? "" : "none";
  });
  dialog.addEventListener("keydown", ({ key }) => {
    if (key === "ArrowLeft") show(at - 1);
    if (key === "ArrowRight") show(at + 1);
  });
  dialog.addEventListener("close", () => links[at].focus());
  document.body.append(dialog);
}

function show(number) {
  at = (number + links.length) % links.length;
  const { whole, width, height, box, name } = links[at].dataset;
  const [x, y, w, h] = box.split(" ").map(Number);
  const drawing = document.createElementNS(SVG, "svg");
  drawing.setAttribute("viewBox", `0 0 ${width} ${height}`);
  drawing.setAttribute("role", "img");
  drawing.setAttribute("aria-label", `${name} with the box of the animal`);
  const image = document.createElementNS(SVG, "image");
  for (const [key, value] of Object.entries({ href: whole, width, height })) image.setAttribute(key, value);
  const rect = document.createElementNS(SVG, "rect");
  for (const [key, value] of Object.entries({ x, y, width: w, height: h })) rect.setAttribute(key, value);
  rect.style.display = dialog.querySelector(".boxed").checked ? "" : "none";
  drawing.append(image, rect);
  dialog.querySelector(".stage").replaceChildren(drawing);
  dialog.querySelector(".name").textContent = `${name} (${at + 1} of ${links.length})`;
}

links.forEach((link, number) => link.addEventListener("click", (event) => {
  if (event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  if (!dialog) build();
  show(number);
  if (!dialog.open) dialog.showModal();
}));
