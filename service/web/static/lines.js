// What was matched between two pictures: rings on both, and lines between them.

const SVG = "http://www.w3.org/2000/svg";
const INKS = ["#ffd23f", "#4cc9f0", "#ff6b6b", "#80ed99", "#f4a5ff", "#ffa552", "#b8f2e6", "#c0b6ff"];
const MOST_LINES = 60;

const made = (name, values) => {
  const one = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(values)) one.setAttribute(key, value);
  return one;
};

/** Draws over `drawing`, an svg that lies over both panes. `pairs` as /v1/comparisons/ID/matches. */
export class Lines {
  constructor(drawing, panes) {
    this.drawing = drawing;
    this.panes = panes;
    this.pairs = [];
    this.on = false;
    this.points = false;
  }

  /** The matches of two frames, from the first to the second; none: []. */
  of(a, b) {
    for (const pair of this.pairs) {
      if (pair.a === a.id && pair.b === b.id) return this.laid(pair.a_xy_px, pair.b_xy_px, pair.group, a, b);
      if (pair.a === b.id && pair.b === a.id) return this.laid(pair.b_xy_px, pair.a_xy_px, pair.group, a, b);
    }
    return [];
  }

  laid(from, to, groups, a, b) {
    const share = ([x, y], [x0, y0, x1, y1]) => [(x - x0) / (x1 - x0), (y - y0) / (y1 - y0)];
    return from.map((at, i) => ({ from: share(at, a.window_px), to: share(to[i], b.window_px), group: groups[i] }));
  }

  draw(frames) {
    this.drawing.replaceChildren();
    const [left, right] = this.panes.panes;
    if (!this.on || frames.some((one) => !one) || !left.size || !right.size) return;
    const home = this.drawing.getBoundingClientRect();
    const boxes = [left, right].map((pane) => pane.box.getBoundingClientRect());
    this.drawing.setAttribute("viewBox", `0 0 ${home.width} ${home.height}`);
    const groups = [];
    let drawn = 0;
    for (const match of this.of(...frames)) {
      if (drawn >= (this.points ? Infinity : MOST_LINES)) break;
      const ends = [match.from, match.to].map((at, i) => this.end([left, right][i], boxes[i], at));
      if (ends.some((end) => !end)) continue;
      if (!groups.includes(match.group)) groups.push(match.group);
      const ink = INKS[groups.indexOf(match.group) % INKS.length];
      const [[x1, y1], [x2, y2]] = ends.map(([x, y]) => [x - home.left, y - home.top]);
      if (!this.points) this.drawing.append(made("line", { x1, y1, x2, y2, stroke: ink }));
      for (const [cx, cy] of [[x1, y1], [x2, y2]]) this.drawing.append(made("circle", { cx, cy, r: 5, stroke: ink }));
      drawn += 1;
    }
  }

  /** Where an end lies on the screen; null when it is not seen. */
  end(pane, box, at) {
    const [x, y] = pane.place(...at);
    return x < 0 || y < 0 || x > box.width || y > box.height ? null : [box.left + x, box.top + y];
  }
}
