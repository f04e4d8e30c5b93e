/* The audit: dropped frames drawn at random, one pair after the other, and the bound as it gets smaller. */
import { address, call, read, send } from "../api.js";
import { find } from "../dom.js";
import { Asking } from "./asking.js";
import { outline } from "./outline.js";
import { count, number, scored } from "../words.js";

const WIDTH = 960;

export class Audit {
  constructor(run, complain) {
    Object.assign(this, { run, complain, turn: 0 });
    this.asking = new Asking(find("auditing"), { y: "yes", n: "no", u: "unsure" }, {
      answer: (word) => this.answer(word), step: (step) => this.show(this.at + step), outlines: true,
    });
    this.asking.dialog.addEventListener("close", () => this.describe());
    find("audit").addEventListener("click", () => this.begin());
    find("audit-on").addEventListener("click", () => this.goOn(this.audit.id));
    const nothing = !run.verdicts.drop || Boolean(run.problem);
    find("audit").disabled = find("number").disabled = nothing;
    this.recall();
  }

  /** Finds the audit that was begun last, so that it can be gone on with. */
  async recall() {
    try {
      const { items } = await read(address("runs", this.run.id, "audits"));
      if (!items.length || this.audit) return;
      this.audit = await read(address("audits", items[0].id));
      this.describe();
    } catch (problem) {
      this.complain(problem);
    }
  }

  async begin() {
    const drawn = Math.min(Math.max(Math.round(Number(find("number").value)) || 100, 1), 1000);
    const seed = crypto.getRandomValues(new Uint32Array(1))[0] >>> 1;
    try {
      this.audit = await send(address("runs", this.run.id, "audits"), { number: drawn, seed });
      await this.start();
    } catch (problem) {
      this.complain(problem);
    }
  }

  async goOn(id) {
    try {
      this.audit = await read(address("audits", id));
      await this.start();
    } catch (problem) {
      this.complain(problem);
    }
  }

  async start() {
    this.at = null;
    this.asking.open();
    const next = this.audit.answers.indexOf("");
    await this.asking.guard(() => this.show(next < 0 ? this.audit.drawn - 1 : next));
  }

  async show(place) {
    const at = Math.min(Math.max(place, 0), this.audit.drawn - 1);
    const mine = ++this.turn;
    const { decision } = await read(address("audits", this.audit.id, "items", String(at + 1)));
    if (mine !== this.turn) return;
    this.at = at;
    this.asking.pair([
      { src: this.src(decision, "reference-thumbnail"), words: `kept: ${decision.reference}` },
      { src: this.src(decision, "thumbnail"), words: `dropped: ${decision.path}` },
    ]);
    const words = scored(decision);
    this.asking.part("words").textContent = words ? `Dropped: ${words}.` : "";
    this.showState();
    this.outline(decision, mine).catch(() => {});
    this.preload(at + 1);
  }

  src(decision, kind) {
    return `${address("runs", this.run.id, "decisions", String(decision.number), kind)}?width=${WIDTH}`;
  }

  async outline(decision, mine) {
    if (!this.run.pictures) return;
    const { lines, change } = await outline(this.run, decision);
    if (mine !== this.turn) return;
    if (lines) this.asking.compare.outline(lines);
    if (change) this.asking.part("words").textContent += ` The files have changed since the run: ${change}.`;
  }

  async preload(at) {
    if (at >= this.audit.drawn) return;
    const { decision } = await read(address("audits", this.audit.id, "items", String(at + 1))).catch(() => ({}));
    if (decision) for (const kind of ["reference-thumbnail", "thumbnail"]) new Image().src = this.src(decision, kind);
  }

  async answer(word) {
    if (this.at === null) return;
    this.audit = await call("PUT", address("audits", this.audit.id, "answers", String(this.at + 1)), { answer: word });
    if (this.at + 1 < this.audit.drawn) await this.show(this.at + 1);
    else this.showState();
  }

  showState() {
    const { answers, drawn, given } = this.audit;
    this.asking.mark(answers[this.at]);
    this.asking.place(`${number(this.at + 1)} of ${number(drawn)}`, given, drawn);
    const end = given === drawn ? "All are answered. " : "";
    this.asking.part("bound").textContent = end + state(this.audit);
  }

  describe() {
    if (!this.audit) return;
    find("audited").textContent = state(this.audit);
    const open = this.audit.answered < this.audit.drawn;
    find("audit-on").hidden = false;
    find("audit-on").textContent = open ? "Go on" : "Look at it again";
    find("audit").textContent = "Begin anew";
  }
}

function state({ answered, lost, at_most: most, dropped }) {
  if (!answered) return "Nothing is answered yet.";
  const share = (Math.ceil((10000 * most) / dropped) / 100).toLocaleString("en");
  return `${number(lost)} of ${count(answered, "frame")} lost or unsure: at 95 % confidence at most ${share} % of the dropped frames are, ${number(most)} of ${number(dropped)}.`;
}
