// Selecting rows of the list: X, a click, shift and a click for all between, the whole page; the bar says how many.
// Without scripts the boxes and the bar below the list do the same.

const bar = document.querySelector("form[data-bulk]");
const place = document.querySelector("[data-find]");

if (bar) {
  const said = bar.querySelector("[data-count]");
  const whole = bar.querySelector("input[name=whole]");
  const page = bar.querySelector("[data-bulk-page]");
  const none = bar.querySelector("[data-bulk-none]");
  const more = bar.querySelector("[data-bulk-more]");
  const head = document.querySelector("[data-bulk-head]");
  const boxes = () => [...document.querySelectorAll(".desk-rows input[name=ticket]")];
  let last = null;

  page.hidden = none.hidden = false;
  if (head) head.hidden = false;
  if (more) more.hidden = false; // a phone shows the rest by it
  more?.addEventListener("click", () => more.setAttribute("aria-expanded", String(more.ariaExpanded !== "true")));

  function tell() {
    const all = boxes();
    const number = all.filter((box) => box.checked).length;
    for (const box of all) box.closest("tr").toggleAttribute("data-picked", box.checked);
    const text = whole?.checked ? said.dataset.whole : said.dataset.count.replace("{number}", number);
    if (said.textContent !== text) said.textContent = text;
    bar.hidden = !number && !whole?.checked;
    for (const button of bar.querySelectorAll("[data-bulk-do]")) { // the palette offers what is there
      if (bar.hidden) delete button.dataset.do;
      else button.dataset.do = button.dataset.bulkDo;
    }
    page.hidden = number === all.length;
    if (head) {
      head.checked = number > 0 && number === all.length;
      head.indeterminate = number > 0 && number < all.length;
    }
  }

  function pick(on) {
    for (const box of boxes()) box.checked = on;
    if (!on && whole) whole.checked = false;
    tell();
  }

  document.addEventListener("click", (event) => {
    const box = event.target.closest?.(".desk-rows input[name=ticket]");
    if (!box) return;
    const all = boxes();
    const from = all.indexOf(last);
    if (event.shiftKey && from >= 0) {
      const to = all.indexOf(box);
      for (const each of all.slice(Math.min(from, to), Math.max(from, to) + 1)) each.checked = box.checked;
    }
    last = box;
    tell();
  });
  document.addEventListener("change", (event) => {
    if (event.target === head) pick(head.checked);
    else if (event.target === whole) tell();
  });
  page.addEventListener("click", () => pick(true));
  none.addEventListener("click", () => {
    pick(false);
    document.querySelector(".desk-rows a.subj")?.focus();
  });

  document.addEventListener("keydown", (event) => {
    if (place?.dataset.keys === "off" || event.defaultPrevented || event.isComposing || event.repeat) return;
    if (event.ctrlKey || event.metaKey || event.altKey || event.code !== "KeyX") return;
    if (document.querySelector("dialog[open]")) return;
    if (event.target.closest?.("input:not([type=checkbox]), textarea, select, [contenteditable]")) return;
    const box = document.activeElement?.closest("tr")?.querySelector("input[name=ticket]");
    if (!box) return;
    event.preventDefault();
    box.checked = !box.checked;
    last = box;
    tell();
  });

  document.addEventListener("live:put", tell);
  new MutationObserver(tell).observe(document.querySelector(".desk-rows tbody"), { childList: true });
  window.addEventListener("pageshow", tell); // a browser that goes back fills the boxes in
  tell();
}
