"use strict";
/* Shows one pair at a time and sends each answer to the program that waits for it. */
const find = (identity) => document.getElementById(identity);
let shown = null;
let busy = false;
let swapping = 0;

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
  for (const side of ["reference", "path"]) {
    const image = find(side);
    image.src = `picture/${state.number}/${side}`;
    const word = side === "reference" ? "first" : "second";
    image.alt = `the ${word} frame: ${state[side]}`;
    image.closest("figure").querySelector("figcaption").textContent = `${word}: ${state[side]}`;
  }
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

/* Lays the two over each other in turns: what is new then jumps to the eye. */
function swap() {
  const figures = document.querySelectorAll("#pair figure");
  for (const figure of figures) figure.classList.remove("under");
  clearInterval(swapping);
  const on = document.body.classList.toggle("swapped");
  find("swap").setAttribute("aria-pressed", String(on));
  if (!on) return;
  let turn = 0;
  const change = () => {
    figures[turn].classList.remove("under");
    turn = 1 - turn;
    figures[turn].classList.add("under");
  };
  change();
  swapping = setInterval(change, 600);
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

const keys = { y: () => answer("yes"), n: () => answer("no"), u: () => answer("unsure"), f: swap, ArrowLeft: goBack };
addEventListener("keydown", (event) => {
  const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
  if (event.ctrlKey || event.metaKey || event.altKey || event.repeat || !Object.hasOwn(keys, key)) return;
  event.preventDefault();
  keys[key]();
});
for (const button of document.querySelectorAll("[data-answer]"))
  button.addEventListener("click", () => answer(button.dataset.answer));
find("back").addEventListener("click", goBack);
find("again").addEventListener("click", goBack);
find("swap").addEventListener("click", swap);
find("copy").addEventListener("click", copy);
find("finish").addEventListener("click", finish);
for (const side of ["reference", "path"])
  find(side).addEventListener("error", () => { find("trouble").textContent = "A frame cannot be read any more."; });
call("state/");
