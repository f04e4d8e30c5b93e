"use strict";
// Pictures stand in the page once, small, as text; an element takes its picture when it comes near the screen. The
// frames themselves are shown from where they lie, as long as the page can see them from there.
const pictures = (() => {
  const source = (name) => "data:image/webp;base64," + document.getElementById(name).text;
  const show = (image) => { if (!image.src) image.src = source(image.dataset.picture); };
  const near = new IntersectionObserver((entries) => {
    for (const entry of entries) {
      if (!entry.isIntersecting) continue;
      show(entry.target);
      near.unobserve(entry.target);
    }
  }, { rootMargin: "800px" });
  document.querySelectorAll("img[data-picture]").forEach((image) => near.observe(image));
  addEventListener("beforeprint", () => document.querySelectorAll("img[data-picture]").forEach(show));

  // A name that is no text in Unicode has no address.
  const address = (path) => {
    try {
      return path.split("/").map(encodeURIComponent).join("/");
    } catch {
      return null;
    }
  };
  // What is not there is not asked for again, and a place that has none of the first frames is not asked at all.
  const gone = new Set(), tallies = {};
  const load = (url) => new Promise((resolve) => {
    const image = new Image();
    image.onload = () => resolve(true);
    image.onerror = () => { gone.add(url); resolve(false); };
    image.src = url;
  });
  // The address of a frame itself, or null where the page does not see it.
  const find = async (places, path) => {
    const end = address(path);
    for (const place of end === null ? [] : places) {
      const tally = tallies[place] ??= { seen: 0, missed: 0 };
      if (gone.has(place + end) || (!tally.seen && tally.missed > 2)) continue;
      if (await load(place + end)) {
        tally.seen++;
        return place + end;
      }
      tally.missed++;
    }
    return null;
  };
  // Shows a frame: its small picture at once, the frame itself when it is there. Tells whether it is itself.
  const fill = async (image, { small, places, path }) => {
    const mine = image.wanted = {};
    if (small) image.src = source(small);
    const found = await find(places, path);
    if (image.wanted !== mine) return true;
    if (found) image.src = found;
    else if (!small) image.removeAttribute("src");
    return found !== null;
  };
  return { source, address, find, fill };
})();
