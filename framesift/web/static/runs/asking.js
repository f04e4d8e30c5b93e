/* What audit and questions share: a dialog with a pair of pictures that is answered with keys. */
import { find, say } from "../dom.js";

export class Asking {
  /** `keys`: which key gives which answer. */
  constructor(dialog, keys, { answer, step, outlines = false }) {
    this.dialog = dialog;
    this.keys = keys;
    this.answer = answer;
    this.step = step;
    this.compare = new Comparer({ outlines });
    this.part("pair").append(this.compare.tools, this.compare.wipe, this.compare.stage);
    dialog.addEventListener("close", () => this.compare.stop());
    this.waiting = [];
    // Of the window: where what had the focus is hidden, nothing within the dialog has it.
    addEventListener("keydown", (event) => dialog.open && !find("help").open && this.press(event));
    for (const button of this.all("[data-answer]")) button.addEventListener("click", () => this.guard(() => answer(button.dataset.answer)));
    for (const button of this.all("[data-step]")) button.addEventListener("click", () => this.guard(() => step(Number(button.dataset.step)), true));
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
    if (!this.part("pair").hidden && (this.compare.moves(event) || this.compare.press(event))) return;
    if (event.ctrlKey || event.metaKey || event.altKey || event.repeat) return;
    const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
    const step = { ArrowLeft: -1, k: -1, ArrowRight: 1, j: 1 }[key];
    if (!step && !this.keys[key]) return;
    event.preventDefault();
    if (step) this.guard(() => this.step(step), true);
    else this.guard(() => this.answer(this.keys[key]));
  }

  mark(answer) {
    for (const button of this.all("[data-answer]")) button.setAttribute("aria-pressed", String(button.dataset.answer === answer));
  }

  place(text, done, total) {
    this.part("place").textContent = text;
    Object.assign(this.part("progress"), { max: Math.max(total, 1), value: done });
  }

  /** Shows two pictures, each `{src, words}`. */
  pair(sides) {
    const [before, after] = sides.map(({ src, words }) => ({ src, alt: words, words }));
    this.compare.show({ before, after });
  }

  tell(text) {
    say(text);
  }
}
