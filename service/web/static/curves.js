// A curve as SVG: points with an error band, drawn anew whenever there are more. No library.
const NS = "http://www.w3.org/2000/svg";
const W = 640, H = 260, LEFT = 62, RIGHT = 16, TOP = 14, BOTTOM = 44;

function made(name, attributes, text) {
  const element = document.createElementNS(NS, name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  if (text !== undefined) element.textContent = text;
  return element;
}

/** Round numbers between low and high, some five of them. */
export function ticks(low, high) {
  const rough = (high - low) / 4 || 1;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].map((k) => k * power).find((s) => s >= rough);
  const found = [];
  for (let k = Math.ceil(low / step); k * step <= high + step * 1e-9; k += 1) found.push(k * step);
  return found;
}

const short = (value) => String(Number(value.toPrecision(4)));

/**
 * Draw `points` ([{x, y, error}]) into `place`; `x` and `y` name the axes, `title` says what it is.
 * Points without a finite x and y are left out; of fewer than one nothing is drawn.
 */
export function drawCurve(place, points, { x, y, title }) {
  const known = points.filter((p) => Number.isFinite(p.x) && Number.isFinite(p.y)).sort((a, b) => a.x - b.x);
  if (!known.length) return;
  const error = (p) => (Number.isFinite(p.error) ? p.error : 0);
  let [x0, x1] = [known[0].x, known.at(-1).x];
  let [y0, y1] = [Math.min(...known.map((p) => p.y - error(p))), Math.max(...known.map((p) => p.y + error(p)))];
  if (x0 === x1) [x0, x1] = [x0 - 0.5, x1 + 0.5];
  const air = (y1 - y0) * 0.08 || Math.abs(y1) * 0.05 || 0.5;
  [y0, y1] = [y0 - air, y1 + air];
  const at = (p, dy = 0) => [LEFT + (W - LEFT - RIGHT) * (p.x - x0) / (x1 - x0),
    H - BOTTOM - (H - TOP - BOTTOM) * (p.y + dy - y0) / (y1 - y0)];
  const path = (list) => list.map((xy) => xy.map((v) => v.toFixed(1)).join(",")).join(" ");
  const svg = made("svg", { viewBox: `0 0 ${W} ${H}`, class: "curve", role: "img", "aria-label": `${title}: ${known.length} points, the last ${short(known.at(-1).y)} at ${short(known.at(-1).x)}` });
  for (const value of ticks(y0, y1)) {
    const [, py] = at({ x: x0, y: value });
    svg.append(made("line", { class: "grid", x1: LEFT, x2: W - RIGHT, y1: py, y2: py }),
      made("text", { x: LEFT - 8, y: py + 4, "text-anchor": "end" }, short(value)));
  }
  for (const value of ticks(x0, x1)) {
    const [px] = at({ x: value, y: y0 });
    svg.append(made("text", { x: px, y: H - BOTTOM + 18, "text-anchor": "middle" }, short(value)));
  }
  svg.append(made("line", { class: "axis", x1: LEFT, x2: W - RIGHT, y1: H - BOTTOM, y2: H - BOTTOM }),
    made("text", { x: (LEFT + W - RIGHT) / 2, y: H - 6, "text-anchor": "middle" }, x),
    made("text", { x: 14, y: (H - BOTTOM + TOP) / 2, "text-anchor": "middle", transform: `rotate(-90 14 ${(H - BOTTOM + TOP) / 2})` }, y));
  if (known.some((p) => error(p) > 0)) {
    const band = [...known.map((p) => at(p, error(p))), ...known.toReversed().map((p) => at(p, -error(p)))];
    svg.append(made("polygon", { class: "band", points: path(band) }));
  }
  svg.append(made("polyline", { class: "line", points: path(known.map((p) => at(p))) }));
  for (const p of known) {
    const [cx, cy] = at(p);
    svg.append(made("circle", { class: "dot", cx, cy, r: 3.5 }));
  }
  place.replaceChildren(svg);
}
