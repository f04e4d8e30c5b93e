"use strict";
// Which frames of a camera are shown, on the chart, in the film and in the lists: by verdict, reason, day, hour, light and name.
class Filter {
  // `apply` is given the rows that are left, and an array that has a 1 for each of them, or null where nothing is chosen.
  constructor(place, frames, apply) {
    Object.assign(this, { rows: frames.rows, apply, selects: {} });
    const { make } = words;
    this.hours = Filter.readHours(frames);
    this.values = {
      verdict: this.rows.map((row) => words.VERDICTS[row[3]]),
      reason: this.rows.map(Filter.reason),
      day: this.hours.map((hour) => hour.slice(0, 10)),
      hour: this.hours.map((hour) => hour.slice(11)),
      light: Filter.readLights(frames),
    };
    for (const [name, values] of Object.entries(this.values)) this.offer(name, values);
    this.part = make("input", { type: "search", size: 14 });
    this.part.addEventListener("input", () => this.look());
    this.clear = make("button", { type: "button", disabled: true }, "Show all");
    this.clear.addEventListener("click", () => this.choose({}));
    this.said = make("span", { role: "status" });
    const labels = Object.entries(this.selects).map(([name, select]) => make("label", {}, `${name} `, select));
    place.append(make("div", { className: "tools" }, ...labels, make("label", {}, "name ", this.part), this.clear, this.said));
  }

  // A list to choose from, where there is more than one thing.
  offer(name, values) {
    const counts = new Map();
    for (const value of values) if (value) counts.set(value, (counts.get(value) ?? 0) + 1);
    if (counts.size < 2) return;
    const known = name === "day" || name === "hour" ? [...counts].sort() : [...counts].sort((a, b) => b[1] - a[1]);
    const option = (text, value) => words.make("option", { value }, text);
    const shown = (value) => name === "hour" ? `${value}:00` : value;
    this.selects[name] = words.make("select", { name }, option("all", ""), ...known.map(([value, count]) => option(`${shown(value)} (${count})`, value)));
    this.selects[name].addEventListener("change", () => this.look());
  }

  // Why, in few words, so that there are few reasons to choose from.
  static reason(row) {
    if (row[7] !== undefined) return row[3] === "keep" ? "the whole picture changed" : "left out, the whole picture changed";
    if (row[2] === null) return row[6].split(/[:(\d]/)[0].trim();
    if (row[3] === "keep") return "enough has changed";
    return row[2] ? "too little has changed" : "nothing that counts has changed";
  }

  // The day and hour of each frame, where they are known: 2023-06-13 04. No zone differs from UTC by less than quarters.
  static readHours(frames) {
    const known = new Map();
    return frames.rows.map(([, time]) => {
      if (time === null) return "";
      const quarter = Math.floor(time / 900);
      if (!known.has(quarter)) known.set(quarter, words.clock(quarter * 900, frames).slice(0, 13));
      return known.get(quarter);
    });
  }

  // The light of each frame is that of the nearest one that was looked at, in time, unless that is far away.
  static readLights({ rows, timed, lights }) {
    const FAR = 2 * 3600; // seconds
    const place = (n) => timed ? rows[n][1] : n;
    const looked = lights.map(([row, light]) => [place(row), light]).sort((a, b) => a[0] - b[0]);
    return rows.map((row, n) => {
      if (!looked.length || row[3] === "skip") return "";
      let low = 0, high = looked.length - 1;
      while (low < high) {
        const middle = (low + high) >> 1;
        if (looked[middle][0] < place(n)) low = middle + 1;
        else high = middle;
      }
      const away = (look) => Math.abs(look[0] - place(n)), before = looked[Math.max(low - 1, 0)];
      const nearest = away(before) < away(looked[low]) ? before : looked[low];
      return timed && away(nearest) > FAR ? "not known" : nearest[1];
    });
  }

  get chosen() { return Object.fromEntries(Object.entries(this.selects).map(([name, { value }]) => [name, value])); }

  // Shows what these values choose, and all of what is not named.
  choose(chosen) {
    for (const [name, select] of Object.entries(this.selects)) select.value = chosen[name] ?? "";
    this.part.value = "";
    this.look();
  }

  look() {
    const wanted = Object.entries(this.chosen).filter(([, value]) => value), part = this.part.value;
    const found = this.rows.flatMap((row, n) => wanted.every(([name, value]) => this.values[name][n] === value) && row[0].includes(part) ? [n] : []);
    const all = !wanted.length && !part;
    this.clear.disabled = all;
    this.said.textContent = all ? "" : found.length ? `${found.length} of ${this.rows.length} frames` : "no such frame";
    const marks = all ? null : new Uint8Array(this.rows.length);
    if (marks) for (const n of found) marks[n] = 1;
    this.apply(found, marks);
  }
}
