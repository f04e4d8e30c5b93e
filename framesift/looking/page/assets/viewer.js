"use strict";
// A frame and its reference large, so that the eye sees what moved; and on to the next frame.
const viewer = (() => {
  const { make, nameOf } = words;
  const dialog = make("dialog", { className: "large" });
  dialog.setAttribute("aria-label", "a frame and its reference");
  const compare = new Comparer({ beside: false });
  const [below, above] = compare.images;
  const said = make("p", { className: "words" }), note = make("p", { className: "faint" });
  const where = make("span", { role: "status" });
  let camera = null, list = [], place = 0;

  const buttons = {
    back: Comparer.button("Previous", "←", () => go(place - 1)),
    next: Comparer.button("Next", "→", () => go(place + 1)),
    close: Comparer.button("Close", "Esc", () => dialog.close()),
  };
  const title = (className, word, path, row) => [make("span", { className }, word), " ", make("span", { className: "path" }, path), ` ${words.clock(row?.[1], camera.frames)}`];

  async function go(to) {
    if (to < 0 || to >= list.length) return;
    place = to;
    const row = list[place], frame = camera.frames.rows[row], other = camera.hasReference(row);
    const reference = other ? camera.reference(frame) : "";
    buttons.back.disabled = place === 0;
    buttons.next.disabled = place === list.length - 1;
    where.textContent = `${place + 1} of ${list.length}`;
    const stands = camera.stands(row);
    said.textContent = `${camera.verdict(row)}.${stands ? ` It ${stands}.` : ""}`;
    note.textContent = "";
    compare.show({
      before: other ? { alt: `reference: ${reference}`, words: title("drop", "reference", reference, camera.rowOf(frame)) } : null,
      after: { alt: frame[0], words: title(nameOf(frame[3]), words.VERDICTS[frame[3]], frame[0], frame), lines: camera.outlines(row) },
      size: camera.size(row),
    });
    try {
      history.replaceState(null, "", camera.link(row));
    } catch { /* not everywhere may a page of files change its address */ }
    const shown = [pictures.fill(above, camera.picture(row))];
    if (other) shown.push(pictures.fill(below, camera.pictureOf(reference, frame[5])));
    const whole = (await Promise.all(shown)).every(Boolean);
    if (!whole && place === to) note.textContent = above.src ? "The page does not see the frames themselves from where it lies: these are its small pictures."
      : "The page does not see this frame from where it lies.";
  }

  const steps = { k: "back", ArrowLeft: "back", j: "next", ArrowRight: "next" };
  dialog.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || compare.moves(event)) return;
    const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
    if (compare.press(event)) event.stopPropagation();
    else if (Object.hasOwn(steps, key)) {
      event.preventDefault();
      event.stopPropagation();
      buttons[steps[key]].click();
    }
  });
  dialog.addEventListener("close", () => compare.stop());
  compare.tools.append(...Object.values(buttons), where);
  dialog.append(compare.tools, compare.wipe, compare.stage, said, note);
  document.body.append(dialog);

  // Opens the frame of a row of a camera; `rows` are those that one walks through.
  function open(of, row, rows) {
    [camera, list] = [of, rows];
    if (!dialog.open) dialog.showModal();
    go(Math.max(0, rows.indexOf(row)));
    compare.focus();
  }
  return { open };
})();

document.querySelector("h1").after(Comparer.help([
  ["← →", "on a chart: from frame to frame; Page up and Page down: between kept frames"],
  ["+ - 0", "there: zoom in, zoom out, everything"],
  ["Space", "there: play the kept frames"],
  ["Enter", "there: open the frame and its reference"],
  ["J K", "then: next and previous frame, as → and ←"],
  ...Comparer.KEYS,
]));
