"use strict";
// How many frames have which multiple of the threshold as their score. The bin of 0 stands first, the last is open.
function histogram(place, { edges, dropped, kept }) {
  const { color, axis } = charts;
  const total = (counts) => counts.reduce((sum, count) => sum + count, 0);
  place.className = "chart";
  place.setAttribute("role", "img");
  place.setAttribute("aria-label", `${total(dropped)} frames at or below the threshold, ${total(kept)} above it`);
  const bins = dropped.map((_, n) => n);
  const blank = (counts) => counts.map((count) => count || null);
  // Bin 1 ends at the first edge, so the edge n stands at n + 2.
  const ticks = edges.map((edge, n) => [n + 2, edge]).filter(([, edge]) => Number.isInteger(Math.log2(edge)) && Math.log2(edge) % 2 === 0);
  const bars = uPlot.paths.bars({ size: [0.9, 100], align: 1 });
  const label = (edge) => edge < 1 ? "1/" + 1 / edge : String(edge);
  charts.draw(place, (width) => new uPlot({
    width: Math.max(width, 200), height: 220, legend: { show: false }, cursor: { show: false },
    scales: { x: { time: false, range: () => [0, bins.length] }, y: { range: (u, low, high) => [0, Math.max(high, 1) * 1.08] } },
    axes: [axis({ grid: { show: false }, splits: () => [0.5, ...ticks.map(([at]) => at)],
      values: () => ["0", ...ticks.map(([, edge]) => label(edge))], label: "score, in multiples of the threshold",
      labelSize: 22, labelFont: "13px system-ui, sans-serif" }),
    axis({ size: 58, label: "frames", labelSize: 20, labelFont: "13px system-ui, sans-serif", incrs: [1, 2, 5, 10, 20, 50, 100, 200, 500, 1e3, 2e3, 5e3, 1e4, 2e4, 5e4, 1e5] })],
    series: [{},
      { stroke: color("drop"), fill: color("drop"), paths: bars, points: { show: false } },
      { stroke: color("keep"), fill: color("keep"), paths: bars, points: { show: false } }],
  }, [bins, blank(dropped), blank(kept)], place));
}
