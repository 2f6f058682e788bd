// Names in a note: "@" and a few letters offer people and teams. The arrows choose, Enter or Tab takes, Escape closes.
// Without scripts the names are typed: @username, or @[name of the team].

const PAUSE = 120;
const WIDEST = 416; // pixels
const STARTED = /(?:^|[^\p{L}\p{N}_@.+/-])@([\p{L}\p{N}_.-]{0,40})$/u;

for (const box of document.querySelectorAll("textarea[data-names]")) {
  const list = document.createElement("ul");
  list.className = "names";
  list.id = `${box.id}-names`;
  list.setAttribute("role", "listbox");
  list.setAttribute("aria-label", box.dataset.namesLabel);
  list.hidden = true;
  list.popover = "manual"; // above everything: the composer scrolls, and would cut the list off
  box.after(list);
  box.setAttribute("aria-autocomplete", "list");
  box.setAttribute("aria-controls", list.id);
  let timer = 0;
  let asked = 0;

  const options = () => [...list.children];
  const started = () => STARTED.exec(box.value.slice(0, box.selectionStart))?.[1];

  // Beside the field, above it where there is room.
  function place() {
    const at = box.getBoundingClientRect();
    const above = at.top > window.innerHeight - at.bottom;
    list.style.setProperty("inset-block", above ? `auto ${window.innerHeight - at.top + 4}px` : `${at.bottom + 4}px auto`);
    const width = Math.min(at.width, WIDEST);
    const rightToLeft = document.documentElement.dir === "rtl";
    list.style.setProperty("left", `${rightToLeft ? at.right - width : at.left}px`);
    list.style.setProperty("width", `${width}px`);
    list.style.setProperty("max-block-size", `${Math.max(88, (above ? at.top : window.innerHeight - at.bottom) - 16)}px`);
  }

  function open() {
    place();
    list.hidden = false;
    if (list.popover && !list.matches(":popover-open")) list.showPopover();
  }

  function close() {
    if (list.popover && list.matches(":popover-open")) list.hidePopover();
    list.hidden = true;
    asked += 1; // an answer under way comes too late
    box.removeAttribute("aria-activedescendant");
  }

  function choose(option) {
    for (const each of options()) each.setAttribute("aria-selected", String(each === option));
    box.setAttribute("aria-activedescendant", option.id);
    option.scrollIntoView({ block: "nearest" });
  }

  async function offer() {
    const typed = started();
    if (typed === undefined) return close();
    const mine = ++asked;
    const address = `${box.dataset.names}?${new URLSearchParams({ q: typed })}`;
    const answer = await fetch(address, { headers: { "X-Requested-With": "XMLHttpRequest" } }).catch(() => null);
    if (mine !== asked || !answer?.ok) return undefined;
    const { names } = await answer.json();
    if (mine !== asked) return undefined;
    list.replaceChildren(
      ...names.map((each, at) => {
        const option = document.createElement("li");
        option.id = `${list.id}-${at}`;
        option.setAttribute("role", "option");
        option.dataset.written = each.written;
        const name = document.createElement("bdi");
        name.textContent = each.name;
        const aside = document.createElement("span");
        aside.className = "small quiet";
        if (each.team) aside.textContent = box.dataset.teamLabel;
        else {
          const user = document.createElement("bdi");
          user.textContent = each.written;
          aside.append(user);
        }
        option.append(name, aside);
        return option;
      }),
    );
    if (!names.length) return close();
    open();
    return choose(list.firstElementChild);
  }

  function take(option) {
    const end = box.selectionStart;
    const start = end - (started() ?? "").length - 1;
    box.focus();
    box.setSelectionRange(start, end);
    const text = `${option.dataset.written} `;
    if (!document.execCommand("insertText", false, text)) box.setRangeText(text, start, end, "end");
    close();
  }

  box.addEventListener("input", () => {
    clearTimeout(timer);
    if (started() === undefined) close();
    else timer = setTimeout(offer, PAUSE);
  });
  for (const moved of ["scroll", "resize"]) window.addEventListener(moved, () => list.hidden || place(), true);
  box.addEventListener("blur", () => setTimeout(close, 150));
  list.addEventListener("mousedown", (event) => {
    event.preventDefault();
    const option = event.target.closest("[role=option]");
    if (option) take(option);
  });
  box.addEventListener("keydown", (event) => {
    if (list.hidden || event.isComposing || event.ctrlKey || event.metaKey || event.altKey) return;
    const all = options();
    const at = all.findIndex((each) => each.getAttribute("aria-selected") === "true");
    if (event.key === "ArrowDown") choose(all[(at + 1) % all.length]);
    else if (event.key === "ArrowUp") choose(all[(at - 1 + all.length) % all.length]);
    else if ((event.key === "Enter" || event.key === "Tab") && !event.shiftKey) take(all[Math.max(at, 0)]);
    else if (event.key === "Escape") close();
    else return;
    event.preventDefault();
    event.stopPropagation();
  });
}
