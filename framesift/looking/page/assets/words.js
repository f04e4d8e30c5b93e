"use strict";
// How numbers and times are said, as the commands say them.
const words = (() => {
  const VERDICTS = { keep: "kept", drop: "dropped", skip: "skipped" };
  // Shares of the `area` that is compared, so short that the two are still told apart.
  const numbers = (score, limit, area) => {
    const share = (px, digits) => String(Number((100 * px / Math.max(area, 1)).toPrecision(digits)));
    let digits = 2;
    while (digits < 16 && score !== limit && share(score, digits) === share(limit, digits)) digits++;
    return `changed ${share(score, digits)} % of the picture, needed more than ${share(limit, digits)} %`;
  };
  const clocks = new Map();
  const clock = (seconds, frames) => {
    if (seconds === null || seconds === undefined) return "";
    const zone = zoneOf(frames);
    if (!clocks.has(zone)) clocks.set(zone, new Intl.DateTimeFormat("sv-SE", { dateStyle: "short", timeStyle: "medium", timeZone: zone }));
    const rest = seconds % 1 ? seconds.toFixed(3).slice(-4) : "";
    return clocks.get(zone).format(seconds * 1000) + rest;
  };
  const make = (tag, properties, ...children) => {
    const element = Object.assign(document.createElement(tag), properties);
    element.append(...children);
    return element;
  };
  const toggle = (name, key, act) => {
    const button = make("button", { type: "button" }, name, " ", make("kbd", { ariaHidden: "true" }, key));
    button.addEventListener("click", act);
    return button;
  };
  return { VERDICTS, numbers, clock, make, toggle };
})();
