/* A group as people look at it: the keeper first, the others beside it, and what can be said of each. */
import { thumbnail } from "../api.js";
import { button, make } from "../dom.js";
import { scoresOf } from "./scores.js";
import { count, size } from "../words.js";

/** Whether the image would be removed as things stand. */
export const goes = (member) => !member.excluded && member.within;

/** Fills `element` anew; the keyboard's focus stays with the same button. `act(name, member)` does what is asked. */
export function fill(element, group, act) {
  const focused = element.contains(document.activeElement) ? document.activeElement.dataset.focus ?? "" : null;
  const open = element.querySelector(".scores")?.open ?? false;
  const heading = make("h2", { id: `group-${group.id}` }, "Group");
  const going = group.members.filter(goes).length;
  const facts = `${count(group.members.length + 1, "image")}, ${going ? `${going} to remove` : "nothing to remove"}`;
  const members = group.members.map((member) => makeMember(group, member, act));
  element.replaceChildren(
    make("div", { class: "head" },
      make("div", {}, heading, make("p", { class: "faint" }, facts)),
      group.members.length > 1
        ? button("None are duplicates", () => act("differ", null), { data: { focus: "differ" } }) : null),
    make("div", { class: "images" }, makeKeeper(group, act), members),
    scoresOf(group, open));
  element.classList.toggle("settled", !going);
  if (focused !== null) focusAgain(element, focused);
}

/** To what had the focus; where it is gone, to the picture of the same image. */
function focusAgain(element, name) {
  const seek = (wanted) => element.querySelector(`[data-focus="${CSS.escape(wanted)}"]`);
  (seek(name) ?? seek(name.replace(/^\S+/, "view")) ?? element).focus();
}

function makeKeeper(group, act) {
  return make("figure", { class: "image keeper", data: { image: group.keeper.id } },
    makePicture(group, group.keeper, "the keeper", () => act("view", group.members[0])),
    make("figcaption", {},
      make("span", { class: "badge stays" }, "Keeper"),
      describe(group.keeper),
      make("span", {}, `Kept: ${group.reason}`)));
}

function makeMember(group, member, act) {
  const tag = (name) => ({ data: { focus: `${name} ${member.id}` } });
  const leaving = member.excluded ? "Remove after all" : "Leave in place";
  return make("figure", { class: goes(member) ? "image" : "image staying", data: { image: member.id } },
    makePicture(group, member, stateOf(member).toLowerCase(), () => act("view", member)),
    make("figcaption", {},
      make("span", { class: goes(member) ? "badge spare" : "badge stays" }, stateOf(member)),
      describe(member),
      make("span", {}, `${Number(member.similarity).toFixed(1)} % similar${member.lies ? `, ${member.lies}` : ""}`)),
    make("div", { class: "tools" },
      button("Make keeper", () => act("keep", member), { key: "M", ...tag("keep") }),
      button(leaving, () => act("leave", member), { key: "L", ...tag("leave") }),
      button("Not a duplicate", () => act("differ", member), { key: "D", ...tag("differ") })));
}

function stateOf(member) {
  if (member.excluded) return "Stays: you leave it";
  return member.within ? "To be removed" : "Stays: too different";
}

export function makePicture(group, image, role, onclick) {
  const source = thumbnail(group.collection_id, image.id, 480);
  const shown = make("img", { loading: "lazy", decoding: "async", alt: "", src: source });
  return make("button", {
    type: "button", class: "picture", onclick, data: { focus: `view ${image.id}` },
    "aria-label": `Full size: ${image.name}, ${role}`,
  }, shown);
}

export function describe(image) {
  const facts = `${image.width}×${image.height}, ${size(image.bytes)}`;
  return [make("span", { class: "file" }, image.name), make("span", {}, facts)];
}
