/* The score of each method for each image of a group against its keeper, fetched when somebody asks. */
import { address, read } from "../api.js";
import { make } from "../dom.js";
import { number } from "../words.js";

const TITLE = "Scores of each method";
const COLUMNS = [
  ["Combined", ({ combined }) => judge(combined, `${percent(combined.similarity)} (from ${combined.limit} %)`)],
  ["Hash 40 %", ({ combined }) => percent(combined.hash)],
  ["SSIM 30 %", ({ combined }) => percent(combined.ssim)],
  ["Colours 30 %", ({ combined }) => percent(combined.colours)],
  ["Cosine hash", ({ hash }) => judge(hash, `${hash.distance} bits (up to ${hash.limit})`)],
  ["Frame differencing", ({ framediff }) => judge(framediff, describePixels(framediff))],
];

const describePixels = ({ score, limit }) => `${number(Math.round(score))} px (below ${number(Math.round(limit))})`;
const percent = (value) => `${Number(value).toFixed(1)} %`;
const judge = ({ near }, text) => `${text}, ${near ? "near" : "not near"}`;

/** A part that opens: closed at first, for measuring costs the server reading both images. */
export function scoresOf(group, open) {
  const summary = make("summary", { data: { focus: "scores" } }, TITLE);
  const details = make("details", { class: "scores" }, summary);
  details.addEventListener("toggle", () => details.open && details.children.length === 1 && show(details, group.id));
  details.open = open;
  return details;
}

async function show(details, identity) {
  const place = make("div", { class: "wide", tabIndex: 0, role: "region", "aria-label": TITLE }, "Measuring …");
  details.append(place);
  try {
    place.replaceChildren(makeTable(await read(address("groups", identity))));
  } catch (problem) {
    place.replaceChildren(make("p", { class: "skipped" }, problem.message));
  }
}

function makeTable(group) {
  const names = ["Against the keeper", ...COLUMNS.map(([name]) => name)];
  const head = names.map((name) => make("th", { scope: "col" }, name));
  const rows = group.members.map((member) => make("tr", {},
    make("th", { scope: "row", class: "file" }, member.name),
    COLUMNS.map(([, describe]) => make("td", {}, member.scores ? describe(member.scores) : "cannot be read"))));
  return make("table", {}, make("thead", {}, make("tr", {}, head)), make("tbody", {}, rows));
}
