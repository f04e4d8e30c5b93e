/* What changed in a frame, as lines over its picture that can be taken off again. */
import { address, read } from "../api.js";

const SVG = "http://www.w3.org/2000/svg";

/** Draws over `picture`, and returns what the server says: `words` on the regions, `change` of the files since the run. */
export async function outline(run, decision, picture) {
  const answer = await read(address("runs", run.id, "decisions", String(decision.number), "changes"));
  if (!answer.size || !picture?.isConnected) return answer;
  const drawing = document.createElementNS(SVG, "svg");
  for (const [name, value] of [["class", "outline"], ["viewBox", `0 0 ${answer.size.join(" ")}`], ["preserveAspectRatio", "none"], ["aria-hidden", "true"]])
    drawing.setAttribute(name, value);
  for (const kind of ["counted", "ignored"]) {
    const path = document.createElementNS(SVG, "path");
    path.setAttribute("class", kind);
    path.setAttribute("d", answer[kind].join(""));
    drawing.append(path);
  }
  picture.append(drawing);
  return answer;
}
