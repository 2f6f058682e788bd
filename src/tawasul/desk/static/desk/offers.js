// A list of offers beside a field of text, for what is typed after a sign. The arrows choose, Enter or Tab takes, Escape
// closes; the pointer does too. What is offered and what taking it does is for whoever asks for the list:
//   name, label: the list's class and its words; widest: in pixels
//   started(): what was typed after the sign, null or undefined where there is none
//   load(typed): a promise of what is offered, null where that failed; row(each): the option's element, an <li>
//   take(option): put it into the field

const PAUSE = 120; // milliseconds after the last key

export function offer(box, { name, label, widest, started, load, row, take }) {
  const list = document.createElement("ul");
  list.className = name;
  list.id = `${box.id}-${name}`;
  list.setAttribute("role", "listbox");
  list.setAttribute("aria-label", label);
  list.hidden = true;
  list.popover = "manual"; // above everything: the composer scrolls, and would cut the list off
  box.after(list);
  box.setAttribute("aria-autocomplete", "list");
  let timer = 0;
  let asked = 0;

  const options = () => [...list.children];
  const isStarted = () => (started() ?? null) !== null;

  // Beside the field, above it where there is more room.
  function place() {
    const at = box.getBoundingClientRect();
    const above = at.top > innerHeight - at.bottom;
    const width = Math.min(at.width, widest);
    list.style.setProperty("inset-block", above ? `auto ${innerHeight - at.top + 4}px` : `${at.bottom + 4}px auto`);
    list.style.setProperty("left", `${document.documentElement.dir === "rtl" ? at.right - width : at.left}px`);
    list.style.setProperty("width", `${width}px`);
    list.style.setProperty("max-block-size", `${Math.max(88, (above ? at.top : innerHeight - at.bottom) - 16)}px`);
  }

  function open() {
    place();
    list.hidden = false;
    if (list.popover && !list.matches(":popover-open")) list.showPopover();
    box.setAttribute("aria-controls", list.id);
  }

  function close() {
    if (list.popover && list.matches(":popover-open")) list.hidePopover();
    list.hidden = true;
    asked += 1; // an answer under way comes too late
    box.removeAttribute("aria-activedescendant");
    box.removeAttribute("aria-controls");
  }

  function choose(option) {
    for (const each of options()) each.setAttribute("aria-selected", String(each === option));
    box.setAttribute("aria-activedescendant", option.id);
    option.scrollIntoView({ block: "nearest" });
  }

  async function show() {
    if (!isStarted()) return close();
    const mine = ++asked;
    const found = await load(started());
    if (mine !== asked || !found) return undefined;
    if (!found.length) return close();
    list.replaceChildren(
      ...found.map((each, at) => {
        const option = row(each);
        option.id = `${list.id}-${at}`;
        option.setAttribute("role", "option");
        return option;
      }),
    );
    open();
    return choose(list.firstElementChild);
  }

  function taken(option) {
    take(option);
    close();
  }

  box.addEventListener("input", () => {
    clearTimeout(timer);
    if (isStarted()) timer = setTimeout(show, PAUSE);
    else if (!list.hidden) close();
  });
  for (const moved of ["scroll", "resize"]) window.addEventListener(moved, () => list.hidden || place(), true);
  box.addEventListener("blur", () => setTimeout(close, 150));
  list.addEventListener("mousedown", (event) => {
    event.preventDefault();
    const option = event.target.closest("[role=option]");
    if (option) taken(option);
  });
  box.addEventListener("keydown", (event) => {
    if (list.hidden || event.isComposing || event.ctrlKey || event.metaKey || event.altKey) return;
    const all = options();
    const at = all.findIndex((each) => each.getAttribute("aria-selected") === "true");
    if (event.key === "ArrowDown") choose(all[(at + 1) % all.length]);
    else if (event.key === "ArrowUp") choose(all[(at - 1 + all.length) % all.length]);
    else if ((event.key === "Enter" || event.key === "Tab") && !event.shiftKey) taken(all[Math.max(at, 0)]);
    else if (event.key === "Escape") close();
    else return;
    event.preventDefault();
    event.stopImmediatePropagation();
  });
}

// What the server offers at an address, as JSON; null where it did not answer.
export async function asked(address) {
  try {
    const answer = await fetch(address, { headers: { "X-Requested-With": "XMLHttpRequest" }, signal: AbortSignal.timeout(15000) });
    if (answer.ok) return await answer.json();
    answer.body?.cancel(); // what is not read keeps the connection
  } catch {
    // no answer, or none in time
  }
  return null;
}

// Text in the place of a passage. execCommand keeps the browser's own undo; setRangeText is the way where it is refused.
export function put(box, from, to, text) {
  box.focus();
  box.setSelectionRange(from, to);
  if (!document.execCommand("insertText", false, text)) {
    box.setRangeText(text, from, to, "end");
    box.dispatchEvent(new Event("input", { bubbles: true }));
  }
}
