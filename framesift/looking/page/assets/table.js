"use strict";
// The frames of a camera one by one, as many at a time as one reads.
class Table {
  constructor(place, camera) {
    const { make } = words;
    Object.assign(this, { camera, first: 0, found: camera.found });
    this.back = make("button", { type: "button" }, "Back");
    this.next = make("button", { type: "button" }, "Next");
    this.where = make("span", { role: "status" });
    this.body = make("tbody", { role: "rowgroup" });
    this.back.addEventListener("click", () => this.go(this.first - Table.PAGE));
    this.next.addEventListener("click", () => this.go(this.first + Table.PAGE));
    const heads = Table.HEADS.map((head) => make("th", { scope: "col", role: "columnheader" }, head));
    const wide = make("div", { className: "wide", tabIndex: 0 }, make("table", { className: "stacked", role: "table" },
      make("thead", { role: "rowgroup" }, make("tr", { role: "row" }, ...heads)), this.body));
    wide.setAttribute("role", "region");
    wide.setAttribute("aria-label", "frames of " + camera.frames.camera);
    place.append(make("div", { className: "tools" }, this.back, this.next, this.where), wide);
    this.go(0);
  }

  list(found) {
    this.found = found;
    this.go(0);
  }

  go(first) {
    const { found } = this, end = first + Table.PAGE;
    this.first = first;
    this.where.textContent = found.length ? `${first + 1} to ${Math.min(end, found.length)} of ${found.length}` : "none";
    this.back.disabled = first === 0;
    this.next.disabled = end >= found.length;
    this.body.replaceChildren(...found.slice(first, end).map((n) => this.line(n)));
  }

  line(index) {
    const { make, clock, nameOf, VERDICTS } = words, { camera } = this, row = camera.frames.rows[index];
    const open = make("button", { type: "button", className: "name" }, row[0]);
    open.addEventListener("click", () => viewer.open(camera, index, this.found));
    const verdict = make("span", { className: nameOf(row[3]) }, VERDICTS[row[3]]);
    const cells = [open, clock(row[1], camera.frames), verdict, camera.reason(row), camera.reference(row) ?? ""];
    return make("tr", { role: "row" }, ...cells.map((cell, n) => {
      const made = make("td", { role: "cell" }, cell);
      made.dataset.label = Table.HEADS[n];
      return made;
    }));
  }
}
Table.PAGE = 50;
Table.HEADS = ["frame", "time", "verdict", "how much changed, or the reason", "reference"];
