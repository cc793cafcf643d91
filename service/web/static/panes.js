// Pictures side by side that are zoomed and moved together, or each by itself.

const MOST = 14, STEP = 1.25, NUDGE = 0.08;

/** One picture in a box: `zoom` 1 fits it, (x, y) is the part of the picture in the middle, 0 to 1. */
class Pane {
  constructor(box, pair) {
    this.box = box;
    this.pair = pair;
    this.image = box.querySelector("img");
    this.at = { zoom: 1, x: 0.5, y: 0.5 };
    this.size = null; // of the picture in pixels, once it is there
    this.pointers = new Map();
    this.image.addEventListener("load", () => this.loaded());
    this.image.addEventListener("error", () => box.classList.add("failed"));
    box.addEventListener("wheel", (event) => this.wheel(event), { passive: false });
    box.addEventListener("pointerdown", (event) => this.down(event));
    box.addEventListener("pointermove", (event) => this.move(event));
    for (const name of ["pointerup", "pointercancel"])
      box.addEventListener(name, (event) => this.pointers.delete(event.pointerId));
    box.addEventListener("dblclick", (event) => this.zoomAt(event, this.at.zoom > 1.2 ? 1 / MOST : 3));
    new ResizeObserver(() => this.pair.draw()).observe(box);
  }

  /** Another picture; zoom and place stay, so that frames can be flipped through. */
  show(address, alt) {
    this.image.alt = alt;
    if (this.address === address) return;
    this.address = address;
    this.size = null;
    this.box.classList.add("loading");
    this.box.classList.remove("failed");
    this.image.src = address;
  }

  loaded() {
    this.size = [this.image.naturalWidth, this.image.naturalHeight];
    this.box.classList.remove("loading");
    this.pair.draw();
  }

  /** Pixels of the screen for one of the picture. */
  scale() {
    if (!this.size) return 1;
    return this.at.zoom * Math.min(this.box.clientWidth / this.size[0], this.box.clientHeight / this.size[1]);
  }

  /** Where a point of the picture (0 to 1) lies in the box, in pixels. */
  place(x, y) {
    const scale = this.scale();
    return [
      this.box.clientWidth / 2 + (x - this.at.x) * this.size[0] * scale,
      this.box.clientHeight / 2 + (y - this.at.y) * this.size[1] * scale,
    ];
  }

  draw() {
    if (!this.size) return;
    const scale = this.scale(), [left, top] = this.place(0, 0);
    this.image.style.transform = `translate(${left}px, ${top}px) scale(${scale})`;
  }

  wheel(event) {
    event.preventDefault();
    this.zoomAt(event, event.deltaY < 0 ? STEP : 1 / STEP);
  }

  /** Zoom so that what is under the pointer stays there. */
  zoomAt(event, factor) {
    if (!this.size) return;
    const box = this.box.getBoundingClientRect();
    const from = [event.clientX - box.left - box.width / 2, event.clientY - box.top - box.height / 2];
    const before = this.scale(), zoom = Math.min(MOST, Math.max(1, this.at.zoom * factor));
    const after = (before / this.at.zoom) * zoom;
    const shift = from.map((d, i) => (d / before - d / after) / this.size[i]);
    this.pair.change(this, { zoom, x: this.at.x + shift[0], y: this.at.y + shift[1] });
  }

  down(event) {
    if (event.button) return;
    this.box.setPointerCapture(event.pointerId);
    this.pointers.set(event.pointerId, [event.clientX, event.clientY]);
  }

  move(event) {
    const before = this.pointers.get(event.pointerId);
    if (!before || !this.size) return;
    const others = [...this.pointers].filter(([id]) => id !== event.pointerId).map(([, at]) => at);
    if (others.length) {
      const gap = (at) => Math.hypot(at[0] - others[0][0], at[1] - others[0][1]) || 1;
      this.zoomAt({ clientX: others[0][0], clientY: others[0][1] }, gap([event.clientX, event.clientY]) / gap(before));
    } else {
      const scale = this.scale();
      this.pair.change(this, {
        x: this.at.x - (event.clientX - before[0]) / scale / this.size[0],
        y: this.at.y - (event.clientY - before[1]) / scale / this.size[1],
      });
    }
    this.pointers.set(event.pointerId, [event.clientX, event.clientY]);
  }
}

/** Two panes; `ondraw` is called whenever something moved. */
export class Panes {
  constructor(left, right, ondraw) {
    this.linked = true;
    this.ondraw = ondraw;
    this.panes = [left, right].map((box) => new Pane(box, this));
  }

  change(pane, what) {
    const held = (at) => {
      const free = 0.5 / at.zoom; // the picture never leaves its box
      for (const axis of ["x", "y"]) at[axis] = Math.min(1 - free, Math.max(free, at[axis]));
      return at;
    };
    const wanted = held({ ...pane.at, ...what });
    for (const one of this.linked ? this.panes : [pane]) one.at = { ...wanted };
    this.draw();
  }

  zoom(factor) {
    const pane = this.active();
    this.change(pane, { zoom: Math.min(MOST, Math.max(1, pane.at.zoom * (factor > 0 ? STEP : 1 / STEP))) });
  }

  nudge(x, y) {
    const { at } = this.active();
    this.change(this.active(), { x: at.x + (x * NUDGE) / at.zoom * 2, y: at.y + (y * NUDGE) / at.zoom * 2 });
  }

  active() {
    return this.panes.find((one) => one.box === document.activeElement) ?? this.panes[0];
  }

  reset() {
    for (const one of this.panes) one.at = { zoom: 1, x: 0.5, y: 0.5 };
    this.draw();
  }

  draw() {
    if (this.waiting) return;
    this.waiting = requestAnimationFrame(() => {
      this.waiting = 0;
      for (const one of this.panes) one.draw();
      this.ondraw?.();
    });
  }
}
