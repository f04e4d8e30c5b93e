/* How a new search compares: the method and what it counts as near. */
import { find } from "../dom.js";

function show() {
  const method = find("method").value;
  find("similarity-field").hidden = method !== "combined";
  find("distance-field").hidden = method !== "hash";
  find("similarity-text").textContent = `${find("similarity").value} %`;
  find("distance-text").textContent = `${find("distance").value} bits`;
}

/** What a search is asked for with. */
export function readMethod() {
  const method = find("method").value;
  return {
    method,
    keep: find("keep").value,
    turned: find("turned").checked,
    ...(method === "combined" ? { similarity: `${find("similarity").value}%` } : {}),
    ...(method === "hash" ? { distance: Number(find("distance").value) } : {}),
  };
}

for (const name of ["method", "similarity", "distance"]) find(name).addEventListener("input", show);
show();
