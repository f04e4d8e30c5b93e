"use strict";
/* Shows one pair at a time and takes the answers. They are kept in this browser, and saved as CSV. The pairs lie hidden
   in the page, each in a section; of the one that is looked at the comparer shows the pictures. */
const table = JSON.parse(document.getElementById("table").text);
const pairs = Array.from(document.querySelectorAll("[data-number]"));
const answers = recall();
let current = Math.max(0, answers.findIndex((answer) => !answer));

function recall() {
  try {
    const kept = JSON.parse(localStorage.getItem(table.name));
    if (Array.isArray(kept) && kept.length === pairs.length) return kept;
  } catch { /* no storage in this browser: the answers live as long as the page */ }
  return pairs.map(() => "");
}

const compare = new Comparer();
const more = document.createElement("div");
document.getElementById("shown").append(compare.tools, compare.wipe, compare.stage, more);

/* What the comparer is to show of a figure: its picture, or why there is none. */
function side(figure) {
  const picture = figure.querySelector("img"), words = figure.querySelector("figcaption").textContent;
  if (!picture) return { words, missing: figure.querySelector(".missing").textContent };
  return { src: picture.src, alt: words, lines: figure.querySelector("svg")?.cloneNode(true) };
}

function show(number) {
  current = Math.min(Math.max(number, 0), pairs.length - 1);
  const [before, after] = pairs[current].querySelectorAll("figure");
  compare.show({ before: side(before), after: side(after) });
  more.replaceChildren(...Array.from(pairs[current].querySelectorAll(":scope > p"), (part) => part.cloneNode(true)));
  for (const button of document.querySelectorAll("[data-answer]"))
    button.setAttribute("aria-pressed", String(button.dataset.answer === answers[current]));
  showFrames(current);
  const done = answers.filter(Boolean).length;
  document.getElementById("state").textContent = `${current + 1} of ${pairs.length}, ${done} answered`;
}

/* The frames themselves, in place of the small pictures, where the page sees them from where it lies. */
async function showFrames(number) {
  const found = await Promise.all(table.frames[number].map((path) => path && pictures.find(table.places, path)));
  if (number !== current) return;
  for (const [n, address] of found.entries()) if (address) compare.images[n].src = address;
}

function answer(word) {
  answers[current] = word;
  try {
    localStorage.setItem(table.name, JSON.stringify(answers));
  } catch { /* as above */ }
  show(current + 1);
}

function save() {
  const quote = (text) => (/[",\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);
  const rows = table.rows.map((row, number) => [...row.slice(0, -1), answers[number]]);
  const text = [table.columns, ...rows].map((row) => row.map(quote).join(",") + "\r\n").join("");
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([text], { type: "text/csv" }));
  link.download = "answers.csv";
  link.click();
  URL.revokeObjectURL(link.href);
}

const back = () => show(current - 1), next = () => show(current + 1);
const keys = { n: () => answer("no"), y: () => answer("yes"), u: () => answer("unsure"),
  ArrowLeft: back, k: back, ArrowRight: next, j: next };
addEventListener("keydown", (event) => {
  if (compare.moves(event) || compare.press(event)) return;
  const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
  if (event.ctrlKey || event.metaKey || event.altKey || event.repeat || !Object.hasOwn(keys, key)) return;
  event.preventDefault();
  keys[key]();
});
for (const button of document.querySelectorAll("[data-answer]"))
  button.addEventListener("click", () => answer(button.dataset.answer));
for (const button of document.querySelectorAll("[data-step]"))
  button.addEventListener("click", () => show(current + Number(button.dataset.step)));
document.getElementById("save").addEventListener("click", save);
document.getElementById("answers").append(Comparer.help([
  ["Y N U", "lost, nothing new, not sure"],
  ["J K", "next and previous pair, as → and ←"],
  ...Comparer.KEYS,
]));
show(current);
