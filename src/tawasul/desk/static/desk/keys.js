// The desk's shortcuts. Keys are known by their place (event.code), so that they work on an Arabic keyboard too. They
// rest while one types, beside a modifier and while a dialog is open; a person can switch them off on their sheet.

const place = document.querySelector("[data-find]");
const on = () => place && place.dataset.keys !== "off";
const PATIENCE = 1500; // milliseconds between G and the letter of a view

const VIEWS = {
  KeyM: ["mine"], KeyT: ["team"], KeyU: ["unassigned"], KeyN: ["mentions"], KeyA: ["all"], KeyO: ["overdue"],
  KeyC: ["with_customer"], KeyH: ["on_hold"], KeyX: ["closed"],
};
const DOINGS = { KeyA: "answer", KeyM: "note", KeyT: "take", KeyH: "hold", KeyE: "close", KeyN: "next", KeyP: "previous", KeyU: "up" };

// The control of this page that does it; null where the page does not offer it.
const control = (name) => document.querySelector(`[data-do="${name}"]`);

// Work a control as a person would: a link is followed, a sheet opened, a field entered, a button pressed.
function act(name, value = "") {
  const found = control(name);
  if (!found) return false;
  const box = name === "answer" || name === "note" ? document.getElementById(`${name}_text`) : null;
  if (box) {
    box.focus();
    box.scrollIntoView({ block: "nearest" });
  } else if (found.tagName === "SUMMARY") {
    unfold(found);
    (found.parentElement.querySelector("input:not([type=hidden]), textarea, select, form button") ?? found).focus();
  } else if (found.tagName === "SELECT") {
    if (!value) {
      unfold(found);
      found.focus();
    } else {
      found.value = value;
      found.form.requestSubmit();
    }
  } else found.click();
  return true;
}

function unfold(inside) {
  for (let at = inside.closest("details"); at; at = at.parentElement.closest("details")) at.open = true;
}

async function openSheet() {
  const dialog = document.getElementById("keys-sheet");
  if (!dialog?.showModal || dialog.open) return;
  const came = document.activeElement;
  const answer = await fetch(place.dataset.sheet, { headers: { "X-Requested-With": "XMLHttpRequest" } }).catch(() => null);
  if (!answer?.ok) {
    answer?.body?.cancel();
    location.assign(place.dataset.sheet);
    return;
  }
  dialog.innerHTML = await answer.text(); // our own fragment
  const title = document.createElement("div");
  title.className = "head";
  const words = document.createElement("h2");
  words.textContent = dialog.getAttribute("aria-label");
  const out = document.createElement("button");
  out.type = "button";
  out.className = "out";
  out.setAttribute("aria-label", place.querySelector("[data-close]").getAttribute("aria-label"));
  out.innerHTML = "<kbd>Esc</kbd>";
  out.addEventListener("click", () => dialog.close());
  title.append(words, out);
  dialog.prepend(title);
  dialog.addEventListener("close", () => came?.focus?.(), { once: true });
  dialog.addEventListener("click", (event) => { if (event.target === dialog) dialog.close(); });
  dialog.showModal();
}

const rows = () => [...document.querySelectorAll(".desk-rows a.subj, .rows a.subj")].filter((row) => row.offsetParent);

function step(by) {
  const all = rows();
  if (!all.length) return;
  const here = document.activeElement?.closest("tr, li.q")?.querySelector("a.subj");
  let at = all.indexOf(here);
  if (at < 0) {
    const open = all.findIndex((row) => row.closest("[aria-current=true]"));
    at = open >= 0 ? open : by > 0 ? -1 : all.length;
  }
  const next = all[Math.min(Math.max(at + by, 0), all.length - 1)];
  next.focus({ focusVisible: true });
  next.closest("tr, li").scrollIntoView({ block: "nearest" });
}

const typing = (target) =>
  target.isContentEditable ||
  target.closest?.("input:not([type=checkbox], [type=radio], [type=submit], [type=button]), textarea, select");

let waiting = 0; // until when a letter names a view

function view(code) {
  for (const name of VIEWS[code] ?? []) {
    const link = [...document.querySelectorAll(".views a")].find(
      (each) => new URL(each.href).searchParams.get("view") === name,
    );
    if (link) return link.click();
  }
  return undefined;
}

// Send what is being written: an answer leads on to the next ticket where there is one, and with Shift it does not.
function send(event) {
  const form = event.target.closest?.("form");
  if (!form || !event.target.matches("textarea, input")) return;
  const first = form.querySelector("button.first");
  const button = (!event.shiftKey && form.querySelector("[data-send-and-next]")) || first;
  if (!button) return;
  event.preventDefault();
  form.requestSubmit(button);
}

document.addEventListener("keydown", (event) => {
  if (!on() || event.isComposing || event.defaultPrevented) return;
  const command = event.ctrlKey || event.metaKey;
  if (command && !event.altKey && event.code === "KeyK" && !event.shiftKey) {
    event.preventDefault();
    document.dispatchEvent(new Event("desk:palette"));
    return;
  }
  if (command && !event.altKey && event.code.endsWith("Enter")) {
    if (!event.repeat) send(event);
    return;
  }
  if (command || event.altKey || document.querySelector("dialog[open]") || typing(event.target)) return;
  if (press(event)) event.preventDefault();
});

function press(event) {
  const { code, key, shiftKey } = event;
  const late = Date.now() > waiting;
  waiting = 0;
  if (key === "?" || key === "؟" || (shiftKey && code === "Slash")) {
    openSheet();
    return true;
  }
  if (shiftKey) return false;
  if (!late) {
    view(code);
    return code in VIEWS;
  }
  const row = document.activeElement?.closest("a.subj");
  switch (code) {
    case "KeyG":
      waiting = Date.now() + PATIENCE;
      return true;
    case "Slash":
      document.dispatchEvent(new Event("desk:palette"));
      return true;
    case "KeyJ":
      step(1);
      return true;
    case "KeyK":
      step(-1);
      return true;
    case "ArrowDown":
    case "ArrowUp":
      if (!row && document.activeElement !== document.body) return false; // elsewhere the arrows scroll
      if (!row && !document.body.classList.contains("at-list")) return false;
      step(code === "ArrowDown" ? 1 : -1);
      return true;
    case "KeyO":
      if (row) row.click();
      return Boolean(row);
    default:
      return !event.repeat && code in DOINGS && act(DOINGS[code]);
  }
}

document.addEventListener("desk:do", ({ detail }) => (detail.name === "keys" ? openSheet() : act(detail.name, detail.value)));
