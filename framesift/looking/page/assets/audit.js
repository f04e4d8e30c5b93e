"use strict";
/* Shows one pair at a time and takes the answers. They are kept in this browser, and saved as CSV. */
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

function show(number) {
  pairs[current].hidden = true;
  current = Math.min(Math.max(number, 0), pairs.length - 1);
  pairs[current].hidden = false;
  for (const button of document.querySelectorAll("[data-answer]"))
    button.setAttribute("aria-pressed", String(button.dataset.answer === answers[current]));
  const done = answers.filter(Boolean).length;
  document.getElementById("state").textContent = `${current + 1} of ${pairs.length}, ${done} answered`;
}

function answer(word) {
  answers[current] = word;
  try {
    localStorage.setItem(table.name, JSON.stringify(answers));
  } catch { /* as above */ }
  show(current + 1);
}

function toggleOutlines() {
  const off = document.body.classList.toggle("plain");
  document.getElementById("outlines").setAttribute("aria-pressed", String(!off));
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

const keys = {
  n: () => answer("no"), l: () => answer("yes"), u: () => answer("unsure"), o: toggleOutlines,
  ArrowLeft: () => show(current - 1), ArrowRight: () => show(current + 1),
};
addEventListener("keydown", (event) => {
  const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
  if (event.ctrlKey || event.metaKey || event.altKey || !Object.hasOwn(keys, key)) return;
  event.preventDefault();
  keys[key]();
});
for (const button of document.querySelectorAll("[data-answer]"))
  button.addEventListener("click", () => answer(button.dataset.answer));
for (const button of document.querySelectorAll("[data-step]"))
  button.addEventListener("click", () => show(current + Number(button.dataset.step)));
document.getElementById("outlines").addEventListener("click", toggleOutlines);
document.getElementById("save").addEventListener("click", save);
show(current);
