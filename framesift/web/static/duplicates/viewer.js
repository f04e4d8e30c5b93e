/* A keeper and one of its duplicates at full size, as all pages compare two pictures. */
import { picture } from "../api.js";
import { button, find, make } from "../dom.js";
import { size } from "../words.js";

const dialog = find("viewer");
const compare = new Comparer({ outlines: false });
const back = button("Previous", () => step(-1), { key: "←" });
const next = button("Next", () => step(1), { key: "→" });
const where = make("span", { role: "status" });
compare.tools.append(back, next, button("Close", () => dialog.close(), { key: "Esc" }), where);
dialog.append(compare.tools, compare.wipe, compare.stage);
find("comparing").replaceWith(...Comparer.list(Comparer.KEYS.filter(([key]) => key !== "O")));

let group = null;
let place = 0;
let before = null;

/** Opens the viewer with the keeper and one member of a group. */
export function view(shown, member) {
  [group, place, before] = [shown, Math.max(0, shown.members.indexOf(member)), document.activeElement];
  dialog.showModal();
  show();
  compare.focus();
}

/** Whether the viewer shows two images of a group so far, which are to be found again at its end. */
export const viewsSoFar = () => dialog.open && group.soFar;

/** The one of the groups that has the two images that are shown. */
export function seekShown(groups) {
  const two = [group.keeper.id, group.members[place].id];
  return groups.find(({ keeper, members }) => two.every((id) => [keeper, ...members].some((image) => image.id === id)));
}

/** Shows the same two as the search has left them, in the group that has both; `all` groups were looked at for it. */
export function renew(found, all) {
  if (!found) {
    where.textContent = all ? "Not in one group in the end" : "The search is done";
    back.disabled = next.disabled = true;
    return;
  }
  const [one, other] = [group.keeper.id, group.members[place].id];
  const wanted = found.keeper.id === other ? one : other;
  [group, place] = [found, found.members.findIndex(({ id }) => id === wanted)];
  before = find("groups").querySelector(`[data-focus="${CSS.escape(`view ${wanted}`)}"]`);
  show();
}

function show() {
  const member = group.members[place];
  const stays = member.excluded || !member.within;
  const roles = group.soFar ? ["Keeper so far", "Duplicate so far"] : ["Keeper", stays ? "Stays" : "To be removed"];
  compare.show({ before: side(group.keeper, roles[0]), after: side(member, roles[1]) });
  where.textContent = `${place + 1} of ${group.members.length}`;
  back.disabled = place === 0;
  next.disabled = place === group.members.length - 1;
}

function side(image, role) {
  const words = `${role}: ${image.name}, ${image.width}×${image.height}, ${size(image.bytes)}`;
  return { src: picture(group.collection_id, image.id), alt: `${role}: ${image.name}`, words };
}

function step(by) {
  const to = place + by;
  if (to < 0 || to >= group.members.length) return;
  place = to;
  show();
}

const STEPS = { ArrowLeft: -1, ArrowRight: 1, k: -1, j: 1 };
addEventListener("keydown", (event) => {
  if (!dialog.open || find("help").open || compare.moves(event) || compare.press(event)) return;
  const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
  if (event.ctrlKey || event.metaKey || event.altKey || !Object.hasOwn(STEPS, key)) return;
  event.preventDefault();
  step(STEPS[key]);
});
dialog.addEventListener("close", () => {
  compare.stop();
  before?.focus?.();
});
