/* The groups page: every group of a collection, to look at and to change before anything is removed. */
import { address, call, read, send } from "../api.js";
import { confirmRemoval } from "./confirming.js";
import { button, find, make, tell } from "../dom.js";
import { fill, goes } from "./group.js";
import { Gallery } from "./gallery.js";
import { glance, hide } from "./glance.js";
import { handleKeys } from "./keys.js";
import { readMethod } from "./methods.js";
import { goBack, isThere, notePlace } from "./place.js";
import { LOOKING, onBusy, onChange, remove, resume, searchAndLook } from "./removing.js";
import { complain } from "./work.js";
import { renew, seekShown, view, viewsSoFar } from "./viewer.js";
import { count, number, size, title } from "../words.js";

const LIMIT = 20;
/** So many groups are fetched to find again what somebody was looking at. */
const FARTHEST = 500;
const identity = find("groups").dataset.collection;
/** Which group an element of the list shows. */
const shown = new WeakMap();
let collection = null;
let loaded = 0;
let total = 0;
let busy = false;
const gallery = new Gallery(identity, complain);

async function load() {
  gallery.load();
  await attempt(async () => {
    collection = await read(address("collections", identity));
    const place = notePlace();
    const groups = collection.searched ? await fetchGroups(0) : { total: 0, items: [] };
    hide();
    [loaded, total] = [0, 0];
    find("groups").replaceChildren();
    add(groups);
    const isFound = () => isThere(place) && (!viewsSoFar() || seekShown(listed()));
    while (loaded < Math.min(total, FARTHEST) && !isFound()) await loadMore();
    showFacts();
    goBack(place);
    if (viewsSoFar()) renew(seekShown(listed()), loaded >= total);
  });
}

async function attempt(work) {
  try {
    await work();
  } catch (problem) {
    complain(problem);
  }
}

const listed = () => [...find("groups").children].map((element) => shown.get(element));
const fetchGroups = (offset) => read(`${address("collections", identity, "groups")}?offset=${offset}&limit=${LIMIT}`);
const loadMore = async () => add(await fetchGroups(loaded));

function add(groups) {
  total = groups.total;
  loaded += groups.items.length;
  find("groups").append(...groups.items.map(makeElement));
  countGroups();
  find("more").hidden = loaded >= total;
  find("more").textContent = `Show more (${number(total - loaded)} left)`;
}

function makeElement(group) {
  const element = make("li", { class: "panel group", tabIndex: -1, "aria-labelledby": `group-${group.id}` });
  showGroup(element, group);
  return element;
}

/** A group so far is looked at like any other, and nothing else is done to it. */
function hang(element, group) {
  shown.set(element, group);
  return (member) => view(shown.get(element), member);
}

function showGroup(element, group) {
  shown.set(element, group);
  fill(element, group, (name, member) => act(name, element, member));
}

function countGroups() {
  const headings = document.querySelectorAll(".group h2");
  for (const [place, heading] of headings.entries()) heading.textContent = `Group ${place + 1}`;
}

function showFacts() {
  const { images, bytes, searched, surplus, groups } = collection;
  document.title = `${title(collection)} · framesift`;
  find("title").textContent = title(collection);
  const found = searched ? `, ${groups ? `${count(groups, "group")} of duplicates` : "no duplicates"}` : "";
  find("facts").textContent = `${count(images, "image")}, ${size(bytes)}${found}`;
  find("bar").hidden = !surplus;
  document.body.classList.toggle("with-bar", Boolean(surplus));
  find("going").textContent = `${count(surplus ?? 0, "image")} to remove`;
  find("remove").textContent = `Remove Duplicates (${surplus ?? 0})`;
  find("keys").hidden = !total;
  find("search").classList.toggle("primary", !searched);
  find("search").textContent = searched ? "Search again" : "Find duplicates";
  find("how-summary").textContent = searched ? "Search again in another way" : "How to compare";
  showState();
}

