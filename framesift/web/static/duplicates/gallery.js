/* All pictures of a folder, before any search and after it; each opens at full size. */
import { address, picture, read, thumbnail } from "../api.js";
import { find, make } from "../dom.js";
import { number, size } from "../words.js";

const LIMIT = 60;

export class Gallery {
  constructor(collection, complain) {
    Object.assign(this, { collection, complain, items: [], total: 0, at: 0, turn: 0 });
    find("gallery-more").addEventListener("click", () => this.more());
    find("single-close").addEventListener("click", () => find("single").close());
    find("single-back").addEventListener("click", () => this.step(-1));
    find("single-next").addEventListener("click", () => this.step(1));
    find("single").addEventListener("keydown", (event) => this.press(event));
    find("single").addEventListener("close", () => find("pictures").children[this.at]?.firstChild.focus());
  }

  /** Shows what the folder holds now. */
  async load() {
    const mine = ++this.turn;
    const items = await this.fetch(0, Math.max(LIMIT, Math.min(this.items.length, 500)));
    if (mine !== this.turn || !items) return;
    this.items = items;
    find("pictures").replaceChildren(...items.map((item, place) => this.makeItem(item, place)));
    this.showRest();
  }

  async more() {
    const before = this.items.length;
    const items = await this.fetch(before, LIMIT);
    if (!items || before !== this.items.length) return;
    this.items.push(...items);
    find("pictures").append(...items.map((item, place) => this.makeItem(item, before + place)));
    this.showRest();
    find("pictures").children[before]?.firstChild.focus();
  }

  async fetch(offset, limit) {
    try {
      const { total, items } = await read(`${address("collections", this.collection, "images")}?offset=${offset}&limit=${limit}`);
      this.total = total;
      return items;
    } catch (problem) {
      this.complain(problem);
      return null;
    }
  }

  showRest() {
    find("gallery").hidden = !this.items.length;
    find("gallery-title").textContent = this.total === 1 ? "The picture of this folder" : `All ${number(this.total)} pictures`;
    find("gallery-more").hidden = this.items.length >= this.total;
    find("gallery-more").textContent = `Show more (${number(this.total - this.items.length)} left)`;
  }

  makeItem(item, place) {
    const small = make("img", { loading: "lazy", decoding: "async", alt: "", src: thumbnail(this.collection, item.id, 240) });
    return make("li", {}, make("button", { type: "button", onclick: () => this.open(place) },
      small, make("span", { class: "file" }, item.name), make("span", { class: "faint" }, describe(item))));
  }

  open(place) {
    this.at = place;
    const item = this.items[place];
    find("single-picture").src = picture(this.collection, item.id);
    find("single-picture").alt = item.name;
    find("single-title").textContent = item.name;
    find("single-facts").textContent = `${number(place + 1)} of ${number(this.total)}: ${describe(item)}`;
    find("single-back").disabled = place === 0;
    find("single-next").disabled = place === this.items.length - 1;
    if (!find("single").open) find("single").showModal();
    if (document.activeElement.disabled || document.activeElement === document.body) find("single-title").focus();
  }

  step(by) {
    if (this.items[this.at + by]) this.open(this.at + by);
  }

  press(event) {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const by = { ArrowLeft: -1, k: -1, ArrowRight: 1, j: 1 }[event.key];
    if (!by) return;
    event.preventDefault();
    this.step(by);
  }
}

function describe({ width, height, bytes }) {
  return width ? `${width}×${height}, ${size(bytes)}` : `cannot be read, ${size(bytes)}`;
}
