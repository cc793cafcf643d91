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

const finite = (points) => points.filter((p) => Number.isFinite(p.x) && Number.isFinite(p.y)).sort((a, b) => a.x - b.x);
const error = (p) => (Number.isFinite(p.error) ? p.error : 0);

/** How numbers lie on paper: `at(point, dy)` gives pixels, with some air above and below. */
function paper(points) {
  let [x0, x1] = [Math.min(...points.map((p) => p.x)), Math.max(...points.map((p) => p.x))];
  let [y0, y1] = [Math.min(...points.map((p) => p.y - error(p))), Math.max(...points.map((p) => p.y + error(p)))];
  if (x0 === x1) [x0, x1] = [x0 - 0.5, x1 + 0.5];
  const air = (y1 - y0) * 0.08 || Math.abs(y1) * 0.05 || 0.5;
  [y0, y1] = [y0 - air, y1 + air];
  const at = (p, dy = 0) => [LEFT + (W - LEFT - RIGHT) * (p.x - x0) / (x1 - x0),
    H - BOTTOM - (H - TOP - BOTTOM) * (p.y + dy - y0) / (y1 - y0)];
  return { x0, x1, y0, y1, at };
}

function axes(svg, { x0, x1, y0, y1, at }, x, y) {
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
}

function drawn(svg, { points, name }, at, number, named) {
  const path = (list) => list.map((xy) => xy.map((v) => v.toFixed(1)).join(",")).join(" ");
  if (points.some((p) => error(p) > 0)) {
    const band = [...points.map((p) => at(p, error(p))), ...points.toReversed().map((p) => at(p, -error(p)))];
    svg.append(made("polygon", { class: "band", points: path(band) }));
  }
  const which = number ? " other" : "";
  svg.append(made("polyline", { class: `line${which}`, points: path(points.map((p) => at(p))) }));
  for (const p of points) {
    const [cx, cy] = at(p);
    svg.append(made("circle", { class: `dot${which}`, cx, cy, r: 3.5 }));
  }
  if (!named) return;
  const [x, y] = at(points.at(-1));
  svg.append(made("text", { class: "series", x: Math.min(x, W - RIGHT), y: y + (number ? 20 : -9), "text-anchor": "end" }, name));
}

/**
 * Draw `series` ([{name, points: [{x, y, error}]}]) into `place`; `x` names the axis they share.
 * Points without a finite x and y are left out; of fewer than one nothing is drawn.
 */
export function drawCurve(place, series, { x }) {
  const known = series.map(({ name, points }) => ({ name, points: finite(points) })).filter(({ points }) => points.length);
  if (!known.length) return;
  const y = known.map(({ name }) => name).join(", ");
  const lasts = known.map(({ name, points }) => `${name} ${short(points.at(-1).y)}`).join(", ");
  const label = `${known.map(({ name }) => name).join(" and ")} by ${x}: ${known[0].points.length} points, the last ${lasts} at ${short(known[0].points.at(-1).x)}`;
  const svg = made("svg", { viewBox: `0 0 ${W} ${H}`, class: "curve", role: "img", "aria-label": label });
  const on = paper(known.flatMap(({ points }) => points));
  axes(svg, on, x, y);
  known.forEach((one, number) => drawn(svg, one, on.at, number, known.length > 1));
  place.replaceChildren(svg);
}
