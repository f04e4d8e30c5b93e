/* The page of one run: loads it, and brings its parts together. */
import { address, read } from "../api.js";
import { Audit } from "./audit.js";
import { Doubts } from "./doubts.js";
import { Look } from "./look.js";
import { Questions } from "./questions.js";
import { Threshold } from "./threshold.js";
import { Timeline } from "./timeline.js";
import { find, make } from "../dom.js";
import { count, method, number } from "../words.js";

const run = { id: find("run").dataset.run };

/** Says what went wrong, in the page's own place for it. */
export function complain(problem) {
  find("trouble").textContent = problem.message;
}

async function start() {
  try {
    Object.assign(run, await read(address("runs", run.id)));
  } catch (problem) {
    complain(problem);
    return;
  }
  describe();
  offerOthers().catch(complain);
  if (!run.cameras.length) return;
  find("parts").hidden = false;
  const look = new Look(run);
  const timeline = new Timeline(run, look, complain);
  const threshold = new Threshold(run, timeline, look, complain);
  new Doubts(run, look, complain);
  new Audit(run, complain);
  new Questions(run, threshold, complain);
  await timeline.load(run.cameras[0].camera);
  threshold.estimate();
}

function describe() {
  const { keep, drop, skip } = run.verdicts;
  document.title = `${run.name} · framesift`;
  find("name").textContent = run.name;
  const more = run.more_cameras ? ` The first ${number(run.cameras.length)} cameras are listed.` : "";
  const cameras = count(run.cameras.length + run.more_cameras, "camera");
  find("summary").replaceChildren(`${count(keep + drop + skip, "frame")} of ${cameras}: `,
    make("strong", { class: "keep" }, `${number(keep)} kept`), `, ${number(drop)} dropped, ${number(skip)} skipped.${more}`);
  find("how").hidden = false;
  find("settings").replaceChildren(...run.settings.map((text) => make("li", {}, text)));
  if (run.problem) find("trouble").textContent = `Of this run not everything can be shown: ${run.problem}.`;
  for (const camera of run.cameras) find("camera").append(make("option", { value: camera.camera }, camera.camera));
}

/** Other runs over the same frames, to be compared with this one. */
async function offerOthers() {
  const { items } = await read(address("runs", run.id, "others"));
  find("other").append(...items.map((other) => make("option", { value: other.id }, `${other.name}: ${method(other)}`)));
  find("comparison").hidden = !items.length;
}

find("comparison").addEventListener("submit", (event) => {
  event.preventDefault();
  location.assign(`/runs/${encodeURIComponent(run.id)}/compared/${encodeURIComponent(find("other").value)}`);
});
find("comparing").replaceWith(...Comparer.list(Comparer.KEYS));
start();
