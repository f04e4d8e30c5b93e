/* The groups page by keyboard: from group to group, from image to image, and what is said of one. */
import { find, tell } from "../dom.js";
import { onKeys } from "../keys.js";

const NAMES = { m: "keep", l: "leave", d: "differ" };
const here = () => document.activeElement.closest?.("#found > li, #groups > li") ?? null;
const first = () => find("found").firstElementChild ?? find("groups").firstElementChild;

/** `act(name, element, member)` does what is asked; `more()` loads the next groups where there are any. */
export function handleKeys({ groupOf, act, more }) {
  async function walk(by) {
    const element = here();
    if (element && by > 0 && !element.nextElementSibling) await more();
    const other = by > 0 ? element?.nextElementSibling : element?.previousElementSibling;
    const next = element ? other : first();
    next?.focus({ preventScroll: true });
    next?.scrollIntoView({ block: "start" });
  }

  /** Does it to the image that has the focus, and to no other: of a group that has it itself, only where there is one. */
  function say(name) {
    const group = here() ? groupOf(here()) : null;
    if (!group) return;
    if (group.soFar) return tell("This can be said when the search is done: until then the group may change.");
    const image = document.activeElement.closest(".image")?.dataset.image;
    const member = image ? group.members.find(({ id }) => id === image) : group.members.length === 1 ? group.members[0] : null;
    if (member) act(name, here(), member);
    else if (!image) tell("Choose an image of the group first, with → or ←.");
    else if (name === "keep") tell(`${group.keeper.name} is the keeper already.`);
    else tell(`${group.keeper.name} is the keeper: choose another image, or make another one the keeper.`);
  }

  const show = () => here() && act("view", here(), groupOf(here())?.members.find(({ id }) => id === focused()));
  onKeys({
    j: () => walk(1),
    k: () => walk(-1),
    ArrowRight: () => here() && step(1),
    ArrowLeft: () => here() && step(-1),
    v: show,
    s: () => here()?.querySelector(".scores summary")?.click(),
    ...Object.fromEntries(Object.entries(NAMES).map(([key, name]) => [key, () => say(name)])),
  });
}

const focused = () => document.activeElement.closest(".image")?.dataset.image;

/** To the image before or after the one that has the focus; into the group, to the first that is not the keeper. */
function step(by) {
  const pictures = [...here().querySelectorAll(".picture")];
  const image = document.activeElement.closest(".image");
  const place = image ? pictures.indexOf(image.querySelector(".picture")) + by : by > 0 ? 1 : 0;
  pictures[Math.min(Math.max(place, 0), pictures.length - 1)]?.focus();
}
