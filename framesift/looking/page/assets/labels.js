"use strict";
/* Asks about one label after the other, and about what changed where there is none. The answers are kept in this
   browser, and saved as CSV. Of the frame that is looked at the comparer shows both pictures with their labels. */
const read = (id) => JSON.parse(document.getElementById(id).text);
const table = read("table");
const answers = recall();
let current = Math.max(0, answers.findIndex((answer) => !answer));

function recall() {
  try {
    const kept = JSON.parse(localStorage.getItem(table.name));
    if (Array.isArray(kept) && kept.length === table.rows.length) return kept;
  } catch { /* no storage in this browser: the answers live as long as the page */ }
  return table.rows.map(() => "");
}

const compare = new Comparer();
document.getElementById("shown").append(compare.tools, compare.wipe, compare.stage);

/* The labels as lines on a picture; of those that are asked about the one in question stands out. */
function draw(frame, asked, questions) {
  const space = "http://www.w3.org/2000/svg", lines = document.createElementNS(space, "svg");
  for (const [name, value] of Object.entries({ class: "outline", viewBox: "0 0 1000 1000", preserveAspectRatio: "none", "aria-hidden": "true" }))
    lines.setAttribute(name, value);
  const trace = (outline, kinds) => {
    for (const kind of kinds) {
      const path = document.createElementNS(space, "path");
      path.setAttribute("d", outline);
      path.setAttribute("class", kind);
      lines.append(path);
    }
  };
  const stands = ["behind", "asked"];
  frame.labels.forEach(([, outline], number) =>
    trace(outline, number === asked ? stands : [questions && frame.doubtful.includes(number) ? "doubtful" : "label"]));
  if (asked === null && questions) trace(frame.change, stands);
  return lines;
}

function show(number) {
  current = Math.min(Math.max(number, 0), table.rows.length - 1);
  const [place, asked] = table.rows[current], frame = read(`frame-${place}`);
  const jpeg = "data:image/jpeg;base64,", before = draw(frame, asked, false), after = draw(frame, asked, true);
  const changed = document.createElement("div");
  changed.className = "changed";
  changed.innerHTML = frame.lines;
  changed.append(after);
  compare.show({
    before: { src: jpeg + read(`kept-${frame.kept}`), alt: `kept: ${frame.reference}`, lines: before },
    after: { src: jpeg + frame.after, alt: `dropped: ${frame.path}`, lines: changed },
  });
  const label = asked === null ? "" : frame.labels[asked][0] || "the label";
  document.getElementById("question").textContent = asked === null
    ? "Something changed where no label is near: is there nothing to label?" : `${label}: does it fit the right picture?`;
  for (const [word, text] of [["yes", asked === null ? "Nothing to label" : "Fits"], ["no", asked === null ? "Something to label" : "Does not fit"]])
    document.querySelector(`[data-answer="${word}"] span`).textContent = text;
  for (const button of document.querySelectorAll("[data-answer]"))
    button.setAttribute("aria-pressed", String(button.dataset.answer === answers[current]));
  const done = answers.filter(Boolean).length, last = table.rows[table.rows.length - 1][0] + 1;
  document.getElementById("state").textContent =
    `Question ${current + 1} of ${table.rows.length}, ${done} answered; frame ${place + 1} of ${last}`;
}

function keep() {
  try {
    localStorage.setItem(table.name, JSON.stringify(answers));
  } catch { /* as above */ }
}

function answer(word) {
  answers[current] = word;
  keep();
  show(current + 1);
}

/* All that is asked about the frame, and on to the next one. */
function accept() {
  const place = table.rows[current][0];
  table.rows.forEach(([each], number) => { if (each === place) answers[number] = "yes"; });
  keep();
  const next = table.rows.findIndex(([each]) => each > place);
  show(next < 0 ? table.rows.length - 1 : next);
}

function save() {
  const quote = (text) => (/[",\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);
  const rows = table.rows.map(([, , row], number) => [...row.slice(0, -1), answers[number]]);
  const text = [table.columns, ...rows].map((row) => row.map(quote).join(",") + "\r\n").join("");
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([text], { type: "text/csv" }));
  link.download = "checked.csv";
  link.click();
  URL.revokeObjectURL(link.href);
}

const back = () => show(current - 1), next = () => show(current + 1);
const keys = { y: () => answer("yes"), n: () => answer("no"), u: () => answer("unsure"), a: accept,
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
document.getElementById("all").addEventListener("click", accept);
document.getElementById("save").addEventListener("click", save);
document.getElementById("answers").append(Comparer.help([
  ["Y N U", "it fits, it does not, not sure; of a change: nothing to label, something to label"],
  ["A", "all that is asked about this frame fits"],
  ["J K", "next and previous question, as → and ←"],
  ...Comparer.KEYS,
]));
show(current);
