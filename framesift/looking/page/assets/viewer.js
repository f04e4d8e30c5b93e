"use strict";
// A frame and its reference large, one over the other, so that the eye sees what moved; and on to the next frame.
const viewer = (() => {
  const { make, toggle } = words;
  const dialog = make("dialog", { className: "large" });
  dialog.setAttribute("aria-label", "a frame and its reference");
  const below = make("img", { alt: "" }), above = make("img", { alt: "" });
  const over = make("span", { className: "over" }, above);
  const stack = make("div", { className: "stack", tabIndex: 0 }, make("span", { className: "pile" }, below, over));
  stack.setAttribute("role", "group");
  const title = make("p", { className: "title" }), said = make("p", { className: "words" }), note = make("p", { className: "faint" });
  const where = make("span", { role: "status" });
  const wipe = make("input", { type: "range", min: 0, max: 100, value: 50 });
  wipe.setAttribute("aria-label", "how much of the frame lies over its reference");
  let camera = null, list = [], place = 0, flicker = 0, wiping = false;

  const stop = () => { clearInterval(flicker); flicker = 0; };
  const pressed = (button, state) => button.setAttribute("aria-pressed", String(state));
  const name = () => {
    const row = list[place], frame = camera.frames.rows[row], hidden = over.hidden;
    const path = hidden ? camera.reference(frame) : frame[0];
    const time = words.clock(hidden ? camera.rowOf(frame)?.[1] : frame[1], camera.frames);
    title.replaceChildren(make("span", { className: hidden ? "drop" : frame[3] === "skip" ? "skipped" : frame[3] }, hidden ? "reference" : words.VERDICTS[frame[3]]),
      " ", make("span", { className: "path" }, path), ` ${time}`);
  };
  const cover = (share) => { over.style.clipPath = wiping ? `inset(0 0 0 ${share}%)` : ""; };
  const flip = (hidden) => {
    if (!camera.hasReference(list[place])) return;
    wiping = false;
    settle();
    over.hidden = typeof hidden === "boolean" ? hidden : !over.hidden;
    name();
  };
  const toggles = {
    flip: toggle("Flip", "F", () => { stop(); flip(); }),
    flicker: toggle("Flicker", "Space", () => {
      if (flicker) stop();
      else if (camera.hasReference(list[place])) flicker = setInterval(flip, 500);
      settle();
    }),
    wipe: toggle("Wipe", "W", () => {
      stop();
      if (!camera.hasReference(list[place])) return;
      wiping = !wiping;
      over.hidden = false;
      settle();
      name();
    }),
    outlines: toggle("Outlines", "O", () => { dialog.classList.toggle("plain"); settle(); }),
    full: toggle("1:1", "Z", () => {
      dialog.classList.toggle("full");
      settle();
      stack.scrollTo((stack.scrollWidth - stack.clientWidth) / 2, (stack.scrollHeight - stack.clientHeight) / 2);
    }),
    back: toggle("Previous", "←", () => go(place - 1)),
    next: toggle("Next", "→", () => go(place + 1)),
    close: toggle("Close", "Esc", () => dialog.close()),
  };
  const settle = () => {
    const size = camera.size(list[place]);
    for (const image of [below, above]) {
      image.style.width = dialog.classList.contains("full") && size ? `${size[0]}px` : "";
    }
    wipe.hidden = !wiping;
    cover(wipe.value);
    pressed(toggles.flicker, flicker !== 0);
    pressed(toggles.wipe, wiping);
    pressed(toggles.outlines, !dialog.classList.contains("plain"));
    pressed(toggles.full, dialog.classList.contains("full"));
  };

  async function go(to) {
    if (to < 0 || to >= list.length) return;
    place = to;
    const row = list[place], frame = camera.frames.rows[row], other = camera.hasReference(row);
    stop();
    over.hidden = false;
    over.replaceChildren(above, ...camera.outlines(row));
    for (const key of ["flip", "flicker", "wipe"]) toggles[key].disabled = !other;
    if (!other) wiping = false;
    below.hidden = !other;
    toggles.back.disabled = place === 0;
    toggles.next.disabled = place === list.length - 1;
    toggles.outlines.disabled = over.children.length < 2;
    where.textContent = `${place + 1} of ${list.length}`;
    const stands = camera.stands(row);
    said.textContent = `${camera.verdict(row)}.${stands ? ` It ${stands}.` : ""}`;
    note.textContent = "";
    above.alt = frame[0];
    below.alt = other ? `reference: ${camera.reference(frame)}` : "";
    settle();
    name();
    try {
      history.replaceState(null, "", camera.link(row));
    } catch { /* not everywhere may a page of files change its address */ }
    const shown = [pictures.fill(above, camera.picture(row))];
    if (other) shown.push(pictures.fill(below, camera.pictureOf(camera.reference(frame), frame[5])));
    const whole = (await Promise.all(shown)).every(Boolean);
    if (!whole && place === to) note.textContent = above.src ? "The page does not see the frames themselves from where it lies: these are its small pictures."
      : "The page does not see this frame from where it lies.";
  }

  wipe.addEventListener("input", () => cover(wipe.value));
  const keys = { f: "flip", " ": "flicker", w: "wipe", o: "outlines", z: "full", k: "back", ArrowLeft: "back", j: "next", ArrowRight: "next" };
  dialog.addEventListener("keydown", (event) => {
    const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
    if (event.ctrlKey || event.metaKey || event.altKey || !Object.hasOwn(keys, key) || event.target === wipe) return;
    // At 1:1 the arrows move the picture, where it has the focus.
    if (key.startsWith("Arrow") && event.target === stack && dialog.classList.contains("full")) return;
    event.preventDefault();
    event.stopPropagation();
    toggles[keys[key]].click();
  });
  let drag = null;
  stack.addEventListener("pointerdown", (event) => { if (event.pointerType === "mouse") drag = [event.clientX + stack.scrollLeft, event.clientY + stack.scrollTop]; });
  stack.addEventListener("pointermove", (event) => { if (drag && event.buttons) stack.scrollTo(drag[0] - event.clientX, drag[1] - event.clientY); });
  stack.addEventListener("dragstart", (event) => event.preventDefault());
  dialog.addEventListener("close", stop);
  dialog.append(title, make("div", { className: "tools" }, ...Object.values(toggles), where), wipe, stack, said, note);
  document.body.append(dialog);

  // Opens the frame of a row of a camera; `rows` are those that one walks through.
  function open(of, row, rows) {
    [camera, list] = [of, rows];
    wiping = false;
    if (!dialog.open) dialog.showModal();
    go(Math.max(0, rows.indexOf(row)));
  }
  return { open };
})();
