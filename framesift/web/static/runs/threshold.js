/* The threshold: moved by a slider or typed, it shows at once what the recorded scores say, and exactly after a rehearsal. */
import { address, read, send } from "../api.js";
import { find, make } from "../dom.js";
import { follow } from "../jobs.js";
import { count, number } from "../words.js";

const STEPS = 1000;
const LEAST = { "%": 0.01, "": 1 };

export class Threshold {
  constructor(run, timeline, look, complain) {
    Object.assign(this, { run, timeline, look, complain, asking: false, again: false });
    find("slider").addEventListener("input", () => this.slide());
    find("value").addEventListener("input", () => this.type());
    find("unit").addEventListener("change", () => this.convert());
    find("reset").addEventListener("click", () => this.set(run.min_contour_area, run.score_threshold));
    find("threshold").addEventListener("submit", (event) => {
      event.preventDefault();
      this.rehearse();
    });
    find("stop").addEventListener("click", () => this.stop());
    find("copy").addEventListener("click", () => copy(find("line").textContent, find("copy")));
    this.fill(run.min_contour_area, run.score_threshold);
  }

  get unit() {
    return find("unit").value;
  }

  /** The threshold as the command line takes it; empty while the field holds none. */
  get text() {
    const value = Number(find("value").value);
    return find("value").value === "" || !(value >= 0) || value > this.most ? "" : `${plain(value)}${this.unit}`;
  }

  get most() {
    return this.unit === "%" ? 100 : Math.max(this.run.largest_area, 10);
  }

  fill(area, score) {
    find("area").value = area;
    find("unit").value = score.endsWith("%") ? "%" : "";
    find("value").value = score.replace("%", "");
    this.placeSlider();
  }

  set(area, score) {
    this.fill(area, score);
    this.changed();
  }

  slide() {
    const least = LEAST[this.unit], share = find("slider").value / STEPS;
    find("value").value = plain(Number((least * (this.most / least) ** share).toPrecision(3)));
    this.tell();
    this.changed();
  }

  type() {
    this.placeSlider();
    this.changed();
  }

  placeSlider() {
    const least = LEAST[this.unit];
    const value = Math.min(Math.max(Number(find("value").value) || 0, least), this.most);
    find("slider").value = Math.round((STEPS * Math.log(value / least)) / Math.log(this.most / least));
    this.tell();
  }

  tell() {
    find("slider").setAttribute("aria-valuetext", `${find("value").value} ${this.unit || "px"}`);
  }

  /** The same threshold in the other unit, for frames of the largest compared area. */
  convert() {
    const value = Number(find("value").value) || 0, area = Math.max(this.run.largest_area, 1);
    const other = this.unit === "%" ? (100 * value) / area : (value * area) / 100;
    find("value").value = plain(Number(other.toPrecision(4)));
    this.type();
  }

  changed() {
    const value = Number(find("value").value);
    if (!this.text) {
      find("estimate").textContent = `A threshold is a number from 0 to ${number(this.most)}.`;
      return;
    }
    this.timeline.moveLimit((area) => (this.unit === "%" ? (value * area) / 100 : value));
    for (const part of ["changed", "command"]) find(part).hidden = true;
    find("stage").textContent = "";
    this.estimate();
  }

  /** Asks what the recorded scores say; while an answer is on its way, only the last question waits. */
  async estimate() {
    if (this.asking) {
      this.again = true;
      return;
    }
    this.asking = true;
    try {
      do {
        this.again = false;
        const asked = this.text;
        const answer = await read(`${address("runs", this.run.id, "estimate")}?${new URLSearchParams({ score_threshold: asked })}`);
        if (asked === this.text) this.showEstimate(answer);
      } while (this.again && this.text);
    } catch (problem) {
      this.complain(problem);
    } finally {
      this.asking = false;
    }
  }

