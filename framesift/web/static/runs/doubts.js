/* The decisions nearest to the threshold, each as its reference and its frame. */
import { address, read } from "../api.js";
import { find, make } from "../dom.js";
import { count, number, scored } from "../words.js";

const LIMIT = 24;

export class Doubts {
  constructor(run, look, complain) {
    Object.assign(this, { run, look, complain, turn: 0 });
    find("verdict").addEventListener("change", () => this.load());
    find("only").addEventListener("change", () => this.load());
    find("camera").addEventListener("change", () => find("only").checked && this.load());
    find("more").addEventListener("click", () => this.load(this.numbers.length));
    this.load();
  }

  async load(offset = 0) {
    const mine = ++this.turn;
    const values = new URLSearchParams({ order: "doubtful", offset, limit: LIMIT });
    if (find("verdict").value) values.set("verdict", find("verdict").value);
    if (find("only").checked) values.set("camera", find("camera").value);
    try {
      const answer = await read(`${address("runs", this.run.id, "decisions")}?${values}`);
      if (mine === this.turn) this.show(answer, offset);
    } catch (problem) {
      this.complain(problem);
    }
  }

  show({ total, items }, offset) {
    const list = find("doubts");
    if (!offset) {
      list.replaceChildren();
      this.numbers = [];
    }
    const made = items.map((item) => this.makeItem(item));
    list.append(...made);
    this.numbers.push(...items.map((item) => item.number));
    find("found").textContent = `${number(this.numbers.length)} of ${count(total, "decision")}, nearest to the threshold first`;
    find("more").hidden = this.numbers.length >= total;
    if (offset && made.length) made[0].querySelector("button").focus();
  }

  makeItem(item) {
    const [changed] = scored(item).split(",");
    const verdict = item.verdict === "keep" ? "Kept" : "Dropped";
    const pictures = this.run.pictures
      ? make("span", { class: "pair" }, this.makePicture(item, "reference-thumbnail"), this.makePicture(item, "thumbnail"))
      : null;
    const words = make("span", { class: "facts" }, make("strong", { class: item.verdict }, `${verdict}: ${changed}`),
      make("span", { class: "file" }, item.path), make("span", { class: "faint" }, `camera ${item.camera}`));
    return make("li", {}, make("button", { type: "button", onclick: () => this.look.open(item.number, this.numbers) }, pictures, words));
  }

  makePicture(item, kind) {
    const src = `${address("runs", this.run.id, "decisions", String(item.number), kind)}?width=320`;
    const missing = () => picture.replaceWith(make("span", { class: "missing" }, "no picture"));
    const picture = make("img", { src, alt: "", loading: "lazy", onerror: missing });
    return picture;
  }
}
