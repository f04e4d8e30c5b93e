/* The questions of `framesift tune` about the frames of a run. */
import { address, call, read, send } from "../api.js";
import { find } from "../dom.js";
import { follow } from "../jobs.js";
import { Asking } from "./asking.js";
import { copy } from "./threshold.js";
import { count, number } from "../words.js";

export class Questions {
  constructor(run, threshold, complain) {
    Object.assign(this, { run, threshold, complain });
    this.asking = new Asking(find("tuning"), { y: "yes", n: "no", u: "unsure" }, {
      answer: (word) => this.answer(word), step: (step) => this.step(step),
    });
    find("tune").addEventListener("click", () => this.begin());
    find("tune").disabled = find("questions").disabled = Boolean(run.problem);
    this.asking.part("copy").addEventListener("click", () => copy(this.asking.part("command").textContent, this.asking.part("copy")));
    this.asking.part("try").addEventListener("click", () => this.tryOut());
    this.asking.dialog.addEventListener("close", () => this.describe());
  }

  get path() {
    return address("tunings", this.run.id);
  }

  async begin() {
    const questions = Math.min(Math.max(Math.round(Number(find("questions").value)) || 10, 1), 200);
    find("tune").disabled = true;
    find("sweeping").hidden = false;
    find("tuned").textContent = "Trying all thresholds on the frames of the run.";
    try {
      const job = await send(address("runs", this.run.id, "tunings"), { questions });
      const ended = await follow(job.id, ({ done, total }) => total && Object.assign(find("sweeping"), { max: total, value: done }),
        (problem) => { find("tuned").textContent = problem.message; });
      if (ended.state !== "done") throw new Error(`That did not succeed: ${ended.problem?.detail ?? ended.problem ?? "it was stopped"}`);
      find("tuned").textContent = "";
      this.state = await read(this.path);
      this.asking.open();
      this.show();
    } catch (problem) {
      find("tuned").textContent = problem.message;
    } finally {
      find("tune").disabled = false;
      find("sweeping").hidden = true;
    }
  }

  show() {
    const { question, answered, total, asked, finished } = this.state;
    const done = finished && !question;
    if (!done && this.asking.part("end").contains(document.activeElement)) this.asking.dialog.querySelector("h2").focus();
    this.asking.part("end").hidden = !done;
    this.asking.part("pair").hidden = done;
    for (const button of this.asking.all("[data-answer]")) button.disabled = done;
    const [back, next] = this.asking.all("[data-step]");
    back.disabled = done ? asked === 0 : question.number === 1;
    next.disabled = done || (question.number >= asked && !question.answer);
    if (done) {
      this.asking.place(`${number(answered)} answered`, 1, 1);
      this.asking.part("lines").textContent = this.state.lines.join("\n");
      this.asking.part("command").textContent = this.state.advice.command;
      this.asking.part("try").focus();
      this.asking.tell(`Finished. ${this.state.lines[0]}`);
      return;
    }
    this.asking.mark(question.answer);
    this.asking.place(`${number(question.number)} of ${number(total)}, camera ${question.camera}`, answered, total);
    const src = (side) => `${this.path}/questions/${question.number}/${side}`;
    this.asking.pair([
      { src: src("reference"), words: `first: ${question.reference}` },
      { src: src("path"), words: `second: ${question.path}` },
    ]);
    if (!this.asking.dialog.contains(document.activeElement) || document.activeElement.disabled) this.asking.dialog.querySelector("h2").focus();
  }

  async answer(word) {
    const { question } = this.state;
    if (!question) return;
    this.state = await call("PUT", `${this.path}/answers/${question.number}`, { answer: word });
    this.show();
  }

  async step(step) {
    const { question, asked } = this.state;
    const next = question ? question.number + step : asked + (step < 0 ? 0 : 1);
    if (next < 1 || (next > asked && question === null)) return;
    this.state = await read(next > asked ? this.path : `${this.path}?number=${next}`);
    this.show();
  }

  describe() {
    if (!this.state) return;
    find("tuned").textContent = `${count(this.state.answered, "answer")} kept. ${this.state.finished ? this.state.lines[0] : "Ask me goes on with them."}`;
  }

  tryOut() {
    const { min_contour_area: area, score_threshold: score } = this.state.advice;
    this.asking.dialog.close();
    this.threshold.set(area, score);
    find("exact").focus();
  }
}