/** While a search or a removal is under way, nothing else can be begun, and the page says what comes. */
function showState() {
  for (const part of ["how", "searching"]) find(part).hidden = busy || !collection;
  find("remove").disabled = busy;
  find("empty").hidden = total > 0 || !collection;
  find("earlier").hidden = !total;
  find("empty").textContent = busy
    ? "Groups appear here as they are found, and all of them as soon as it is done. All pictures stand below."
    : collection?.searched
      ? "No duplicates here. Nothing needs to be done."
      : "Not searched yet. Press “Find duplicates”: nothing is removed by searching. All pictures stand below.";
}

/** Reads the numbers anew after a change; the groups that are shown stay where they are. */
async function refreshFacts() {
  collection = await read(address("collections", identity));
  showFacts();
}

const ACTIONS = {
  view: (element, member) => shown.has(element) && view(shown.get(element), member),
  keep: (element, member) => change(element, { keeper: member.id }, `${member.name} is the keeper now.`),
  leave: (element, member) => {
    const leaves = (each) => (each.id === member.id) !== each.excluded;
    const excluded = shown.get(element).members.filter(leaves).map(({ id }) => id);
    return change(element, { excluded }, `${member.name} ${member.excluded ? "goes after all" : "stays"}.`);
  },
  differ: (element, member) => part(element, member ? [member] : shown.get(element).members),
};

const act = (name, element, member) => attempt(() => ACTIONS[name](element, member));

async function change(element, body, words) {
  showGroup(element, await call("PATCH", address("groups", shown.get(element).id), body));
  countGroups();
  await refreshFacts();
  tell(words);
}

/** Remembers that images are no duplicates, each of all others: what they leave of the group takes its place. */
async function part(element, members) {
  const path = `${address("groups", shown.get(element).id)}/not-duplicates`;
  const verdicts = [];
  for (const { id } of members) verdicts.push(await send(path, { image_ids: [id] }));
  const subject = members.length === 1 ? `${members[0].name} is not a duplicate` : "These are not duplicates";
  const notice = make("li", { class: "notice", tabIndex: -1 }, make("span", {}, `${subject}: remembered.`));
  const left = verdicts.at(-1).groups.map(makeElement);
  const undo = button("Undo", () => attempt(() => unite(verdicts, notice, left)));
  notice.append(undo);
  element.replaceWith(notice, ...left);
  countGroups();
  undo.focus();
  await refreshFacts();
  tell(`${subject}: remembered.`);
}

/** Takes verdicts back, the last first: the group stands again as before, unless it was changed meanwhile. */
async function unite(verdicts, notice, left) {
  let answer;
  for (const { id } of verdicts.toReversed()) answer = await call("DELETE", address("verdicts", id));
  if (answer.groups.length) {
    const [element] = answer.groups.map(makeElement);
    for (const other of left) other.remove();
    notice.replaceWith(element);
    countGroups();
    element.focus();
    tell("Taken back: they count as duplicates again.");
  } else {
    notice.replaceChildren("Taken back: the next search finds them again.");
    notice.focus();
  }
  await refreshFacts();
}

async function removeAll() {
  const job = await read(address("jobs", collection.searched));
  const collections = [{ ...collection, groups: countGroupsThatGo() }];
  const found = { collections, backup: job.result?.backup ?? "the backup", bytes: 0 };
  if (await confirmRemoval(found)) await remove([identity]);
}

function countGroupsThatGo() {
  if (loaded < total) return collection.groups;
  const groups = [...find("groups").querySelectorAll(".group")].map((element) => shown.get(element));
  return groups.filter((group) => group.members.some(goes)).length;
}

find("more").addEventListener("click", () => attempt(async () => {
  const before = find("groups").lastElementChild;
  await loadMore();
  before.nextElementSibling?.focus();
}));
find("search").addEventListener("click", () => searchAndLook({ collection_ids: [identity], ...readMethod() }));
find("remove").addEventListener("click", () => attempt(removeAll));
handleKeys({
  groupOf: (element) => shown.get(element) ?? null,
  act,
  more: () => loaded < total && attempt(loadMore),
});
onBusy((now) => {
  busy = now;
  showState();
  if (now) glance(identity, () => busy, hang);
});
onChange(load);
load().then(() => resume({ next: LOOKING, concerns: (job) => job.collections.includes(identity) }));
