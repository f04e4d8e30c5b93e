"use strict";
/* Shows one pair at a time and sends each answer to the program that waits for it. */
const find = (identity) => document.getElementById(identity);
let shown = null;
let busy = false;
const compare = new Comparer({ outlines: false });

async function call(path, value) {
  if (busy) return;
  busy = true;
  document.body.classList.add("busy");
  try {
    const request = value === undefined ? {} : {
      method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(value),
    };
    const response = await fetch(path, request);
    if (!response.ok) throw new Error(await response.text());
    find("trouble").textContent = "";
    show(await response.json());
  } catch (error) {
    find("trouble").textContent = error instanceof TypeError
      ? "framesift is not running any more. The answers given so far are saved: the same command goes on."
      : error.message;
  } finally {
    busy = false;
    document.body.classList.remove("busy");
  }
}

function show(state) {
  if (!("number" in state) && !("lines" in state)) {
    shown = null;
    find("end").hidden = true;
    for (const identity of ["tools", "pair"]) find(identity).hidden = true;
    find("place").textContent = "Finished. You can close this page.";
    return;
  }
  shown = state;
  const done = "lines" in state;
  find("end").hidden = !done;
  for (const identity of ["tools", "pair"]) find(identity).hidden = done;
  find("progress").max = done ? state.asked : state.total;
  find("progress").value = done ? state.asked : state.number - 1;
  if (done) {
    find("place").textContent = `${state.asked} answered`;
    find("lines").textContent = state.lines.slice(0, -1).join("\n");
    find("command").textContent = state.lines.at(-1);
    find("copy").textContent = "Copy the command";
    find("finish").focus();
  } else ask(state);
}

function ask(state) {
  find("place").textContent = `${state.number} of ${state.total}, camera ${state.camera}`;
  find("back").disabled = state.number === 1;
  find("next").disabled = !state.answer && state.number >= state.asked;
  const [before, after] = [["reference", "first"], ["path", "second"]].map(([side, word]) =>
    ({ src: `picture/${state.number}/${side}`, alt: `the ${word} frame: ${state[side]}`, words: `${word}: ${state[side]}` }));
  compare.show({ before, after });
  for (const button of document.querySelectorAll("[data-answer]"))
    button.setAttribute("aria-pressed", String(button.dataset.answer === state.answer));
}

function answer(word) {
  if (shown && "number" in shown) call("answers", { number: shown.number, answer: word });
}

function goBack() {
  if (!shown) return;
  const number = "lines" in shown ? shown.asked : shown.number - 1;
  if (number >= 1) call(`state/${number}`);
}

/* To the question after this one: one that was asked already, or the next that needs an answer. */
function goOn() {
  if (shown && "number" in shown) call(shown.number < shown.asked ? `state/${shown.number + 1}` : "state/");
}

function finish() {
  if (shown && "lines" in shown) call("finish", {});
}

/* Where the browser does not let the page copy, the command is selected for the person to do so. */
async function copy() {
  try {
    await navigator.clipboard.writeText(find("command").textContent);
    find("copy").textContent = "Copied";
  } catch {
    getSelection().selectAllChildren(find("command"));
    find("copy").textContent = "Selected: copy it with Ctrl-C";
  }
}

const keys = { y: () => answer("yes"), n: () => answer("no"), u: () => answer("unsure"), k: goBack, ArrowLeft: goBack, j: goOn, ArrowRight: goOn };
addEventListener("keydown", (event) => {
  const asking = !find("pair").hidden;
  if (asking && (compare.moves(event) || compare.press(event))) return;
  const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
  if (event.ctrlKey || event.metaKey || event.altKey || event.repeat || !Object.hasOwn(keys, key)) return;
  event.preventDefault();
  keys[key]();
});
for (const button of document.querySelectorAll("[data-answer]"))
  button.addEventListener("click", () => answer(button.dataset.answer));
find("back").addEventListener("click", goBack);
find("again").addEventListener("click", goBack);
find("next").addEventListener("click", goOn);
find("copy").addEventListener("click", copy);
find("finish").addEventListener("click", finish);
find("pair").append(compare.tools, compare.wipe, compare.stage);
find("tools").append(Comparer.help([
  ["Y N U", "something new, nothing new, not sure"],
  ["J K", "next and previous question, as → and ←"],
  ...Comparer.KEYS.filter(([key]) => key !== "O"),
]));
call("state/");
