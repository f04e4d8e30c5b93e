/* Watches long work: by events of the server, by asking again and again where those do not come. */
import { Problem, address, read } from "./api.js";

const ENDED = new Set(["done", "failed", "stopped"]);
const PAUSE = 1000;

export const hasEnded = (job) => ENDED.has(job.state);

/** The job as it ends. `show(job)` is called at each step, `wait(problem)` while the server does not answer. */
export async function follow(identity, show, wait) {
  await listen(identity, show);
  return poll(identity, show, wait);
}

/** Return when the events end, for whichever reason: what the job has come to is asked for afterwards. */
function listen(identity, show) {
  return new Promise((resolve) => {
    if (!globalThis.EventSource) return resolve();
    const events = new EventSource(`${address("jobs", identity)}/events`);
    const end = () => {
      events.close();
      resolve();
    };
    events.addEventListener("progress", (event) => show(JSON.parse(event.data)));
    events.addEventListener("end", end);
    events.addEventListener("error", end);
    addEventListener("pagehide", () => events.close(), { once: true });
  });
}

async function poll(identity, show, wait) {
  for (;;) {
    try {
      const job = await read(address("jobs", identity));
      if (hasEnded(job)) return job;
      show(job);
    } catch (problem) {
      if (!(problem instanceof Problem) || !problem.isGone) throw problem;
      wait(problem);
    }
    await new Promise((resolve) => setTimeout(resolve, PAUSE));
  }
}
