/* What audit and questions share: a dialog with a pair of pictures that is answered with keys. */
import { find, make, say } from "../dom.js";

export class Asking {
  /** `keys`: which key gives which answer. */
  constructor(dialog, keys, { answer, step, outlines }) {
    this.dialog = dialog;
    this.keys = keys;
    this.answer = answer;
    this.step = step;
    this.outlines = outlines;
    this.waiting = [];
    // Of the window: where what had the focus is hidden, nothing within the dialog has it.
    addEventListener("keydown", (event) => dialog.open && !find("help").open && this.press(event));
    for (const button of this.all("[data-answer]")) button.addEventListener("click", () => this.guard(() => answer(button.dataset.answer)));
    for (const button of this.all("[data-step]")) button.addEventListener("click", () => this.guard(() => step(Number(button.dataset.step)), true));
    this.part("outlines")?.addEventListener("click", () => outlines());
    this.part("flip").addEventListener("click", () => this.flip());
    this.part("close").addEventListener("click", () => dialog.close());
  }

  all(selector) {
    return this.dialog.querySelectorAll(selector);
  }

  part(name) {
    return this.dialog.querySelector(`[data-${name}]`);
  }

  open() {
    if (!this.dialog.open) this.dialog.showModal();
    this.dialog.querySelector("h2").focus();
  }

  /** One after the other. An answer given while another is on its way is not taken for the next pair; steps wait. */
  async guard(act, waits = false) {
    if (this.busy) {
      if (waits) this.waiting.push(act);
      return;
    }
    this.busy = true;
    try {
      await act();
      this.part("trouble").textContent = "";
    } catch (problem) {
      this.part("trouble").textContent = problem.message;
    } finally {
      this.busy = false;
      if (this.waiting.length) this.guard(this.waiting.shift());
    }
  }

  press(event) {
    if (event.ctrlKey || event.metaKey || event.altKey || event.repeat) return;
    const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
    const act = { ArrowLeft: () => this.step(-1), ArrowRight: () => this.step(1), k: () => this.step(-1), j: () => this.step(1), f: () => this.flip(), ...(this.outlines ? { o: this.outlines } : {}) }[key];
    if (!act && !this.keys[key]) return;
    event.preventDefault();
    if (act) this.guard(act, true);
    else this.guard(() => this.answer(this.keys[key]));
  }

  /** Lays the two over each other; each press shows the other one, and a new pair lies beside each other again. */
  flip() {
    if (this.dialog.classList.contains("over")) this.dialog.classList.toggle("swapped");
    else this.dialog.classList.add("over");
    this.part("flip").setAttribute("aria-pressed", "true");
  }

  mark(answer) {
    for (const button of this.all("[data-answer]")) button.setAttribute("aria-pressed", String(button.dataset.answer === answer));
  }

  place(text, done, total) {
    this.part("place").textContent = text;
    Object.assign(this.part("progress"), { max: Math.max(total, 1), value: done });
  }

  /** Shows two pictures, each `{src, words}`; whatever else belongs onto the second is returned by `overlay`. */
  pair(sides) {
    this.dialog.classList.remove("over", "swapped");
    this.part("flip").setAttribute("aria-pressed", "false");
    this.part("pair").replaceChildren(...sides.map(({ src, words }) => {
      const picture = make("div", { class: "picture" });
      const missing = () => picture.replaceWith(make("div", { class: "missing" }, "This frame cannot be read any more."));
      picture.append(make("img", { src, alt: words, onerror: missing }));
      return make("figure", {}, picture, make("figcaption", {}, words));
    }));
  }

  tell(text) {
    say(text);
  }
}
