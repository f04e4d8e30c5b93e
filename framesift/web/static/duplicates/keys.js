/* The groups page by keyboard: from group to group, from image to image, and what is said of one. */
import { find } from "../dom.js";

const NAMES = { m: "keep", l: "leave", n: "differ", v: "view" };
const here = () => document.activeElement.closest?.("#groups > li") ?? null;

/** `act(name, element, member)` does what is asked; `more()` loads the next groups where there are any. */
export function handleKeys({ membersOf, act, more }) {
  async function walk(by) {
    const element = here();
    if (element && by > 0 && !element.nextElementSibling) await more();
    const other = by > 0 ? element?.nextElementSibling : element?.previousElementSibling;
    const next = element ? other : find("groups").firstElementChild;
    next?.focus({ preventScroll: true });
    next?.scrollIntoView({ block: "start" });
  }

  /** Does it to the image that has the focus, or to the first that is not the keeper. */
  function say(name) {
    const members = here() ? membersOf(here()) : [];
    const image = document.activeElement.closest(".image")?.dataset.image;
    const member = members.find(({ id }) => id === image) ?? members[0];
    if (member) act(name, here(), member);
  }

  const keys = {
    j: () => walk(1),
    k: () => walk(-1),
    ArrowRight: () => step(1),
    ArrowLeft: () => step(-1),
    s: () => here()?.querySelector("summary")?.click(),
  };
  for (const [key, name] of Object.entries(NAMES)) keys[key] = () => say(name);
  addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.repeat) return;
    if (event.target.closest("input, select, textarea, dialog")) return;
    const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
    if (!Object.hasOwn(keys, key) || (key.startsWith("Arrow") && !here())) return;
    event.preventDefault();
    keys[key]();
  });
}

/** To the image before or after the one that has the focus; into the group, to its keeper. */
function step(by) {
  const pictures = [...(here()?.querySelectorAll(".picture") ?? [])];
  const image = document.activeElement.closest(".image");
  const place = image ? pictures.indexOf(image.querySelector(".picture")) + by : 0;
  pictures[Math.min(Math.max(place, 0), pictures.length - 1)]?.focus();
}
