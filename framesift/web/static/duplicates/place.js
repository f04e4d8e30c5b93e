/* Where somebody is in a list of groups, so that it is found again when the list is made anew. */
import { find } from "../dom.js";

const LISTS = ["found", "groups"];

/** The group at the top of the window, and what has the focus; nothing where the lists have not been come to. */
export function notePlace() {
  const elements = LISTS.flatMap((name) => [...find(name).children]);
  const focused = document.activeElement.closest?.("#found [data-focus]");
  const first = elements.find((element) => element.getBoundingClientRect().bottom > 0);
  const top = first?.getBoundingClientRect().top ?? 0;
  const away = elements.length > 0 && elements[0].getBoundingClientRect().top < 0;
  return { images: away ? imagesOf(first) : [], top, focus: focused?.dataset.focus ?? null };
}

const imagesOf = (element) => [...element.querySelectorAll("[data-image]")].map(({ dataset }) => dataset.image);

/** The element that shows one of the images now. */
function seek(images) {
  for (const image of images) {
    const found = find("groups").querySelector(`[data-image="${CSS.escape(image)}"]`);
    if (found) return found.closest("#groups > li");
  }
  return null;
}

/** Whether what was noted is in the list, or nothing was. */
export const isThere = ({ images, focus }) => (!images.length || seek(images)) && (!focus || seekFocus(focus));

const seekFocus = (focus) => find("groups").querySelector(`[data-focus="${CSS.escape(focus)}"]`);

/** Goes back to what was noted. */
export function goBack({ images, top, focus }) {
  if (focus) (seekFocus(focus) ?? find("groups").firstElementChild)?.focus({ preventScroll: true });
  const element = seek(images);
  if (element) scrollBy({ top: element.getBoundingClientRect().top - top, behavior: "instant" });
}
