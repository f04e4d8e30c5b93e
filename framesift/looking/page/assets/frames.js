"use strict";
// One camera: its charts and its table are made when they come near the screen. All text goes in as text.
(() => {
  const PAGE = 50, SHORT = { pairs: 6, contacts: 18 };
  const { make, clock, nameOf, VERDICTS } = words;

  class Camera {
    constructor(section) {
      this.section = section;
      this.frames = JSON.parse(document.getElementById("frames-" + section.id.split("-")[1]).text);
      this.found = this.frames.rows.map((_, n) => n);
      this.small = new Map();
      this.lines = new Map();
      this.reveals = [];
      this.count();
      section.querySelectorAll("ol.grid").forEach((list) => this.list(list));
      const place = section.querySelector(".timeline");
      this.film = new Film(section.querySelector(".film"), this);
      this.timeline = timeline(place, this.frames, (reading, row) => this.describe(reading, row),
        (row) => viewer.open(this, row, this.found), 220);
      place.addEventListener("keydown", (event) => {
        if (event.key !== " " || !event.target.matches(".chart")) return;
        event.preventDefault();
        this.film.toggle();
      });
      histogram(section.querySelector(".histogram"), this.frames.histogram);
      const table = section.querySelector(".table");
      table.addEventListener("toggle", () => { this.table = new Table(table, this); }, { once: true });
      this.filter = new Filter(section.querySelector(".filter"), this.frames, (found, chosen) => this.show(found, chosen));
      this.hours = new Hours(section.querySelector(".hours"), this.frames, this.filter);
    }

    limit(row) { return row[4] === null ? null : this.frames.sizes[row[4]][2]; }

    size(index) { return this.frames.sizes[this.frames.rows[index][4]] ?? null; }

    rowOf(row) { return typeof row[5] === "number" ? this.frames.rows[row[5]] : undefined; }

    reference(row) { return this.rowOf(row)?.[0] ?? row[5]; }

    hasReference(index) { return this.frames.rows[index][5] !== null; }

    // How many frames, up to when, each kept frame stands for: itself, and those that were dropped because of it.
    count() {
      this.like = new Map();
      this.frames.rows.forEach((row, n) => {
        if (row[3] === "keep") this.like.set(n, []);
        else if (row[3] === "drop" && row[7] === undefined) this.like.get(row[5])?.push(n);
      });
    }

    stands(index) {
      const like = this.like.get(index);
      if (!like) return "";
      if (!like.length) return "stands for itself alone";
      const [from, to] = [this.frames.rows[index], this.frames.rows[like.at(-1)]].map((row) => clock(row[1], this.frames));
      const until = from.slice(0, 10) === to.slice(0, 10) ? to.slice(11) : to;
      return `stands for ${like.length + 1} frames${to ? `, ${from.slice(11)} to ${until}` : ""}`;
    }

    verdict(index) {
      const row = this.frames.rows[index], word = row[7] !== undefined && row[3] === "drop" ? "left out" : VERDICTS[row[3]];
      return `${word[0].toUpperCase()}${word.slice(1)}: ${this.reason(row)}`;
    }

    share(row, px) { return `${Number((100 * px / Math.max(this.frames.sizes[row[4]][3], 1)).toPrecision(3))} %`; }

    // Where the manifest's reason says more than score and threshold, that is what it says after a colon.
    reason(row) {
      if (row[2] === null) return row[6];
      const more = row[7] === undefined ? "" : row[6].slice(row[6].indexOf(":"));
      return describeScore(row[2], this.limit(row), this.frames.sizes[row[4]][3]) + more;
    }

    picture(index) { return this.pictureOf(this.frames.rows[index][0], index); }

    pictureOf(path, index) { return { path, places: this.frames.places, small: this.small.get(index) }; }

    outlines(index) {
      const drawn = this.lines.get(index);
      return drawn?.cloneNode(true);
    }

    link(index) {
      return `#${encodeURIComponent(this.section.dataset.camera)}/${pictures.address(this.frames.rows[index][0]) ?? ""}`;
    }

    // While it plays, not every frame is read out.
    quiet(silent) { this.section.querySelector(".reading").setAttribute("aria-live", silent ? "off" : "polite"); }

    describe(place, index) {
      const at = index < 0 ? 0 : index, row = this.frames.rows[at];
      if (!this.shown) {
        const image = (name) => make("button", { type: "button", className: "shot", ariaLabel: name }, make("img", { alt: "" }));
        this.shown = [image("open the reference and the frame"), image("open the frame and its reference")];
        this.said = make("span", { className: "said" });
        for (const shot of this.shown) shot.addEventListener("click", () => viewer.open(this, this.film.at, this.found));
        place.append(...this.shown, this.said);
      }
      const stands = this.stands(at);
      this.said.replaceChildren(make("strong", { className: nameOf(row[3]) }, `${VERDICTS[row[3]]}:`), ` ${this.reason(row)}`, make("br"),
        make("span", { className: "path" }, row[0]), ` ${clock(row[1], this.frames)}`, ...(stands ? [make("br"), stands] : []));
      const [before, after] = this.shown;
      before.hidden = !this.hasReference(at);
      if (!before.hidden) pictures.fill(before.firstChild, this.pictureOf(this.reference(row), row[5]));
      pictures.fill(after.firstChild, this.picture(at));
      this.film.go(at);
    }

    // The pictures of a list, which open large, and lead to their place on the timeline. Of a long list some are shown.
    list(list) {
      const items = [...list.children].filter((item) => item.matches("li"));
      const rows = items.map((item) => Number(item.dataset.row));
      items.forEach((item, n) => this.card(item, rows[n], rows));
      const short = SHORT[list.classList.contains("pairs") ? "pairs" : "contacts"];
      if (items.length > short) {
        items.slice(short).forEach((item) => { item.hidden = true; });
        const more = make("button", { type: "button", className: "more" }, `Show all ${items.length}`);
        const reveal = () => {
          items.forEach((item) => { item.hidden = false; });
          more.remove();
        };
        more.addEventListener("click", () => {
          reveal();
          items[short].querySelector("[tabindex], button")?.focus();
        });
        this.reveals.push(reveal);
        list.after(more);
      }
      if (list.classList.contains("contacts") && this.like.size > items.length) this.offerAll(list);
    }

    card(item, row, rows) {
      const places = [...item.querySelectorAll(".picture")], frame = this.frames.rows[row];
      const last = item.querySelector(".pair, figure > div").lastElementChild;
      places.forEach((place) => {
        const name = place.querySelector("img").dataset.picture;
        this.small.set(place === last ? row : frame[5], name);
        const lines = place.querySelector("svg");
        if (lines) this.lines.set(row, lines);
        place.tabIndex = 0;
        place.setAttribute("role", "button");
        const open = () => viewer.open(this, row, rows);
        place.addEventListener("click", open);
        place.addEventListener("keydown", (event) => {
          if (event.key !== "Enter" && event.key !== " ") return;
          event.preventDefault();
          open();
        });
      });
      const caption = item.querySelector("figcaption");
      if (this.like.has(row)) caption.append(this.unfold(row));
      const button = make("button", { type: "button", className: "find" }, "Show on the timeline");
      button.addEventListener("click", () => this.find(row));
      caption.append(button);
    }

    unfold(row) {
      const like = this.like.get(row);
      if (!like.length) return make("p", {}, this.stands(row));
      const button = make("button", { type: "button", className: "stands" }, this.stands(row));
      button.addEventListener("click", () => viewer.open(this, like[0], like));
      return button;
    }

    find(row) {
      this.timeline.go(row);
      const chart = this.section.querySelector(".chart");
      this.section.querySelector(".timeline").scrollIntoView({ block: "start" });
      chart.focus({ preventScroll: true });
    }

    // All kept frames, not only those that the page brings: their pictures come from where the frames lie.
    offerAll(list) {
      const button = make("button", { type: "button", className: "every" }, `All ${this.like.size} kept frames, one after the other`);
      button.addEventListener("click", () => viewer.open(this, this.film.kept[0], this.film.kept));
      list.after(button);
    }

    // The frames that the filter leaves, everywhere.
    show(found, chosen) {
      this.found = found;
      this.timeline.only(chosen);
      this.film.only(chosen);
      this.hours.mark(this.filter.chosen);
      this.table?.list(found);
      if (chosen) this.reveals.splice(0).forEach((reveal) => reveal());
      this.section.querySelectorAll("li[data-row]").forEach((item) => item.classList.toggle("unwanted", chosen !== null && !chosen[item.dataset.row]));
    }
  }

  const cameras = new Map();
  const cameraOf = (section) => {
    if (!cameras.has(section)) cameras.set(section, new Camera(section));
    return cameras.get(section);
  };
  const sections = [...document.querySelectorAll("section.camera")];
  const near = new IntersectionObserver((entries) => {
    for (const entry of entries) {
      if (!entry.isIntersecting) continue;
      near.unobserve(entry.target);
      cameraOf(entry.target);
    }
  }, { rootMargin: "600px" });
  sections.forEach((section) => near.observe(section));
  // On paper nothing can be opened: what is said of the whole run is, and the lists that are closed are not printed.
  addEventListener("beforeprint", () => {
    document.querySelector("header details").open = true;
    sections.forEach(cameraOf);
  });

  // The camera in view is marked in the line at the top.
  const links = new Map([...document.querySelectorAll(".cameras a")].map((link) => [link.hash.slice(1), link]));
  const inView = new IntersectionObserver((entries) => {
    for (const { target, isIntersecting } of entries) {
      const link = links.get(target.id);
      if (isIntersecting) link?.setAttribute("aria-current", "true");
      else link?.removeAttribute("aria-current");
    }
  }, { rootMargin: "-30% 0px -65% 0px" });
  sections.forEach((section) => inView.observe(section));

  // An address such as #c7/c7-1686705126000.jpg, or a part of that name, leads to a decision.
  function follow() {
    const [name, ...rest] = location.hash.slice(1).split("/");
    let camera, path;
    try {
      [camera, path] = [decodeURIComponent(name), decodeURIComponent(rest.join("/"))];
    } catch {
      return;
    }
    const section = path && sections.find((each) => each.dataset.camera === camera);
    if (!section) return;
    const found = cameraOf(section), rows = found.frames.rows;
    const exact = rows.findIndex((row) => row[0] === path), row = exact < 0 ? rows.findIndex((each) => each[0].includes(path)) : exact;
    if (row >= 0) found.find(row);
  }
  addEventListener("hashchange", follow);
  follow();
})();
