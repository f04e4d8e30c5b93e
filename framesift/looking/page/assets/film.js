"use strict";
// The kept frames of a camera side by side, with ticks for those that were dropped between; it plays them.
class Film {
  constructor(place, camera) {
    Object.assign(this, { place, camera, playing: false, at: 0, known: new Map() });
    const { make } = words;
    this.chosen = null;
    this.kept = this.listKept();
    this.button = Comparer.button("▶ Play", "Space", () => this.toggle());
    this.speed = make("select", {}, ...[2, 4, 8].map((value) => make("option", { value }, `${value} a second`)));
    this.speed.value = "4";
    this.all = make("input", { type: "checkbox" });
    this.strip = make("div", { className: "strip" });
    place.append(make("div", { className: "tools" }, this.button, make("label", {}, "speed ", this.speed),
      make("label", {}, this.all, " dropped frames too")), this.strip);
    new ResizeObserver(() => this.draw()).observe(this.strip);
  }

  isShown(row) { return this.chosen === null || this.chosen[row]; }

  listKept() { return this.camera.frames.rows.flatMap((row, n) => row[3] === "keep" && this.isShown(n) ? [n] : []); }

  // Only some frames, or with null all of them: an array that has a 1 for each that is shown.
  only(chosen) {
    this.chosen = chosen;
    this.kept = this.listKept();
    this.draw();
  }

  // The place among the kept frames of the last one up to a row.
  placeOf(row) {
    let low = 0, high = this.kept.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.kept[middle] <= row) low = middle + 1;
      else high = middle;
    }
    return Math.max(0, low - 1);
  }

  go(row) {
    this.at = row;
    this.draw();
  }

  draw() {
    if (!this.kept.length) {
      this.strip.replaceChildren();
      return;
    }
    const here = this.placeOf(this.at), shown = Math.max(3, Math.floor(this.strip.clientWidth / 132));
    const first = Math.max(0, Math.min(here - (shown >> 1), this.kept.length - shown));
    const rows = this.kept.slice(first, first + shown);
    const held = this.strip.contains(document.activeElement);
    const parts = rows.flatMap((row, n) => {
      const button = this.frame(row);
      const current = row === this.kept[here];
      if (current) button.setAttribute("aria-current", "true");
      else button.removeAttribute("aria-current");
      button.tabIndex = current ? 0 : -1;
      return [button, this.ticks(row, this.kept[first + n + 1] ?? this.camera.frames.rows.length)];
    });
    this.strip.replaceChildren(...parts);
    if (held) this.strip.querySelector("[aria-current]").focus();
  }

  frame(row) {
    if (!this.known.has(row)) {
      if (this.known.size > 200) this.known.clear();
      const image = words.make("img", { alt: "" });
      const button = words.make("button", { type: "button", title: this.camera.frames.rows[row][0] }, image);
      button.setAttribute("aria-label", `kept ${this.camera.frames.rows[row][0]}, ${this.camera.stands(row)}`);
      button.addEventListener("click", () => this.camera.timeline.go(row));
      const shown = this.camera.picture(row);
      if (shown.small) image.src = pictures.source(shown.small);
      else pictures.fill(image, shown);
      this.known.set(row, button);
    }
    return this.known.get(row);
  }

  // A line for each frame between two kept ones, and how many they are; of very many some lines.
  ticks(row, next) {
    const { make } = words;
    const between = this.camera.frames.rows.slice(row + 1, next);
    const marks = between.slice(0, 40).map((frame, n) => make("i", { className: frame[3] === "skip" ? "skipped" : row + 1 + n === this.at ? "here" : "" }));
    return make("span", { className: "ticks", title: between.length ? `${between.length} not kept` : "" },
      make("span", {}, ...marks), between.length ? String(between.length) : "");
  }

  toggle() {
    if (this.playing) this.stop();
    else this.play();
  }

  stop() {
    this.playing = false;
    this.button.firstChild.data = "▶ Play";
    this.camera.quiet(false);
  }

  following() {
    const among = this.all.checked ? this.camera.found : this.kept;
    return among.find((row) => row > this.at);
  }

  async play() {
    this.playing = true;
    this.button.firstChild.data = "❚❚ Stop";
    this.camera.quiet(true);
    if (this.following() === undefined) this.camera.timeline.go(this.kept[0] ?? this.at);
    while (this.playing) {
      const next = this.following();
      if (next === undefined) break;
      const { places, path } = this.camera.picture(next);
      await Promise.all([pictures.find(places, path), new Promise((resolve) => setTimeout(resolve, 1000 / this.speed.value))]);
      if (this.playing) this.camera.timeline.go(next);
    }
    this.stop();
  }
}
