/* One decision with its four pictures. The arrow keys walk to the ones before and after it. */
import { address, read } from "../api.js";
import { find, make, say } from "../dom.js";
import { outline } from "./outline.js";
import { TITLES } from "./told.js";
import { number, scored } from "../words.js";

export class Look {
  constructor(run) {
    this.run = run;
    this.dialog = find("look");
    this.turn = 0;
    find("look-previous").addEventListener("click", () => this.walk(-1));
    find("look-next").addEventListener("click", () => this.walk(1));
    this.compare = new Comparer();
    find("look-pair").append(this.compare.tools, this.compare.wipe, this.compare.stage);
    this.dialog.addEventListener("close", () => this.compare.stop());
    find("look-more").addEventListener("toggle", () => this.explain());
    find("look-close").addEventListener("click", () => this.dialog.close());
    addEventListener("keydown", (event) => this.dialog.open && !find("help").open && this.press(event));
  }

  /** Shows a decision. `list` has the numbers that the arrows walk through; without it, those of its camera in time. */
  async open(decision, list = null) {
    const mine = ++this.turn;
    this.list = list;
    if (!this.dialog.open) this.dialog.showModal();
    try {
      const answer = await read(address("runs", this.run.id, "decisions", String(decision)));
      if (mine === this.turn) this.show(answer);
    } catch (problem) {
      find("look-title").textContent = problem.message;
    }
  }

  show(decision) {
    this.decision = decision;
    const { verdict } = decision;
    const words = scored(decision);
    find("look-title").textContent = `${TITLES[verdict]}: ${words || decision.reason}`;
    find("look-title").className = verdict === "skip" ? "skipped" : verdict;
    const time = decision.time ? `, ${decision.time.slice(0, 19).replace("T", " ")} UTC` : "";
    find("look-facts").replaceChildren(make("span", { class: "file" }, decision.path), `, camera ${decision.camera}${time}`);
    find("look-facts").append(`, number ${number(decision.number)}`);
    find("look-reason").textContent = decision.extent === null ? "" : `${number(Math.round(100 * decision.extent))} % of the whole picture is not what it was.`;
    find("look-previous").disabled = this.neighbour(-1) === null;
    find("look-next").disabled = this.neighbour(1) === null;
    this.draw(decision);
    if (!this.dialog.contains(document.activeElement) || document.activeElement.disabled) find("look-title").focus();
    say(`${find("look-title").textContent}. ${decision.path}`);
  }

  draw(decision) {
    const { verdict, path, reference, pictures } = decision;
    find("look-more").open = false;
    find("look-more").hidden = !pictures || !reference;
    find("look-sheet").replaceChildren();
    if (!pictures) {
      this.compare.show({ after: { words: "", missing: this.run.problem ?? "no pictures" } });
      return;
    }
    const before = reference ? this.makeSide(decision, "reference-thumbnail", "compared with", reference) : null;
    this.compare.show({ before, after: this.makeSide(decision, "thumbnail", TITLES[verdict].toLowerCase(), path) });
    if (!reference) return;
    outline(this.run, decision).then(({ lines, words, change }) => {
      if (this.decision !== decision) return;
      if (lines) this.compare.outline(lines);
      find("look-reason").textContent = [find("look-reason").textContent, words, change && `The files have changed since the run: ${change}.`].filter(Boolean).join(" ");
    }).catch(() => {});
  }

  makeSide(decision, kind, words, path) {
    const src = `${address("runs", this.run.id, "decisions", String(decision.number), kind)}?width=1600`;
    return { src, alt: `${words}: ${path}` };
  }

  /** Difference and threshold image, as `framesift explain` draws them: for those who want to know how it was seen. */
  explain() {
    const { number: id, path, pictures } = this.decision;
    if (!find("look-more").open || !pictures || find("look-sheet").firstChild) return;
    const alt = `Reference, frame with what changed, difference and threshold image of ${path}`;
    const src = address("runs", this.run.id, "decisions", String(id), "picture");
    find("look-sheet").replaceChildren(make("img", { alt, src, onerror: () => find("look-sheet").replaceChildren(
      make("p", { class: "missing" }, "The pictures cannot be drawn: the frames are not what they were.")) }));
  }

  neighbour(step) {
    if (!this.list) return step < 0 ? this.decision.previous : this.decision.next;
    return this.list[this.list.indexOf(this.decision.number) + step] ?? null;
  }

  walk(step) {
    const next = this.decision ? this.neighbour(step) : null;
    if (next !== null) this.open(next, this.list);
  }

  press(event) {
    if (this.compare.moves(event) || this.compare.press(event) || event.ctrlKey || event.metaKey || event.altKey) return;
    const step = { ArrowLeft: -1, ArrowRight: 1, k: -1, j: 1 }[event.key.length === 1 ? event.key.toLowerCase() : event.key];
    if (!step) return;
    event.preventDefault();
    this.walk(step);
  }
}
