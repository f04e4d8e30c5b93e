"use strict";
// A square for each hour of each day: how many frames, which share of them was kept, how much changed. One that is chosen
// shows its frames alone.
class Hours {
  constructor(place, frames, filter) {
    Object.assign(this, { frames, filter });
    const { make } = words;
    this.cells = this.count();
    if (this.cells.size < 2) return;
    this.days = [...new Set([...this.cells.keys()].map((hour) => hour.slice(0, 10)))].sort();
    this.most = { frames: 0, change: 0 };
    for (const cell of this.cells.values()) for (const name of ["frames", "change"]) this.most[name] = Math.max(this.most[name], cell[name]);
    this.measure = make("select", {}, ...[["kept", "share kept"], ["frames", "frames"], ["change", "how much changed"]].map(([value, text]) => make("option", { value }, text)));
    this.measure.addEventListener("change", () => this.colour());
    this.said = make("p", { className: "faint" }, Hours.HINT);
    this.table = this.build();
    const wide = make("div", { className: "wide heat" }, this.table);
    place.append(make("h3", {}, "Day by hour"), make("div", { className: "tools" }, make("label", {}, "colour ", this.measure)), wide, this.said);
    this.colour();
  }

  count() {
    const cells = new Map();
    this.frames.rows.forEach((row, n) => {
      const hour = this.filter.hours[n];
      if (!hour) return;
      if (!cells.has(hour)) cells.set(hour, { frames: 0, kept: 0, scored: 0, change: 0 });
      const cell = cells.get(hour);
      cell.frames++;
      cell.kept += row[3] === "keep";
      if (row[2] === null || row[4] === null) return;
      cell.scored++;
      cell.change += (row[2] / Math.max(this.frames.sizes[row[4]][3], 1) - cell.change) / cell.scored;
    });
    return cells;
  }

  build() {
    const { make } = words, hours = [...Array(24).keys()].map((hour) => String(hour).padStart(2, "0"));
    const head = (text, scope, chosen, name) => this.spot(make("th", { scope, textContent: text }), chosen, name);
    const rows = this.days.map((day) => make("tr", {}, head(day.slice(5), "row", { day }, `all of ${day}`), ...hours.map((hour) => this.cell(day, hour))));
    const table = make("table", {},
      make("thead", {}, make("tr", {}, head("all", "col", {}, "all frames"), ...hours.map((hour) => head(hour, "col", { hour }, `${hour}:00 of each day`)))),
      make("tbody", {}, ...rows));
    table.setAttribute("role", "grid");
    table.setAttribute("aria-label", "frames by day and hour");
    table.querySelector("td[data-frames]").tabIndex = 0;
    table.addEventListener("keydown", (event) => this.press(event));
    table.addEventListener("focusin", ({ target }) => this.read(target));
    table.addEventListener("pointerover", ({ target }) => this.read(target));
    return table;
  }

  cell(day, hour) {
    const cell = this.cells.get(`${day} ${hour}`), place = document.createElement("td"), when = `${day} ${hour}:00`;
    if (!cell) return this.spot(place, null, `${when}: no frame`);
    place.dataset.frames = cell.frames;
    const changed = cell.scored ? `, changed ${Number((100 * cell.change).toPrecision(2))} % on average` : "";
    const frames = cell.frames === 1 ? "1 frame" : `${cell.frames} frames`;
    return this.spot(place, { day, hour }, `${when}: ${frames}, ${cell.kept} kept (${Math.round(100 * cell.kept / cell.frames)} %)${changed}`);
  }

  spot(place, chosen, name) {
    place.tabIndex = -1;
    place.setAttribute("aria-label", name);
    if (chosen) {
      place.dataset.chosen = JSON.stringify({ day: "", hour: "", ...chosen });
      place.addEventListener("click", () => this.choose(place));
    }
    return place;
  }

  // A second time it lets go.
  choose(place) {
    this.filter.choose(place.getAttribute("aria-selected") === "true" ? {} : JSON.parse(place.dataset.chosen));
  }

  press(event) {
    const place = event.target.closest("td, th"), steps = { ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowUp: [-1, 0], ArrowDown: [1, 0] };
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (steps[event.key]) {
      const [down, right] = steps[event.key];
      const next = this.table.rows[place.parentElement.rowIndex + down]?.cells[place.cellIndex + right];
      next?.focus();
    } else if ((event.key === "Enter" || event.key === " ") && place.dataset.chosen) this.choose(place);
    else return;
    event.preventDefault();
  }

  read(target) {
    const place = target.closest("td, th");
    if (!place) return;
    this.said.textContent = place.getAttribute("aria-label");
    if (place !== document.activeElement) return;
    this.table.querySelector("[tabindex='0']").tabIndex = -1;
    place.tabIndex = 0;
  }

  colour() {
    for (const place of this.table.querySelectorAll("td[data-frames]")) {
      const { day, hour } = JSON.parse(place.dataset.chosen), cell = this.cells.get(`${day} ${hour}`);
      const share = { kept: cell.kept / cell.frames, frames: cell.frames / this.most.frames, change: Math.sqrt(cell.change / (this.most.change || 1)) }[this.measure.value];
      place.style.setProperty("--heat", `${Math.round(8 + 92 * share)}%`);
      place.className = this.measure.value;
    }
  }

  // What the filter shows is marked, wherever it was chosen.
  mark({ day = "", hour = "" }) {
    const chosen = JSON.stringify({ day, hour });
    for (const place of this.table?.querySelectorAll("[data-chosen]") ?? []) place.setAttribute("aria-selected", String(day + hour !== "" && place.dataset.chosen === chosen));
  }
}
Hours.HINT = "Each square is an hour of a day. Point at one to read it; a click, or the arrow keys and Enter, shows its frames alone.";
