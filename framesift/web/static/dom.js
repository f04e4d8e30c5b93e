/* Makes elements. Text only ever becomes text: a file's name that looks like HTML is shown, not read. */
export const find = (identity) => document.getElementById(identity);

/** An element with properties, `data` and attributes (names with a dash), and children (elements or text). */
export function make(tag, properties = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (value === undefined || value === null) continue;
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else if (name === "data") Object.assign(element.dataset, value);
    else if (name === "class") element.className = value;
    else if (name.includes("-") || name === "role") element.setAttribute(name, value);
    else element[name] = value;
  }
  element.append(...children.flat().filter((child) => child !== null && child !== undefined && child !== ""));
  return element;
}

/** Tells those who listen to the page, not look at it. */
export function say(text) {
  find("said").textContent = text;
}

let fading = 0;

/** Tells everybody, in passing: what a key has done, or why it does nothing. */
export function tell(text) {
  say(text);
  const place = find("told");
  place.textContent = text;
  place.hidden = false;
  clearTimeout(fading);
  fading = setTimeout(() => { place.hidden = true; }, 6000);
}

/** A button as all pages have them; `key` is shown and works as the page says. */
export function button(text, onclick, { key, ...properties } = {}) {
  const shown = key ? make("kbd", { "aria-hidden": "true" }, key) : null;
  return make("button", { type: "button", onclick, ...properties }, text, shown);
}
