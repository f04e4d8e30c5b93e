/* What was decided on a frame, in few words. */
import { scored } from "../words.js";

export const TITLES = { keep: "Kept", drop: "Dropped", skip: "Skipped" };

/** “kept, changed 0.73 % of the picture”; what was not compared says why. */
export function told(decision) {
  return `${TITLES[decision.verdict].toLowerCase()}, ${scored(decision).split(", needed")[0] || decision.reason}`;
}
