"use strict";
// Pictures stand in the page once, as text; an element takes its picture when it comes near the screen.
const pictures = (() => {
  const source = (name) => "data:image/jpeg;base64," + document.getElementById(name).text;
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
  return { source };
})();
