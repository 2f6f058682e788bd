// While one writes: "/" or "::" offers replies and articles, a selected passage of the correspondence can be quoted,
// and the answer just sent counts its seconds down. Without scripts there are a button and a list instead.

const PAUSE = 120;
const WIDEST = 480; // of the list, in pixels
const STARTED = /(?:^|\s)(\/|::)([^\s/:][^\n/:]{0,40}|)$/u;

for (const bar of document.querySelectorAll("[data-ready]")) {
  const box = document.getElementById(bar.dataset.box);
  if (box) ready(bar, box);
}

function ready(bar, box) {
  const words = bar.dataset;
  const say = bar.querySelector("[data-ready-say]");
  const list = document.createElement("ul");
  list.className = "offers";
  list.id = `${box.id}-offers`;
  list.setAttribute("role", "listbox");
  list.setAttribute("aria-label", words.label);
  list.hidden = true;
  list.popover = "manual"; // above everything: the composer scrolls, and would cut the list off
  box.after(list);
  let timer = 0;
  let asked = 0;

  const options = () => [...list.children];
  const started = () => STARTED.exec(box.value.slice(0, box.selectionStart));

  // Beside the field, above it where there is room.
  function open() {
    const at = box.getBoundingClientRect();
    const above = at.top > innerHeight - at.bottom;
    const width = Math.min(at.width, WIDEST);
    list.style.setProperty("inset-block", above ? `auto ${innerHeight - at.top + 4}px` : `${at.bottom + 4}px auto`);
    list.style.setProperty("left", `${document.documentElement.dir === "rtl" ? at.right - width : at.left}px`);
    list.style.setProperty("width", `${width}px`);
    list.style.setProperty("max-block-size", `${Math.max(88, (above ? at.top : innerHeight - at.bottom) - 16)}px`);
    list.hidden = false;
    if (list.popover && !list.matches(":popover-open")) list.showPopover();
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

  async function offer() {
    const typed = started();
    if (!typed) return close();
    const mine = ++asked;
    const address = `${words.ready}?${new URLSearchParams({ q: typed[2] })}`;
    const answer = await fetch(address, { headers: { "X-Requested-With": "XMLHttpRequest" } }).catch(() => null);
    if (mine !== asked || !answer?.ok) return undefined;
    const { offers } = await answer.json();
    if (mine !== asked) return undefined;
    if (!offers.length) return close();
    list.replaceChildren(...offers.map(row));
    open();
    box.setAttribute("aria-controls", list.id);
    return choose(list.firstElementChild);
  }

  function row(each, at) {
    const option = document.createElement("li");
    option.id = `${list.id}-${at}`;
    option.setAttribute("role", "option");
    option.dataset.value = each.value;
    option.append(part("b", "", each.name));
    const aside = part("span", "hand", each.article ? words.article : each.shortcut && `/${each.shortcut}`);
    if (!each.article) aside.dir = "ltr";
    option.append(aside, part("span", "excerpt", each.excerpt));
    return option;
  }

  async function take(option) {
    const data = new FormData();
    data.append("csrfmiddlewaretoken", box.form.querySelector("[name=csrfmiddlewaretoken]").value);
    data.append("ready", option.dataset.value);
    const end = box.selectionStart;
    const typed = started();
    const start = typed ? end - typed[1].length - typed[2].length : end;
    close();
    const answer = await fetch(words.insertion, { method: "POST", body: data, headers: { "X-Requested-With": "XMLHttpRequest" } }).catch(() => null);
    if (!answer?.ok) { say.textContent = words.failed; return; }
    say.textContent = "";
    put(box, start, end, (await answer.json()).text);
  }

  box.addEventListener("input", () => {
    clearTimeout(timer);
    if (started()) timer = setTimeout(offer, PAUSE);
    else if (!list.hidden) close();
  });
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
    event.stopImmediatePropagation();
  });
  bar.querySelector("[data-ready-open]")?.addEventListener("click", (event) => {
    event.preventDefault();
    const before = box.value.slice(0, box.selectionStart);
    put(box, box.selectionStart, box.selectionEnd, before && !/\s$/.test(before) ? " /" : "/");
  });
}

function part(tag, name, text) {
  const made = document.createElement(tag);
  made.className = name;
  const isolated = document.createElement("bdi");
  isolated.textContent = text;
  made.append(isolated);
  return made;
}

// execCommand keeps the browser's own undo; setRangeText is the way where it is refused.
function put(box, from, to, text) {
  box.focus();
  box.setSelectionRange(from, to);
  if (!document.execCommand("insertText", false, text)) {
    box.setRangeText(text, from, to, "end");
    box.dispatchEvent(new Event("input", { bubbles: true }));
  }
}

// A passage that is selected in the correspondence can be quoted into what is being written.
const letters = document.querySelector(".thread .letters");
const writing = document.querySelector(".composer textarea[name=text]");
const quote = document.querySelector("[data-quote]");
if (letters && writing && quote) {
  const passage = () => {
    const chosen = document.getSelection();
    const text = chosen?.toString().trim();
    const inside = (node) => (node?.nodeType === Node.TEXT_NODE ? node.parentElement : node)?.closest?.(".said");
    return text && inside(chosen.anchorNode) && inside(chosen.focusNode) && letters.contains(chosen.anchorNode) ? text : "";
  };
  document.addEventListener("selectionchange", () => {
    const text = passage();
    quote.hidden = !text;
    if (!text) return;
    const place = document.getSelection().getRangeAt(0).getBoundingClientRect();
    quote.style.insetBlockStart = `${Math.max(8, place.top - 48)}px`;
    quote.style.left = `${Math.min(Math.max(8, place.left), innerWidth - 120)}px`;
  });
  // Selecting elsewhere may forget where one wrote; without a place the passage goes to the end.
  let caret = null;
  for (const kind of ["input", "keyup", "pointerup"]) {
    writing.addEventListener(kind, () => { caret = writing.selectionEnd; });
  }
  quote.addEventListener("mousedown", (event) => event.preventDefault()); // the selection stays
  quote.addEventListener("click", () => {
    const lines = passage().split("\n").filter((line) => line.trim()).map((line) => `> ${line.trim()}`).join("\n");
    if (!lines) return;
    const place = Math.min(caret ?? Infinity, writing.value.length);
    const before = writing.value.slice(0, place);
    const gap = !before ? "" : before.endsWith("\n\n") ? "" : before.endsWith("\n") ? "\n" : "\n\n";
    document.getSelection().removeAllRanges();
    put(writing, place, place, `${gap}${lines}\n\n`);
  });
}

// The answer just sent: its seconds, in sight above the composer.
for (const undo of document.querySelectorAll("[data-undo]")) {
  document.querySelector(".composer")?.before(undo);
  const say = undo.querySelector("[data-undo-say]");
  const until = performance.now() + Number(undo.dataset.undo) * 1000;
  const timer = setInterval(() => {
    const left = Math.ceil((until - performance.now()) / 1000);
    say.textContent = left > 0 ? undo.dataset.left.replace("{seconds}", left) : undo.dataset.gone;
    if (left > 0) return;
    clearInterval(timer);
    undo.querySelector("button").remove();
    setTimeout(() => undo.remove(), 4000);
  }, 250);
}
