/* A decision on a frame in either of two runs: over the reference of the one, or of the other. */
import { find, make } from "../dom.js";
import { Look } from "./look.js";
import { told } from "./told.js";

export class Either extends Look {
  constructor(runs) {
    super(runs.first);
    this.runs = runs;
    this.buttons = Object.fromEntries(Object.entries({ first: "1", second: "2" }).map(([side, key]) => {
      const words = make("span", {});
      const button = make("button", { type: "button", onclick: () => this.turnTo(side) }, words, make("kbd", { "aria-hidden": "true" }, key));
      return [side, Object.assign(button, { words })];
    }));
    const tools = make("div", { class: "tools", role: "group", "aria-label": "over the reference of" }, ...Object.values(this.buttons));
    find("look-facts").after(tools);
  }

  /** Shows one of `items`, as the run decided that keeps it, or as `side` did. */
  openAt(items, at, side = items[at].kept_by) {
    Object.assign(this, { items, at, side, run: this.runs[side] });
    return this.open(items[at][side].number);
  }

  show(decision) {
    super.show(decision);
    for (const [side, button] of Object.entries(this.buttons)) {
      button.words.textContent = `${this.runs[side].letter}: ${told(this.items[this.at][side])}`;
      button.setAttribute("aria-pressed", String(side === this.side));
    }
    find("look-facts").append(` in ${this.run.letter}, ${this.run.name}`);
  }

  turnTo(side) {
    this.openAt(this.items, this.at, side);
  }

  neighbour(step) {
    const at = this.at + step;
    return at >= 0 && at < this.items.length ? at : null;
  }

  walk(step) {
    const at = this.neighbour(step);
    if (at !== null) this.openAt(this.items, at);
  }

  press(event) {
    const side = { 1: "first", 2: "second" }[event.key];
    if (!side || event.ctrlKey || event.metaKey || event.altKey) super.press(event);
    else this.turnTo(side);
  }
}
