"use strict";
// How verdicts and times are said, as the commands say them.
const words = (() => {
  const VERDICTS = { keep: "kept", drop: "dropped", skip: "skipped" };
  // The class of what has a verdict: that of "skip" is taken by the link that skips to the content.
  const nameOf = (verdict) => verdict === "skip" ? "skipped" : verdict;
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
  return { VERDICTS, clock, make, nameOf };
})();
