"use strict";
// What masks leave of the changes that a run has found: on a coarse grid, and against the frames that the run compared
// with, so it is an estimate. Polygons are in shares of the picture.
const estimate = (() => {
  const FINE = 4; // each cell is looked at in 4 x 4 points
  const unpack = (text) => Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));

  // An odd number of edges to its left, as the run fills polygons.
  const holds = (points, x, y) => {
    let inside = false;
    for (let n = 0, m = points.length - 1; n < points.length; m = n++) {
      const [x0, y0] = points[n], [x1, y1] = points[m];
      if (y0 > y !== y1 > y && x < x0 + ((y - y0) * (x1 - x0)) / (y1 - y0)) inside = !inside;
    }
    return inside;
  };
  const leaves = ({ ignore, only }, x, y) =>
    !ignore.some((points) => holds(points, x, y)) && (!only.length || only.some((points) => holds(points, x, y)));

  // Of each cell which share the masks leave, and of all that is compared which share they leave.
  const look = (camera, masks) => {
    const [columns, rows] = camera.grid, [left, top, right, bottom] = camera.compared;
    const cells = new Float32Array(columns * rows);
    let all = 0, open = 0;
    for (let down = 0; down < rows * FINE; down++) {
      for (let across = 0; across < columns * FINE; across++) {
        const x = (across + 0.5) / (columns * FINE), y = (down + 0.5) / (rows * FINE);
        const isOpen = masks.every((mask) => leaves(mask, x, y));
        if (isOpen) cells[Math.floor(down / FINE) * columns + Math.floor(across / FINE)] += 1 / FINE ** 2;
        if (x < left || x >= right || y < top || y >= bottom) continue;
        all++;
        open += isOpen;
      }
    }
    return { cells, columns, share: all ? open / all : 0 };
  };

  const prepare = (camera) => {
    for (const frame of camera.changes?.frames ?? []) {
      frame.regions = frame.regions.map(([area, x, y, columns, weights]) => ({ area, x, y, columns, weights: unpack(weights) }));
    }
    return camera;
  };
  const visit = ({ x, y, columns, weights }, all, act) => {
    for (let n = 0; n < weights.length; n++) if (weights[n]) act((y + Math.floor(n / columns)) * all + x + (n % columns), weights[n]);
  };
  // Which share of a region lies in open cells.
  const part = (region, { cells, columns }) => {
    let whole = 0, open = 0;
    visit(region, columns, (cell, weight) => { whole += weight; open += weight * cells[cell]; });
    return whole ? open / whole : 0;
  };
  const isNew = (frame, left, relative) => {
    const limit = frame.limit * (relative.limit ? left.share : 1), least = frame.least * (relative.least ? left.share : 1);
    let score = 0;
    for (const region of frame.regions) {
      const area = region.area * part(region, left);
      if (area >= least) score += area;
    }
    return score > limit;
  };

  // How many frames would have been kept, of how many that were compared again.
  const count = (camera, masks, relative) => {
    const left = look(camera, masks), { frames, first, kept, dropped } = camera.changes;
    const seen = { kept: [0, 0], dropped: [0, 0] };
    for (const frame of frames) {
      const tally = seen[frame.kept ? "kept" : "dropped"];
      tally[0]++;
      tally[1] += isNew(frame, left, relative);
    }
    const scale = (total, [looked, found], unseen) => (looked ? (total * found) / looked : unseen);
    const keeps = first + scale(kept, seen.kept, kept) + scale(dropped, seen.dropped, 0);
    return { keeps, share: left.share, looked: [seen.kept[0], seen.dropped[0]] };
  };

  const counted = (camera) => (camera.changes?.frames ?? []).filter((frame) => frame.kept)
    .map((frame) => frame.regions.filter((region) => region.area >= frame.least));
  // Of each cell in which share of the kept frames it changed.
  const heat = (camera) => {
    const [columns, rows] = camera.grid, warmth = new Float32Array(columns * rows), frames = counted(camera);
    for (const regions of frames) for (const region of regions) visit(region, columns, (cell, weight) => { warmth[cell] += weight / 64; });
    return warmth.map((sum) => (frames.length ? sum / frames.length : 0));
  };
  // Which share of the change of the kept frames lies in a polygon.
  const within = (camera, points) => {
    const left = look(camera, [{ ignore: [], only: [points] }]);
    let whole = 0, inside = 0;
    for (const regions of counted(camera)) for (const region of regions) {
      whole += region.area;
      inside += region.area * part(region, left);
    }
    return whole ? inside / whole : 0;
  };
  return { prepare, count, heat, within, look };
})();
