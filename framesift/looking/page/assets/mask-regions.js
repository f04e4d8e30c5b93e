"use strict";
/* The list of regions, and what would be kept with them. */
function masks(of = camera) {
  return [null, of].map((scope) => {
    const own = regions.filter((region) => region.camera === scope);
    return Object.fromEntries(Object.keys(KINDS).map((kind) => [kind, own.filter((region) => region.kind === kind).map(({ points }) => points)]));
  });
}

function reckon() {
  const counts = cameras.map((each, number) => (each.changes ? recount(each, number) : null));
  const here = counts[camera], own = cameras[camera].changes;
  const left = here?.share ?? recount(cameras[camera], camera, false).share;
  find("kept").textContent = left === 0 ? "These regions leave nothing to compare of this camera."
    : here ? `The run kept ${own.first + own.kept} of ${own.first + own.kept + own.dropped + own.left_out} frames of this camera.${outlook(here.keeps, camera)}`
      : page.relative ? "The run has decided no frame of this camera."
        : "This page was made without a run. Make it with --results RESULTS, and it shows where changes were and what would be kept.";
  const seen = counts.flatMap((count, number) => (count ? [[count.keeps, cameras[number].changes]] : []));
  const sum = (values) => values.reduce((total, value) => total + value, 0);
  find("total").textContent = seen.length < 2 ? ""
    : `All cameras: ${sum(seen.map(([, each]) => each.first + each.kept))} kept.${outlook(sum(seen.map(([keeps]) => keeps)))}`;
  find("basis").textContent = here ? `An estimate: ${here.looked[0]} of ${own.kept} kept and ${here.looked[1]} of ${own.dropped} dropped frames were `
    + "compared again, each with the frame it was compared with in the run. What changes bit by bit adds up to more: the command below says it exactly." : "";
}

/* Without a region there is nothing to estimate: the run has said it, unless it had masks. */
function outlook(keeps, of) {
  const here = regions.some((region) => of === undefined || region.camera === null || region.camera === of);
  if (!here && !page.masked) return "";
  return ` ${here ? "With" : "Without"} these regions it would have kept about ${Math.round(keeps)}.`.replace("out these", "out any");
}

const known = new Map();
function recount(each, number, counts = true) {
  const own = masks(number), key = JSON.stringify([number, own]);
  if (!known.has(key)) {
    if (known.size > 200) known.clear();
    known.set(key, counts ? estimate.count(each, own, page.relative) : estimate.look(each, own));
  }
  return known.get(key);
}

function list() {
  const rows = regions.flatMap((region, number) => (isHere(region) ? [row(region, number)] : []));
  const focused = document.activeElement?.dataset?.field;
  find("regions").replaceChildren(...rows);
  find("none").hidden = rows.length > 0;
  if (focused) find("regions").querySelector(`[data-field="${focused}"]`)?.focus();
}

function row(region, number) {
  const { make } = words;
  const name = make("input", { value: region.name, placeholder: `region ${number + 1}`, ariaLabel: `name of region ${number + 1}`, maxLength: 100 });
  // The list stays as it is: else what is clicked next would be gone.
  name.addEventListener("change", () => change(() => { region.name = name.value.trim(); }, undefined, paint));
  const choose = (label, options, value, act) => {
    const select = make("select", { ariaLabel: `${label} of ${nameOf(number)}` }, ...options.map(([key, text]) => make("option", { value: key }, text)));
    select.value = value;
    select.addEventListener("change", () => change(() => act(select.value)));
    return select;
  };
  const kind = choose("kind", Object.entries(KINDS), region.kind, (value) => { region.kind = value; });
  const scope = choose("cameras", [["this", "this camera"], ["all", "all cameras"]], region.camera === null ? "all" : "this",
    (value) => { region.camera = value === "all" ? null : camera; });
  const remove = make("button", { type: "button", ariaLabel: `delete ${nameOf(number)}` }, "Delete");
  remove.addEventListener("click", () => drop(number));
  [["name", name], ["kind", kind], ["scope", scope], ["remove", remove]].forEach(([key, element]) => { element.dataset.field = `${key}-${number}`; });
  const share = cameras[camera].changes ? [make("p", {}, `${percent(estimate.within(cameras[camera], region.points))} of the change of the kept frames lies in it`)] : [];
  const item = make("li", { className: number === chosen ? "chosen" : "" }, name, kind, scope, remove, ...share);
  item.addEventListener("focusin", () => pick(number));
  return item;
}

function pick(number) {
  if (chosen === number) return;
  chosen = number;
  paint();
  document.querySelectorAll("#regions li").forEach((item) =>
    item.classList.toggle("chosen", item.querySelector("input").dataset.field === `name-${number}`));
}
