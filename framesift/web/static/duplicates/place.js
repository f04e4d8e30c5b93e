/* Where somebody is in a list of groups, so that it is found again when the list is made anew. */
import { find } from "../dom.js";

/** Which groups are seen and where, and what has the focus; no groups where the first one has not been passed yet. */
export function notePlace() {
  const elements = [...find("found").children, ...find("groups").children];
  const isPassed = elements.length > 0 && elements[0].getBoundingClientRect().top < 0;
  const focused = document.activeElement.closest?.("#found [data-focus]");
  return { seen: isPassed ? elements.map(noteGroup).filter(isSeen) : [], focus: focused?.dataset.focus ?? null };
}

function noteGroup(element) {
  const { top, bottom } = element.getBoundingClientRect();
  return { images: [...element.querySelectorAll("[data-image]")].map(({ dataset }) => dataset.image), top, bottom };
}

const isSeen = ({ top, bottom }) => bottom > 0 && top < innerHeight;

const seek = (name, value) => find("groups").querySelector(`[data-${name}="${CSS.escape(value)}"]`);

/** The group that shows the first of the images that is shown at all. */
const seekGroup = ({ images }) => images.map((image) => seek("image", image)).find(Boolean)?.closest("#groups > li");

/** Whether the list has all that was noted. */
export const isThere = ({ seen, focus }) => seen.every(seekGroup) && (!focus || Boolean(seek("focus", focus)));

/** Goes back to what was noted: what is left of it lies where it lay, the first that was seen from its top on. */
export function goBack({ seen, focus }) {
  if (focus) (seek("focus", focus) ?? find("groups").firstElementChild)?.focus({ preventScroll: true });
  const anchor = [...seen.filter(({ top }) => top >= 0), ...seen].find(seekGroup);
  if (anchor) scrollBy({ top: seekGroup(anchor).getBoundingClientRect().top - anchor.top, behavior: "instant" });
}
