/* What changed in a frame, as lines over its picture that can be taken off again. */
import { address, read } from "../api.js";

const SVG = "http://www.w3.org/2000/svg";

/** Returns `lines` to lie over the frame, and what the server says: `words` on the regions, `change` of the files since the run. */
export async function outline(run, decision) {
  const answer = await read(address("runs", run.id, "decisions", String(decision.number), "changes"));
  return { ...answer, lines: answer.size ? draw(answer) : null };
}

function draw({ size, counted, ignored }) {
  const drawing = document.createElementNS(SVG, "svg");
  for (const [name, value] of [["class", "outline"], ["viewBox", `0 0 ${size.join(" ")}`], ["preserveAspectRatio", "none"], ["aria-hidden", "true"]])
    drawing.setAttribute(name, value);
  for (const [kind, parts] of Object.entries({ counted, ignored })) {
    const path = document.createElementNS(SVG, "path");
    path.setAttribute("class", kind);
    path.setAttribute("d", parts.join(""));
    drawing.append(path);
  }
  return drawing;
}
