/* The scores of a camera over time. Drawn as in the report; here a point opens its decision, and the line can move. */
import { address, read } from "../api.js";
import { find, make } from "../dom.js";
import { number, scored } from "../words.js";

const WORDS = { keep: "kept", drop: "dropped", skip: "skipped" };
const CHANGES = { keep: ": the whole picture changed", drop: ": left out, for so much has changed" };
const CLOCK = new Intl.DateTimeFormat("en", { dateStyle: "medium", timeStyle: "medium", timeZone: "UTC" });

export class Timeline {
  constructor(run, look, complain) {
    Object.assign(this, { run, look, complain, limitOf: null, turn: 0 });
    find("camera").addEventListener("change", () => this.load(find("camera").value));
  }

  async load(camera) {
    const mine = ++this.turn;
    try {
      const answer = await read(`${address("runs", this.run.id, "timeline")}?${new URLSearchParams({ camera })}`);
      if (mine === this.turn) this.show(answer);
    } catch (problem) {
      this.complain(problem);
    }
  }

  show(answer) {
    this.answer = answer;
    find("thinned").textContent = answer.shown < answer.decisions
      ? `${number(answer.shown)} of ${number(answer.decisions)} decisions are drawn: the highest and the nearest.` : "";
    find("changes-mark").hidden = !answer.changes.includes(true);
    this.frames = this.arrange(answer);
    const place = find("timeline");
    place.replaceChildren();
    this.drawn = timeline(place, this.frames, (reading, index) => this.describe(reading, index),
      (index) => this.look.open(answer.numbers[index]), 200);
    if (this.limitOf) this.moveLimit(this.limitOf);
  }

  /** What the chart takes: rows of path, time, score, verdict, place of the size, and in column 7 a mark; sizes with their threshold. */
  arrange({ camera, timed, times, scores, verdicts, changes, limits, areas }) {
    const places = new Map();
    const sizes = [];
    const rows = scores.map((score, n) => [null, timed ? times[n] : null, score, verdicts[n],
      this.placeOf(areas[n], limits[n], places, sizes), null, null, changes[n] || undefined]);
    return { camera, timed, sizes, rows };
  }

  placeOf(area, limit, places, sizes) {
    if (area === null) return null;
    if (!places.has(area)) places.set(area, sizes.push([0, 0, limit, area]) - 1);
    return places.get(area);
  }

  /** Moves the threshold to where `limitOf(area)` says, in px; the points stay what the run decided. */
  moveLimit(limitOf) {
    this.limitOf = limitOf;
    if (!this.drawn) return;
    for (const size of this.frames.sizes) size[2] = limitOf(size[3]);
    this.drawn.moveLimits();
  }

  describe(reading, index) {
    if (index < 0) {
      reading.textContent = "";
      return;
    }
    const { numbers, times, scores, verdicts, changes, limits, areas } = this.answer;
    const words = scored({ score: scores[index], limit: limits[index], area: areas[index] });
    const score = words ? `, ${words}` : "";
    const time = times ? `${CLOCK.format(new Date(times[index] * 1000))}, ` : "";
    const open = make("button", { type: "button", onclick: () => this.look.open(numbers[index]) }, "Why?");
    reading.replaceChildren(make("span", {}, `${time}number ${number(numbers[index])}: `,
      make("strong", { class: verdicts[index] === "skip" ? "skipped" : verdicts[index] }, WORDS[verdicts[index]]), score, changes[index] ? make("span", { class: "whole" }, CHANGES[verdicts[index]]) : ""), open);
  }
}
