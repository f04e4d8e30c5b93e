/* One decision with its four pictures. The arrow keys walk to the ones before and after it. */
import { address, read } from "../api.js";
import { find, make, say } from "../dom.js";
import { number } from "../words.js";

const TITLES = { keep: "Kept", drop: "Dropped", skip: "Skipped" };

export class Look {
  constructor(run) {
    this.run = run;
    this.dialog = find("look");
    this.turn = 0;
    find("look-previous").addEventListener("click", () => this.walk(-1));
    find("look-next").addEventListener("click", () => this.walk(1));
    find("look-zoom").addEventListener("click", () => this.zoom());
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
    const { score, limit, verdict } = decision;
    const share = score === null || !limit ? "" : `: ${number(Math.round((100 * score) / limit))} % of the threshold`;
    find("look-title").textContent = `${TITLES[verdict]}${share}`;
    find("look-title").className = verdict === "skip" ? "skipped" : verdict;
    const time = decision.time ? `, ${decision.time.slice(0, 19).replace("T", " ")} UTC` : "";
    find("look-facts").replaceChildren(make("span", { class: "file" }, decision.path), `, camera ${decision.camera}${time}`);
    const reference = decision.reference ? `; compared with ${decision.reference}` : "";
    find("look-reason").textContent = `Number ${number(decision.number)}: ${decision.reason}${reference}.`;
    find("look-previous").disabled = this.neighbour(-1) === null;
    find("look-next").disabled = this.neighbour(1) === null;
    this.draw(decision);
    if (!this.dialog.contains(document.activeElement) || document.activeElement.disabled) find("look-title").focus();
    say(`${find("look-title").textContent}. ${decision.path}`);
  }

  draw(decision) {
    const place = find("look-sheet");
    if (!decision.pictures) {
      place.replaceChildren(make("p", { class: "missing" }, this.run.problem ?? "no pictures"));
      return;
    }
    const alt = `Reference, frame with what changed, difference and threshold image of ${decision.path}`;
    const src = address("runs", this.run.id, "decisions", String(decision.number), "picture");
    const picture = make("img", { alt, src, onerror: () => place.replaceChildren(
      make("p", { class: "missing" }, "The pictures cannot be drawn: the frames are not what they were.")) });
    place.replaceChildren(picture);
  }

  neighbour(step) {
    if (!this.list) return step < 0 ? this.decision.previous : this.decision.next;
    return this.list[this.list.indexOf(this.decision.number) + step] ?? null;
  }

  walk(step) {
    const next = this.decision ? this.neighbour(step) : null;
    if (next !== null) this.open(next, this.list);
  }

  zoom() {
    const on = this.dialog.classList.toggle("zoomed");
    find("look-zoom").setAttribute("aria-pressed", String(on));
  }

  press(event) {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const scrolls = event.target === find("look-sheet") && this.dialog.classList.contains("zoomed");
    const act = { ArrowLeft: scrolls ? null : () => this.walk(-1), ArrowRight: scrolls ? null : () => this.walk(1),
      z: () => this.zoom() }[event.key.length === 1 ? event.key.toLowerCase() : event.key];
    if (!act) return;
    event.preventDefault();
    act();
  }
}
