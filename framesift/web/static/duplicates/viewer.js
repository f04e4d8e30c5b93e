/* Two images at full size: beside each other, or one over the other to see what differs. */
import { picture } from "../api.js";
import { find } from "../dom.js";
import { size } from "../words.js";

const dialog = find("viewer");
let group = null;
let place = 0;
let before = null;

/** Opens the viewer with the keeper and one member of a group. */
export function view(shown, member) {
  [group, place, before] = [shown, Math.max(0, shown.members.indexOf(member)), document.activeElement];
  show();
  dialog.showModal();
}

function show() {
  const member = group.members[place];
  fill("keeper", group.keeper, "Keeper");
  fill("other", member, member.excluded || !member.within ? "Stays" : "To be removed");
  find("viewer-place").textContent = `${place + 1} of ${group.members.length}`;
  find("viewer-back").disabled = place === 0;
  find("viewer-next").disabled = place === group.members.length - 1;
}

function fill(side, image, role) {
  const shown = find(`viewer-${side}`);
  const source = picture(group.collection_id, image.id);
  if (shown.getAttribute("src") !== source) shown.src = source;
  shown.alt = `${role}: ${image.name}`;
  const facts = `${image.width}×${image.height}, ${size(image.bytes)}`;
  find(`viewer-${side}-text`).textContent = `${role}: ${image.name}, ${facts}`;
}

function step(by) {
  const next = place + by;
  if (next < 0 || next >= group.members.length) return;
  place = next;
  show();
}

/** Lays the two over each other; each press shows the other one. */
function flip() {
  if (!dialog.classList.contains("flipped")) dialog.classList.add("flipped");
  else dialog.classList.toggle("keeper-on-top");
  showMode();
}

function putBeside() {
  dialog.classList.remove("flipped", "keeper-on-top");
  showMode();
}

function showMode() {
  find("viewer-beside").setAttribute("aria-pressed", String(!dialog.classList.contains("flipped")));
  find("viewer-flip").setAttribute("aria-pressed", String(dialog.classList.contains("flipped")));
}

/** One pixel of the image is one of the screen, or the whole image fits. */
function zoom() {
  find("viewer-zoom").setAttribute("aria-pressed", String(dialog.classList.toggle("zoomed")));
}

const KEYS = { ArrowLeft: () => step(-1), ArrowRight: () => step(1), k: () => step(-1), j: () => step(1), f: flip, b: putBeside, z: zoom };
dialog.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
  if (!Object.hasOwn(KEYS, key)) return;
  const scrolls = event.target.classList.contains("frame") && dialog.classList.contains("zoomed");
  if (scrolls && key.startsWith("Arrow")) return;
  event.preventDefault();
  KEYS[key]();
});
dialog.addEventListener("close", () => before?.focus?.());
find("viewer-back").addEventListener("click", () => step(-1));
find("viewer-next").addEventListener("click", () => step(1));
find("viewer-flip").addEventListener("click", flip);
find("viewer-beside").addEventListener("click", putBeside);
find("viewer-zoom").addEventListener("click", zoom);
find("viewer-close").addEventListener("click", () => dialog.close());