  showEstimate({ frames, kept, estimated, cameras, note }) {
    const same = this.text === this.run.score_threshold;
    find("estimate").replaceChildren(same ? "As the run decided: " : "About ",
      make("strong", {}, `${number(estimated)} of ${count(frames, "frame")}`), same ? " kept." : ` kept; the run kept ${number(kept)}.`);
    find("note").textContent = same ? "" : `This is ${note}.`;
    find("now").textContent = "estimate";
    this.showCameras(cameras.map((row) => [row.camera, row.frames, row.kept, row.estimated]));
  }

  showCameras(rows) {
    find("by-camera").hidden = rows.length < 2;
    find("cameras").tBodies[0].replaceChildren(...rows.map(([camera, ...numbers]) =>
      make("tr", {}, make("th", { scope: "row" }, camera), numbers.map((value) => make("td", { class: "number" }, number(value))))));
  }

  async rehearse() {
    if (!this.text || this.job) return;
    const body = { score_threshold: this.text, min_contour_area: find("area").value.replaceAll(/\s/g, "") };
    this.working(true);
    try {
      const job = await send(address("runs", this.run.id, "rehearsals"), body);
      this.job = job;
      const ended = await follow(job.id, (state) => this.progress(state), (problem) => { find("stage").textContent = problem.message; });
      this.finish(ended);
    } catch (problem) {
      find("stage").textContent = problem.message;
    } finally {
      this.job = null;
      this.working(false);
    }
  }

  working(on) {
    const back = document.activeElement === find("stop");
    for (const part of ["work", "stop"]) find(part).hidden = !on;
    for (const part of ["slider", "value", "unit", "reset", "area", "exact"]) find(part).disabled = on;
    find("work").removeAttribute("value");
    if (on) {
      find("stop").focus();
      find("stage").textContent = "Deciding the frames again. Nothing is written.";
    } else if (back) find("exact").focus();
  }

  progress({ done, total }) {
    if (total) Object.assign(find("work"), { max: total, value: done });
  }

  async stop() {
    if (this.job) await send(`${address("jobs", this.job.id)}/cancel`, {}).catch(() => {});
  }

  finish(job) {
    if (job.state !== "done") {
      const reason = job.problem?.detail ?? job.problem;
      find("stage").textContent = job.state === "stopped" ? "Stopped." : `That did not succeed${reason ? `: ${reason}` : ""}.`;
      return;
    }
    const { frames, kept, kept_before: before, changed, changes, missing, added, cameras, command } = job.result;
    find("stage").textContent = "";
    find("estimate").replaceChildren("Exactly ", make("strong", {}, `${number(kept)} of ${count(frames, "frame")}`), ` kept; the run kept ${number(before)}.`);
    const rest = [missing ? `${count(missing, "frame")} of the run are not there any more` : "", added ? `${count(added, "frame")} are new since the run` : ""];
    find("note").textContent = rest.filter(Boolean).map((text) => `${text}.`).join(" ");
    find("now").textContent = "exactly";
    this.showCameras(cameras.map((row) => [row.camera, row.frames, row.kept_before, row.kept]));
    this.showChanges(changed, changes);
    find("line").textContent = command;
    find("command").hidden = false;
  }

  showChanges(changed, changes) {
    find("changed").hidden = false;
    const listed = changes.length < changed ? `, the first ${number(changes.length)} listed` : "";
    find("changed").querySelector("summary").textContent = changed ? `${count(changed, "frame")} would change${listed}` : "No frame would change";
    const words = { keep: "kept", drop: "dropped", skip: "skipped" };
    const numbers = changes.map((change) => change.number);
    find("changes").replaceChildren(...changes.map((change) => make("li", {},
      make("button", { type: "button", onclick: () => this.look.open(change.number, numbers) }, make("span", { class: "file" }, change.path)),
      ` ${words[change.before]}, then ${words[change.now]}`)));
  }
}

/** A number without an exponent. */
function plain(value) {
  return value.toLocaleString("en", { useGrouping: false, maximumFractionDigits: 6 });
}

export async function copy(text, button) {
  const word = button.textContent;
  try {
    await navigator.clipboard.writeText(text);
    button.textContent = "Copied";
  } catch {
    button.textContent = "Select and copy it by hand";
  }
  setTimeout(() => { button.textContent = word; }, 2000);
}
