/* Which collections are selected, across the pages of the list and across a reload of the page. */
const KEPT = "framesift-selection";

export class Selection {
  #chosen;
  #changed;

  constructor(changed) {
    this.#changed = changed;
    this.#chosen = new Map(read());
  }

  get size() {
    return this.#chosen.size;
  }

  get identities() {
    return [...this.#chosen.keys()];
  }

  has(identity) {
    return this.#chosen.has(identity);
  }

  /** Selects the collections, or takes them out where `on` is false. */
  mark(collections, on = true) {
    for (const { id, name, person_id } of collections) {
      if (on) this.#chosen.set(id, { id, name, person_id });
      else this.#chosen.delete(id);
    }
    this.#keep();
  }

  clear() {
    this.#chosen.clear();
    this.#keep();
  }

  #keep() {
    try {
      sessionStorage.setItem(KEPT, JSON.stringify([...this.#chosen]));
    } catch {
      sessionStorage.removeItem(KEPT); // too many for the browser's storage: only a reload forgets them
    }
    this.#changed();
  }
}

function read() {
  try {
    return JSON.parse(sessionStorage.getItem(KEPT)) ?? [];
  } catch {
    return [];
  }
}
