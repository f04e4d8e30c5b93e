"use strict";
// One camera: its charts and its table are made when they come near the screen. All text goes in as text.
(() => {
  const PAGE = 50;
  const VERDICTS = { keep: "kept", drop: "dropped", skip: "skipped" };
  const make = (tag, properties, ...children) => {
    const element = Object.assign(document.createElement(tag), properties);
    element.append(...children);
    return element;
  };
  const clock = (seconds) => seconds === null ? "" : new Date(seconds * 1000).toISOString().replace("T", " ").replace(/(\.000)?Z$/, "");

  class Camera {
    constructor(section) {
      this.section = section;
      this.frames = JSON.parse(document.getElementById("frames-" + section.id.split("-")[1]).text);
      this.timeline = timeline(section.querySelector(".timeline"), this.frames, (place, row) => this.describe(place, row));
      histogram(section.querySelector(".histogram"), this.frames.histogram);
      section.querySelectorAll("li[data-row]").forEach((item) => this.link(item));
      const table = section.querySelector(".table");
      table.addEventListener("toggle", () => this.tabulate(table), { once: true });
    }

    limit(row) { return row[4] === null ? null : this.frames.sizes[row[4]][2]; }

    reference(row) { return typeof row[5] === "number" ? this.frames.rows[row[5]][0] : row[5]; }

    share(row, px) { return `${Number((100 * px / Math.max(this.frames.sizes[row[4]][3], 1)).toPrecision(3))} %`; }

    // Where the manifest's reason says more than score and threshold, that is what it says after a colon.
    reason(row) {
      if (row[2] === null) return row[6];
      const more = row[7] === undefined ? "" : row[6].slice(row[6].indexOf(":"));
      return `changed ${this.share(row, row[2])}, needed more than ${this.share(row, this.limit(row))}${more}`;
    }

    describe(place, index) {
      const row = this.frames.rows[index];
      if (!row) {
        place.replaceChildren("Point at a frame, or walk with the arrow keys.");
        return;
      }
      const name = row[3] === "skip" ? "skipped" : row[3];
      const words = make("span", {}, make("strong", { className: name }, VERDICTS[row[3]]), ` ${this.reason(row)}`, make("br"),
        make("span", { className: "path" }, row[0]), ` ${clock(row[1])}`);
      const item = this.section.querySelector(`li[data-row="${index}"]`);
      const shots = item ? [...item.querySelectorAll("img[data-picture]")] : [];
      place.replaceChildren(words, ...shots.map((shot) => make("img", { src: pictures.source(shot.dataset.picture), alt: "" })));
    }

    // From a picture to its place on the timeline.
    link(item) {
      const button = make("button", { type: "button", className: "find" }, "Show on the timeline");
      button.addEventListener("click", () => {
        this.timeline.go(Number(item.dataset.row));
        const chart = this.section.querySelector(".chart");
        chart.scrollIntoView({ block: "center" });
        chart.focus({ preventScroll: true });
      });
      item.querySelector("figcaption").append(button);
    }

    tabulate(place) {
      const rows = this.frames.rows;
      let found = rows.map((_, n) => n), first = 0;
      const only = make("select", {}, ...[["", "all"], ...Object.entries(VERDICTS)].map(([value, text]) => make("option", { value }, text)));
      const part = make("input", { type: "search", size: 20 });
      const back = make("button", { type: "button" }, "Back"), on = make("button", { type: "button" }, "On");
      const where = make("span", { role: "status" });
      const body = make("tbody");
      const fill = () => {
        where.textContent = found.length ? `${first + 1} to ${Math.min(first + PAGE, found.length)} of ${found.length}` : "none";
        back.disabled = first === 0;
        on.disabled = first + PAGE >= found.length;
        body.replaceChildren(...found.slice(first, first + PAGE).map((n) => this.line(rows[n])));
      };
      const look = () => {
        found = rows.flatMap((row, n) => (!only.value || row[3] === only.value) && row[0].includes(part.value) ? [n] : []);
        first = 0;
        fill();
      };
      only.addEventListener("change", look);
      part.addEventListener("input", look);
      back.addEventListener("click", () => { first -= PAGE; fill(); });
      on.addEventListener("click", () => { first += PAGE; fill(); });
      const heads = ["frame", "time", "verdict", "what changed, or reason", "reference"];
      place.append(
        make("div", { className: "tools" }, make("label", {}, "verdict ", only), make("label", {}, "name ", part), back, on, where),
        make("div", { className: "wide", tabIndex: 0 }, make("table", {},
          make("thead", {}, make("tr", {}, ...heads.map((head) => make("th", { scope: "col" }, head)))), body)));
      place.querySelector(".wide").setAttribute("aria-label", "frames of " + this.frames.camera);
      fill();
    }

    line(row) {
      const cells = [row[0], clock(row[1]), VERDICTS[row[3]], this.reason(row), this.reference(row) ?? ""];
      return make("tr", {}, ...cells.map((cell) => make("td", {}, cell)));
    }
  }

  const near = new IntersectionObserver((entries) => {
    for (const entry of entries) {
      if (!entry.isIntersecting) continue;
      near.unobserve(entry.target);
      new Camera(entry.target);
    }
  }, { rootMargin: "600px" });
  document.querySelectorAll("section.camera").forEach((section) => near.observe(section));

  // A picture opens large; its reference and it take turns in the same place, so that the eye sees what moved.
  const dialog = make("dialog", { className: "large" });
  const image = make("img", { alt: "" }), caption = make("p"), flip = make("button", { type: "button" }, "Flip");
  dialog.append(image, caption, make("div", { className: "tools" }, flip,
    make("button", { type: "button", onclick: () => dialog.close() }, "Close")));
  document.body.append(dialog);
  let shots = [], shown = 0;
  const show = () => {
    image.src = pictures.source(shots[shown].dataset.picture);
    image.alt = caption.textContent = shots[shown].alt;
  };
  flip.addEventListener("click", () => { shown = (shown + 1) % shots.length; show(); });
  document.querySelectorAll(".picture").forEach((place) => {
    place.tabIndex = 0;
    place.setAttribute("role", "button");
    const open = () => {
      shots = [...place.parentElement.querySelectorAll("img[data-picture]")];
      shown = shots.indexOf(place.querySelector("img"));
      flip.hidden = shots.length < 2;
      show();
      dialog.showModal();
    };
    place.addEventListener("click", open);
    place.addEventListener("keydown", (event) => {
      if (event.key !== "Enter" && event.key !== " ") return;
      event.preventDefault();
      open();
    });
  });
})();
