"use strict";
/* The page on which masks are drawn: its cameras, the file that it saves, and its buttons. */
function showCamera(number) {
  camera = number;
  chosen = -1;
  const { picture, size, changes } = cameras[camera], image = find("picture");
  [image.width, image.height] = size;
  if (picture) image.src = picture;
  else image.removeAttribute("src");
  image.alt = picture ? `a frame of ${page.titles[camera]}` : `no frame of ${page.titles[camera]} can be read`;
  editor.setAttribute("aria-label", `regions of ${page.titles[camera]}`);
  find("heat").hidden = !changes;
  stop();
  warm();
  settle();
}

function write() {
  const polygon = ({ name, points }) => {
    const written = `[${points.map(([x, y]) => `[${x}, ${y}]`).join(", ")}]`;
    return name ? `{"name": ${JSON.stringify(name)}, "points": ${written}}` : written;
  };
  const part = (scope) => `{${Object.keys(KINDS).map((kind) => {
    const own = regions.filter((region) => region.camera === scope && region.kind === kind).map(polygon);
    return `"${kind}": [${own.length ? `\n    ${own.join(",\n    ")}\n  ` : ""}]`;
  }).join(", ")}}`;
  const named = page.cameras.map((name, number) => `  ${JSON.stringify(name)}: ${part(number)}`);
  return `{"all": ${part(null)},\n"cameras": {\n${named.join(",\n")}\n}}\n`;
}

function save() {
  const link = words.make("a", { href: URL.createObjectURL(new Blob([write()], { type: "application/json" })), download: page.file });
  link.click();
  URL.revokeObjectURL(link.href);
  say(`${page.file} is among your downloads: move it to where you type the command.`);
}

const blocks = document.querySelectorAll("pre");
page.commands.forEach((command, number) => { blocks[number].textContent = command; });
find("camera").append(...page.titles.map((title, number) => words.make("option", { value: number }, title)));
find("camera").addEventListener("change", (event) => showCamera(Number(event.target.value)));
find("save").textContent = `Save ${page.file}`;
find("save").addEventListener("click", save);
find("draw").addEventListener("click", () => (drawing ? stop("Given up.") : begin()));
find("done").addEventListener("click", finish);
find("undo").addEventListener("click", undo);
find("heat").addEventListener("click", toggleHeat);
find("anew").addEventListener("click", () => change(() => { regions = structuredClone(page.regions); chosen = -1; }));
new ResizeObserver(paint).observe(editor);
showCamera(0);
