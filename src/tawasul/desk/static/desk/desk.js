// The desk: formatting buttons for Markdown, and a correspondence that opens at its end. Without scripts the
// buttons stay hidden and nothing is lost: the signs can be typed.

for (const bar of document.querySelectorAll("[data-toolbar]")) {
  const box = document.getElementById(bar.dataset.toolbar);
  if (!box) continue;
  bar.hidden = false;
  bar.addEventListener("click", (event) => {
    const button = event.target.closest("[data-mark]");
    if (button) mark(box, button.dataset.mark, button.dataset.words);
  });
  box.addEventListener("keydown", (event) => {
    if ((event.ctrlKey || event.metaKey) && !event.altKey && !event.shiftKey && event.code === "KeyB") {
      event.preventDefault();
      mark(box, "bold");
    }
  });
}

// On a phone tabs and views lie in a line that scrolls: the one that is open is in sight.
// Letters and counts that come later move it once more.
function bringIntoSight() {
  for (const here of document.querySelectorAll(".views [aria-current], .tabs [aria-current], .ready > .filters [aria-current]")) {
    const line = here.parentElement.closest(".views, .tabs, .filters");
    if (line.scrollWidth <= line.clientWidth) continue;
    const from = here.getBoundingClientRect(), to = line.getBoundingClientRect();
    line.scrollLeft += (from.left + from.right - to.left - to.right) / 2;
  }
}
bringIntoSight();
document.fonts.ready.then(bringIntoSight);
document.addEventListener("htmx:afterSettle", bringIntoSight, { once: true });

function mark(box, kind, words = "") {
  const { selectionStart: start, selectionEnd: end, value } = box;
  const chosen = value.slice(start, end);
  if (kind === "bold") return around(box, "**", "**");
  if (kind === "code") return chosen.includes("\n") ? around(box, "```\n", "\n```") : around(box, "`", "`");
  if (kind === "link") {
    const address = /^https?:\/\/\S+$/.test(chosen);
    const text = address ? words : chosen || words;
    const link = `[${text}](${address ? chosen : "https://"})`;
    insert(box, start, end, link);
    const from = address ? start + 1 : start + text.length + 3;
    box.setSelectionRange(from, from + (address ? text.length : "https://".length));
    return undefined;
  }
  // list and quote work on whole lines
  const sign = kind === "list" ? "- " : "> ";
  const first = value.lastIndexOf("\n", start - 1) + 1;
  const next = value.indexOf("\n", end);
  const last = next < 0 ? value.length : next;
  const lines = value.slice(first, last).split("\n");
  const marked = lines.every((line) => line.startsWith(sign));
  const text = lines.map((line) => (marked ? line.slice(sign.length) : sign + line)).join("\n");
  insert(box, first, last, text);
  box.setSelectionRange(first + text.length, first + text.length);
  return undefined;
}

function around(box, open, close) {
  const { selectionStart: start, selectionEnd: end, value } = box;
  const chosen = value.slice(start, end);
  insert(box, start, end, open + chosen + close);
  box.setSelectionRange(start + open.length, start + open.length + chosen.length);
}

// execCommand keeps the browser's own undo; setRangeText is the way where it is refused.
function insert(box, from, to, text) {
  box.focus();
  box.setSelectionRange(from, to);
  if (!document.execCommand("insertText", false, text)) {
    box.setRangeText(text, from, to, "end");
    box.dispatchEvent(new Event("input", { bubbles: true }));
  }
}

const scroll = document.querySelector("[data-to-end]");
if (scroll && !location.hash) {
  const last = [...scroll.querySelectorAll(".letter")].at(-1);
  if (last && scroll.scrollHeight > scroll.clientHeight) {
    scroll.scrollTop += last.getBoundingClientRect().top - scroll.getBoundingClientRect().top - 8;
  }
}

// Only one of "hold" and "close" is open at a time, and Escape closes it.
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  for (const part of document.querySelectorAll("details.doing[open]")) {
    part.open = false;
    part.querySelector("summary").focus();
  }
});
