/* The panel that shows long work while it runs and what it came to. */
import { address, asSentence, send } from "../api.js";
import { button, find, make, say } from "../dom.js";
import { follow } from "../jobs.js";
import { makeClock } from "../clock.js";
import { count, number } from "../words.js";

const TITLES = {
  search: "Looking for duplicates",
  removal: "Removing duplicates",
  undo: "Bringing images back",
  scan: "Looking for folders with images",
};
const STOPPABLE = new Set(["search"]);
const KEPT = "framesift-work";

/** Shows the panel with a title and what stands in it; `focus` moves there, so that the keyboard goes on from it. */
export function present(title, content = [], { focus = true, tone = "" } = {}) {
  const panel = find("work");
  panel.hidden = false;
  panel.className = `panel work ${tone}`;
  const heading = make("h2", { id: "work-title", tabIndex: -1 }, title);
  panel.replaceChildren(heading, ...content);
  if (focus) heading.focus();
  else say(title);
}

export function dismiss() {
  keep(null);
  find("work").hidden = true;
  find("work").replaceChildren();
}

/** Whether somebody is at something else than the panel, or looks at it: then the focus stays where it is. */
export function isElsewhere() {
  const focused = document.activeElement;
  const isOut = find("work").getBoundingClientRect().bottom < 0;
  return isOut || Boolean(document.querySelector("dialog[open]")) || (focused !== document.body && !find("work").contains(focused));
}

/** Says in one sentence what went wrong. */
export function complain(problem) {
  present(problem.message, [tools(button("Close", leave))], { tone: "trouble" });
}

/** Closes the panel; the keyboard goes on where the page says that it starts. */
export function leave() {
  dismiss();
  (document.querySelector("[data-start]:not([hidden])") ?? find("content")).focus();
}

export const tools = (...buttons) => make("div", { class: "tools" }, buttons);

/** Which job this tab waits for, so that a page that is loaded again finds it; `{ since }` while it is asked for. */
export function keep(job) {
  if (job) sessionStorage.setItem(KEPT, JSON.stringify({ id: job.id, since: job.since }));
  else sessionStorage.removeItem(KEPT);
}

export const kept = () => JSON.parse(sessionStorage.getItem(KEPT)) ?? {};

/** Shows a job until it ends, and returns what it has come to. */
export async function accompany(job, options) {
  const bar = make("progress", { "aria-labelledby": "work-title" });
  const text = make("p", { class: "faint stage" }, " ");
  const stop = STOPPABLE.has(job.kind) ? tools(button("Stop", () => cancel(job, stop))) : null;
  present(TITLES[job.kind] ?? "Working", [bar, text, stop].filter(Boolean), options);
  const announce = makeAnnouncer();
  const timeLeft = makeClock();
  const show = (state) => {
    const words = describe(state);
    text.textContent = words + timeLeft(state);
    if (state.total) [bar.max, bar.value] = [state.total, state.done];
    else bar.removeAttribute("value");
    announce(state, words);
  };
  show(job);
  return follow(job.id, show, (problem) => { text.textContent = problem.message; });
}

function describe(job) {
  if (job.state === "queued") return "Waiting for other work to end.";
  const stage = job.stage ? job.stage[0].toUpperCase() + job.stage.slice(1) : "Starting";
  const soFar = job.groups_so_far ? `, ${count(job.groups_so_far, "group")} so far` : "";
  return job.total ? `${stage}: ${number(job.done)} of ${number(job.total)}${soFar}` : `${stage}${soFar} …`;
}

/** Tells listeners of a new stage and of each quarter of it, not of every step. */
function makeAnnouncer() {
  let last = "";
  return (job, words) => {
    const quarter = job.total ? Math.floor((4 * job.done) / job.total) : 0;
    const now = `${job.state} ${job.stage} ${quarter}`;
    if (now !== last) say(words);
    last = now;
  };
}

async function cancel(job, stop) {
  for (const pressed of stop.children) pressed.disabled = true;
  await send(`${address("jobs", job.id)}/cancel`, {}).catch(() => {});
}

/** Why a job did not come to its end, in one sentence. */
export function explainEnd(job) {
  const title = TITLES[job.kind] ?? "The work";
  if (job.state === "stopped") return `${title} was stopped. Nothing was removed by it.`;
  return `${title} did not succeed. ${job.problem ? asSentence(job.problem) : ""}`.trim();
}

/** The images that a removal or an undo left where they were, with the reason of each. */
export function listLeft(left) {
  if (!left.length) return "";
  return make("details", { class: "left" },
    make("summary", {}, `${count(left.length, "image")} not moved, and why`),
    make("ul", {}, left.map((item) => make("li", {}, make("span", { class: "file" }, item.name), `: ${item.reason}`))));
}
