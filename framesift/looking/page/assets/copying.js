"use strict";
// A button copies the text of an element. Where the browser does not let the page copy, it is selected for the person to do so.
const copying = (button, block) => button.addEventListener("click", async () => {
  try {
    await navigator.clipboard.writeText(block.textContent);
    button.textContent = "Copied";
  } catch {
    getSelection().selectAllChildren(block);
    button.textContent = "Selected: copy it with Ctrl-C";
  }
});
for (const button of document.querySelectorAll("[data-copy]")) copying(button, document.getElementById(button.dataset.copy));
