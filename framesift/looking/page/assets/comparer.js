"use strict";
// Two pictures, what was there before and what came after, as every page compares them: beside each other, or one over
// the other, so that the eye sees what moved. The same buttons and the same keys everywhere.
const Comparer = (() => {
  const TURN = 500; // ms
  const make = (tag, properties, ...children) => {
    const element = Object.assign(document.createElement(tag), properties);
    element.append(...children);
    return element;
  };
  // Whether what has the focus was chosen with the keyboard: the space bar then presses it, as everywhere.
  let tabbed = false;
  addEventListener("keydown", (event) => { if (event.key === "Tab") tabbed = true; }, true);
  addEventListener("pointerdown", () => { tabbed = false; }, true);

  class Side {
    constructor(name) {
      this.image = make("img", { alt: "" });
      this.fit = make("span", { className: "fit" }, this.image);
      this.pane = make("div", { className: "pane", tabIndex: 0 }, this.fit);
      this.pane.setAttribute("role", "group");
      this.caption = make("figcaption", {});
      this.figure = make("figure", { className: name }, this.caption, this.pane);
      this.image.addEventListener("error", () => this.lack("This frame cannot be read any more."));
    }

    lack(reason) { this.pane.replaceChildren(reason ? make("div", { className: "missing" }, reason) : this.fit); }

    show({ src, alt = "", words = alt, lines, missing = "" }) {
      this.lack(missing);
      this.image.alt = alt;
      if (src === undefined) this.image.removeAttribute("src");
      else if (this.image.getAttribute("src") !== src) this.image.src = src;
      this.caption.replaceChildren(...[words].flat());
      this.pane.setAttribute("aria-label", this.caption.textContent);
      this.fit.replaceChildren(this.image, ...(lines ? [lines] : []));
    }
  }

  class Made {
    // `beside`: how it begins; `outlines`: whether the pages draw what changed.
    constructor({ beside = true, outlines = true } = {}) {
      [this.before, this.after] = [new Side("before"), new Side("after")];
      this.sides = [this.before, this.after];
      this.stage = make("div", { className: "comparer" }, this.before.figure, this.after.figure);
      this.wipe = make("input", { type: "range", className: "wipe", min: 0, max: 100, value: 50, hidden: true });
      this.wipe.setAttribute("aria-label", "how much of the second picture lies over the first");
      this.wipe.addEventListener("input", () => this.settle());
      Object.assign(this, { mode: beside ? "beside" : "flip", first: false, full: false, plain: false, pair: false, ticking: 0, size: null });
      const toggle = Made.button;
      this.buttons = {
        beside: toggle("Side by side", "B", () => this.go("beside")),
        flip: toggle("Flip", "F", () => this.flip()),
        flicker: toggle("Flicker", "Space", () => this.go(this.mode === "flicker" ? "flip" : "flicker")),
        wipe: toggle("Wipe", "W", () => this.go(this.mode === "wipe" ? "flip" : "wipe")),
        ...(outlines ? { outlines: toggle("Outlines", "O", () => { this.plain = !this.plain; this.settle(); }) } : {}),
        full: toggle("1:1", "Z", () => this.zoom()),
      };
      this.keys = { b: "beside", f: "flip", " ": "flicker", w: "wipe", o: "outlines", z: "full" };
      this.tools = make("div", { className: "tools comparing" }, ...Object.values(this.buttons));
      for (const side of this.sides) {
        side.image.addEventListener("load", () => this.settle());
        side.pane.addEventListener("scroll", () => this.follow(side));
        this.drag(side.pane);
      }
      this.settle();
    }

    // The pages' own picture elements, `[before, after]`, for those that fill them by themselves.
    get images() { return this.sides.map((side) => side.image); }

    // `before` may be missing; `size`: width and height of the frames in px, where their pictures may be smaller.
    show({ before = null, after, size = null }) {
      this.pair = before !== null;
      this.size = size;
      this.first = false;
      this.before.show(before ?? {});
      this.after.show(after);
      this.before.figure.hidden = !this.pair;
      this.settle();
    }

    // What changed, drawn over the picture that came after.
    outline(lines) {
      this.after.fit.append(lines);
      this.settle();
    }

    focus() { this[this.first ? "before" : "after"].pane.focus({ preventScroll: true }); }

    // When nobody looks any more.
    stop() { if (this.mode === "flicker") this.go("flip"); }

    flip() {
      if (this.mode === "flip") this.first = !this.first;
      else this.mode = "flip";
      this.settle();
    }

    go(mode) {
      this.mode = mode;
      this.first = false;
      this.settle();
    }

    zoom() {
      this.full = !this.full;
      this.settle();
      const pane = this.after.pane;
      pane.scrollTo((pane.scrollWidth - pane.clientWidth) / 2, (pane.scrollHeight - pane.clientHeight) / 2);
    }

    settle() {
      const { mode, pair, full } = this, over = pair && mode !== "beside";
      clearInterval(this.ticking);
      this.ticking = over && mode === "flicker" ? setInterval(() => { this.first = !this.first; this.hide(); }, TURN) : 0;
      for (const [name, on] of Object.entries({ over, wiping: over && mode === "wipe", full, plain: this.plain, alone: !pair }))
        this.stage.classList.toggle(name, on);
      this.measure();
      this.wipe.hidden = !over || mode !== "wipe";
      this.after.pane.style.clipPath = this.wipe.hidden ? "" : `inset(0 0 0 ${this.wipe.value}%)`;
      for (const name of ["beside", "flip", "flicker", "wipe"]) this.mark(name, mode === name, !pair);
      this.mark("full", full);
      if (this.buttons.outlines) this.mark("outlines", !this.plain); // of the next pairs too, and of those still to be drawn
      this.hide();
    }

    mark(name, on, disabled = false) {
      this.buttons[name].setAttribute("aria-pressed", String(on));
      this.buttons[name].disabled = disabled;
    }

    // Both are as large, that what moved is seen; at 1:1 each is as large as it is.
    measure() {
      const known = this.size ?? (this.after.image.naturalWidth ? natural(this.after.image) : natural(this.before.image));
      for (const { image, fit } of this.sides) {
        const [width, height] = this.full && !this.size && image.naturalWidth ? natural(image) : known;
        fit.style.setProperty("--ratio", String(width / Math.max(height, 1)));
        fit.style.width = this.full ? `${width}px` : "";
      }
    }

    hide() {
      const over = this.stage.classList.contains("over"), both = !over || this.mode === "wipe";
      const away = both ? null : this.first ? this.after : this.before;
      for (const side of this.sides) side.figure.classList.toggle("away", side === away);
      if (away?.figure.contains(document.activeElement)) this.focus();
    }

    // Both show the same part.
    follow({ pane }) {
      const other = pane === this.before.pane ? this.after.pane : this.before.pane;
      for (const [at, all, seen] of [["scrollLeft", "scrollWidth", "clientWidth"], ["scrollTop", "scrollHeight", "clientHeight"]]) {
        const range = pane[all] - pane[seen], wanted = range > 0 ? (pane[at] / range) * (other[all] - other[seen]) : 0;
        if (Math.abs(other[at] - wanted) > 1) other[at] = wanted;
      }
    }

    drag(pane) {
      let from = null;
      pane.addEventListener("pointerdown", (event) => { from = event.pointerType === "mouse" ? [event.clientX + pane.scrollLeft, event.clientY + pane.scrollTop] : null; });
      pane.addEventListener("pointermove", (event) => { if (from && event.buttons) pane.scrollTo(from[0] - event.clientX, from[1] - event.clientY); });
      pane.addEventListener("dragstart", (event) => event.preventDefault());
    }

    // Does what a key means; tells whether it means anything here.
    press(event) {
      const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
      const button = Object.hasOwn(this.keys, key) ? this.buttons[this.keys[key]] : null;
      if (!button || event.ctrlKey || event.metaKey || event.altKey) return false;
      if (key === " " && tabbed && event.target.matches?.("button, a, summary")) return false;
      event.preventDefault();
      if (!event.repeat) button.click();
      return true;
    }

    // Whether an arrow key moves what has the focus: the line of the wipe, or at 1:1 the picture.
    moves(event) {
      return event.key.startsWith("Arrow") && (event.target === this.wipe || (this.full && this.stage.contains(event.target)));
    }
  }

  const natural = (image) => image.naturalWidth ? [image.naturalWidth, image.naturalHeight] : [4, 3];

  // A button as all pages have them, with its key.
  Made.button = (text, key, act) => {
    const button = make("button", { type: "button" }, text, " ", make("kbd", { ariaHidden: "true" }, key));
    button.addEventListener("click", act);
    return button;
  };
  Made.KEYS = [
    ["F", "flip: one picture over the other, each press shows the other one"],
    ["Space", "flicker: the two in turns"],
    ["W", "wipe: one over the other, up to a line that you move"],
    ["B", "side by side"],
    ["O", "outlines of what changed, on and off"],
    ["Z", "1:1, pixel by pixel; dragging or arrow keys move both pictures"],
  ];
  // Rows of a list of keys, each keys and meaning.
  Made.list = (rows) => rows.map(([keys, meaning]) => make("div", {}, make("dt", {}, ...keys.split(" ").flatMap((key) => [make("kbd", {}, key), " "])), make("dd", {}, meaning)));
  // For a page without such a list: a button and `?` show it.
  Made.help = (rows) => {
    let dialog = null;
    const build = () => {
      const close = Made.button("Close", "Esc", () => dialog.close());
      const heading = make("h2", { tabIndex: -1, autofocus: true }, "Keys of this page");
      dialog = make("dialog", { className: "large help" }, heading,
        make("dl", {}, ...Made.list([...rows, ["?", "show and hide these keys"]])), make("div", { className: "tools" }, close));
      dialog.setAttribute("aria-label", "keys of this page");
      document.body.append(dialog);
    };
    const turn = () => {
      if (!dialog) build();
      if (dialog.open) dialog.close();
      else dialog.showModal();
    };
    // Before the keys of a dialog below: while the list is open it has them all.
    addEventListener("keydown", (event) => {
      if (event.ctrlKey || event.metaKey || event.altKey || event.target.closest?.("input:not([type=range]):not([type=checkbox]), select, textarea")) return;
      if (event.key === "?") {
        event.preventDefault();
        turn();
      } else if (dialog?.open) event.stopPropagation();
    }, true);
    return Made.button("Keys", "?", turn);
  };
  return Made;
})();
