// The list: the open ticket's row comes into sight beside it, and the filter's sheet closes by its button and Escape.

const rows = document.querySelector("[data-to-current]");
const current = rows?.querySelector('[aria-current="true"]');
const pane = rows?.closest(".queue");
if (current && pane && pane.scrollHeight > pane.clientHeight) {
  const above = current.getBoundingClientRect().top - pane.getBoundingClientRect().top;
  pane.scrollTop += above - pane.clientHeight / 3;
}

const opener = document.getElementById("open-filter");
const sheet = document.getElementById("filter-sheet");

// A second press closes the sheet. The press is caught before htmx would fetch it again.
opener?.addEventListener(
  "click",
  (event) => {
    if (!sheet?.hasChildNodes() || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    close();
  },
  { capture: true },
);

sheet?.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  close();
  opener.focus();
});

document.addEventListener("htmx:afterSwap", (event) => {
  if (event.target === sheet) opener.setAttribute("aria-expanded", "true");
});

function close() {
  sheet.replaceChildren();
  opener.setAttribute("aria-expanded", "false");
}
