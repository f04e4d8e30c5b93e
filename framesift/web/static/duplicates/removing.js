/* The way from a search to a removal and back: search, ask, remove, show what came of it, undo. */
import { address, asSentence, read, readIfThere, send } from "../api.js";
import { confirmRemoval } from "./confirming.js";
import { button, make, tell } from "../dom.js";
import { hasEnded } from "../jobs.js";
import { outcomeOf, returnOf } from "./outcome.js";
import { accompany, complain, dismiss, explainEnd, isElsewhere, keep, kept, leave, present, tools } from "./work.js";
import { count, folders, title as titleOf } from "../words.js";

const AT_ONCE = 6;
const CHANGED = "framesift:changed";
const REMOVED = "framesift:removed";
const BUSY = "framesift:busy";
let jobs = 0;

/** Calls `load` whenever a job of this page has changed what the lists show. */
export const onChange = (load) => document.addEventListener(CHANGED, load);
/** Calls `show(busy)` when a job of this page begins and when it ends: meanwhile nothing else can be begun. */
export const onBusy = (show) => document.addEventListener(BUSY, ({ detail }) => show(detail));
/** Calls `clear` when a removal has come to its end. */
export const onRemoval = (clear) => document.addEventListener(REMOVED, clear);
const announce = (name) => document.dispatchEvent(new Event(name));

async function busily(work) {
  const tellBusy = () => document.dispatchEvent(new CustomEvent(BUSY, { detail: jobs > 0 }));
  jobs += 1;
  tellBusy();
  try {
    return await work;
  } finally {
    jobs -= 1;
    tellBusy();
  }
}

/** What each kind of job is followed by when it is done. */
const NEXT = { search: offer, removal: showRemoval, undo: showUndo };
/** The same on a page that shows the groups itself. */
export const LOOKING = { ...NEXT, search: showFound };
/** What follows where nobody waits in front of the page: nothing that asks. */
export const RETOLD = { search: (job) => offer(job, { asking: false }), removal: showRemoval, undo: showUndo };

/** Searches the collections, then asks whether what was found shall go. */
export const searchAndOffer = (request) => run("/api/searches", request);
/** Searches and shows what was found on the page itself. */
export const searchAndLook = (request) => run("/api/searches", request, LOOKING);
export const remove = (identities) =>
  run("/api/removals", { collection_ids: identities, group_ids: null, create_backup: true });
export const undo = (removal) => run(`${address("removals", removal)}/undo`, {});

/** Starts a job, accompanies it, and shows what it has come to; any trouble becomes a sentence. */
async function run(path, body, next = NEXT) {
  await guard(async () => {
    keep({ since: new Date().toISOString() });
    await conclude(await busily(send(path, body)), next);
  });
}

async function guard(work) {
  try {
    await work();
  } catch (problem) {
    if (!problem.isGone) keep(null); // a page that is left breaks off what it has asked for, too
    complain(problem);
  }
}

async function conclude(job, next, options) {
  keep(job);
  const ended = hasEnded(job) ? job : await busily(accompany(job, options));
  if (ended.state !== "done") {
    complain(new Error(explainEnd(ended)));
    keep(null);
  } else {
    if (ended.kind === "removal") announce(REMOVED);
    await (next[ended.kind] ?? dismiss)(ended);
  }
  announce(CHANGED);
}

/**
 * Finds the job again that this tab, or else the server, is at: a page may be loaded again at any time.
 * `retold` is what follows jobs that have ended, or that others have begun; `concerns` says of those which matter here.
 */
export async function resume({ next = NEXT, retold = {}, concerns = () => true } = {}) {
  await guard(async () => {
    const own = await findOwn();
    if (own && hasEnded(own)) {
      if (own.state === "done") await retold[own.kind]?.(own);
      return;
    }
    const { items } = own ? { items: [] } : await read("/api/jobs");
    const job = own ?? items.find((other) => isOurs(other) && !hasEnded(other) && concerns(other));
    if (job) await conclude(job, own ? next : { ...next, ...retold }, { focus: false });
  });
}

const isOurs = (job) => job.kind === "search" || job.kind === "removal" || job.kind === "undo";

/** The job that this tab has begun, also where the page was left before the server could answer with its id. */
async function findOwn() {
  const { id, since } = kept();
  if (id) return readIfThere(address("jobs", id));
  if (!since) return null;
  const { items } = await read("/api/jobs");
  const begun = items.find((job) => isOurs(job) && job.created >= since);
  if (begun) return read(address("jobs", begun.id));
  keep(null);
  return null;
}

async function offer(job, { asking = true } = {}) {
  const found = asking ? job.result : await renew(job.result);
  const concerned = found.collections.filter((collection) => collection.surplus);
  if (!concerned.length) return showNone(job, asking);
  const images = concerned.reduce((sum, collection) => sum + collection.surplus, 0);
  const askAnew = () => guard(async () => ask(await renew(job.result)));
  const again = button(`Remove ${count(images, "image")} …`, askAnew, { className: "primary" });
  const title = `${count(images, "duplicate")} found in ${folders(concerned)}`;
  present(title, [...tellUnread(job.result), tools(again, button("Close", leave))], { focus: asking });
  if (!asking) return null;
  again.focus();
  return ask(found);
}

function showNone(job, focus = true) {
  const close = tools(button("Close", leave));
  present("No duplicates found", [...tellUnread(job.result), close], { tone: "good", focus });
}

async function ask(found) {
  if (await confirmRemoval(found)) await remove(found.collections.filter(({ surplus }) => surplus).map(({ id }) => id));
}

/** Says what a search has found where the groups stand below. */
function showFound(job) {
  const { surplus } = job.result;
  const focus = !isElsewhere();
  const title = surplus ? `${count(surplus, "duplicate")} found` : "No duplicates found";
  if (!focus) tell(`The search is done. ${title}.`);
  if (!surplus) return showNone(job, focus);
  return present(title, [...tellUnread(job.result), tools(button("Close", leave))], { tone: "good", focus });
}

/** What could not be searched: images that cannot be read, folders that are gone. */
function tellUnread({ collections }) {
  const skipped = collections.reduce((sum, collection) => sum + collection.skipped, 0);
  const unsearched = collections.filter(({ problem }) => problem);
  const lines = unsearched.map((one) => asSentence(`${titleOf(one)}: ${one.problem}`));
  if (skipped) lines.unshift(`Left alone, for they could not be read: ${count(skipped, "image")}.`);
  return lines.map((line) => make("p", {}, line));
}

/** What was found with the collections as they are now: somebody may have looked at the groups since the search. */
async function renew(found) {
  const collections = [];
  for (let place = 0; place < found.collections.length; place += AT_ONCE) {
    const some = found.collections.slice(place, place + AT_ONCE);
    collections.push(...await Promise.all(some.map(renewOne)));
  }
  return { ...found, collections, bytes: 0 };
}

async function renewOne(one) {
  return one.surplus ? { ...one, ...(await read(address("collections", one.id))) } : one;
}

async function showRemoval(job) {
  const removal = await read(address("removals", job.result.id));
  if (removal.state !== "removed" && removal.state !== "partly") return dismiss();
  const back = removal.removed ? button("Undo", () => undo(removal.id), { className: "primary" }) : null;
  return present(removal.removed ? `${count(removal.removed, "image")} removed` : "Nothing was removed",
    [...outcomeOf(removal), tools(...[back, button("Close", leave)].filter(Boolean))], { tone: "good" });
}

async function showUndo(job) {
  const close = tools(button("Close", leave));
  present(`${count(job.result.restored, "image")} came back`, [...returnOf(job.result), close], { tone: "good" });
}
