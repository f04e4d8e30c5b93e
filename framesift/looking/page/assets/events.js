"use strict";
// Events on a timeline: a bar along its top from the first frame of each to the last.
function drawEvents(u, frames, x, color) {
  if (!frames.events || !frames.events.length) return;
  const places = new Map(frames.rows.map((row, n) => [row[0], x[n]]));
  const { min, max } = u.scales.x, { left, top, width } = u.bbox;
  u.ctx.save();
  u.ctx.fillStyle = color;
  for (const [first, last] of frames.events) {
    const [from, to] = [places.get(first), places.get(last)];
    if (from === undefined || to === undefined || to < min || from > max) continue;
    const start = Math.max(u.valToPos(from, "x", true), left), end = Math.min(u.valToPos(to, "x", true), left + width);
    // As wide at least as can be seen and told from its neighbour.
    u.ctx.fillRect(start - devicePixelRatio, top, Math.max(end - start, 0) + 3 * devicePixelRatio, 6 * devicePixelRatio);
  }
  u.ctx.restore();
}
