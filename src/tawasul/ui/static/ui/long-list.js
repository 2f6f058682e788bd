// A long list (select[data-find]) gets a field above it that narrows it, in any spelling; meanwhile it stands open.

const LINES = 8;
const DROPPED = /[\u0610-\u061a\u0640\u064b-\u065f\u0670\u06d6-\u06dc\u06df-\u06e8\u06ea-\u06ed\u00ad\u200b-\u200f\u061c\u202a-\u202e\u2060\u2066-\u2069\ufeff]/g;
const LETTERS = ["أإآٱىةیکے", "اااايهيكي"];
const popsUp = matchMedia("(pointer: coarse)");
const widened = new WeakSet();
let pressed = false;

// Equal spellings made one, as tawasul.search.normalise does.
export function normalise(text) {
  return text.toLowerCase().normalize("NFKC").replace(DROPPED, "").normalize("NFKC")
    .replace(/[أإآٱىةیکے]/g, (letter) => LETTERS[1][LETTERS[0].indexOf(letter)])
    .replace(/[٠-٩۰-۹]/g, (digit) => String(digit.codePointAt(0) & 15));
}

function widen(select) {
  widened.add(select);
  const all = [...select.options];
  const keys = all.map((option) => normalise(option.text));
  const input = Object.assign(document.createElement("input"), {
    type: "search", className: "input", id: `${select.id}-find`, placeholder: select.dataset.findHint, autocomplete: "off", enterKeyHint: "done",
  });
  input.setAttribute("aria-label", select.dataset.find);
  input.setAttribute("aria-controls", select.id);
  const say = Object.assign(document.createElement("output"), { className: "found-in-list" });
  select.before(input, say);
  const blank = all.find((option) => !option.value);
  let found = [];
  let before = select.value;

  const narrow = () => {
    // With the article or without it
    const words = normalise(input.value).split(/\s+/).filter(Boolean).map((word) => word.length > 4 ? word.replace(/^ال/, "") : word);
    const open = words.length > 0 && !popsUp.matches;
    const chosen = select.selectedOptions[0] ?? blank;
    found = all.filter((option, at) => words.length && option.value && words.every((word) => keys[at].includes(word)));
    // What is chosen stays in the list, or it would be lost; of an open one the words for nothing are no part.
    const kept = all.filter((option) => !words.length || found.includes(option) || (option === chosen && !(open && option === blank)));
    if (open) select.size = Math.min(LINES, Math.max(2, kept.length));
    select.replaceChildren(...kept);
    if (chosen) chosen.selected = true;
    if (!open) select.removeAttribute("size");
    say.textContent = !words.length ? "" : found.length ? select.dataset.findSaid.replace("{count}", found.length) : select.dataset.findNone;
  };
  // What depends on the choice is told once.
  const close = () => {
    input.value = "";
    narrow();
    if (select.value === before) return;
    before = select.value;
    for (const name of ["input", "change"]) select.dispatchEvent(new Event(name, { bubbles: true }));
  };
  const chosen = () => { close(); select.focus(); };

  input.addEventListener("input", (event) => { event.stopPropagation(); narrow(); });
  input.addEventListener("change", (event) => event.stopPropagation());
  input.addEventListener("keydown", (event) => {
    if (event.isComposing) return;
    if (event.key === "Enter") {
      event.preventDefault();
      if (!found.length) return;
      found[0].selected = true;
      chosen();
    } else if (event.key === "ArrowDown" && found.length) {
      event.preventDefault();
      if (!found.includes(select.selectedOptions[0])) found[0].selected = true;
      select.focus();
    } else if (event.key === "Escape" && input.value) {
      event.preventDefault();
      close();
    }
  });
  for (const name of ["input", "change"]) {
    select.addEventListener(name, (event) => {
      if (!event.isTrusted) return;
      if (!input.value) { before = select.value; return; }
      event.stopPropagation();
      if (name === "change" && !select.size) close();
    });
  }
  select.addEventListener("click", (event) => { if (select.size && event.target.localName === "option") chosen(); });
  select.addEventListener("keydown", (event) => {
    if (!select.size || !["Enter", "Escape"].includes(event.key)) return;
    event.preventDefault();
    chosen();
  });
  // Not while a button is being pressed: it would slip away from under the pointer.
  const left = ({ relatedTarget }) => {
    if (!input.value || relatedTarget === input || relatedTarget === select) return;
    if (pressed) addEventListener("click", close, { once: true, capture: true });
    else close();
  };
  for (const one of [input, select]) one.addEventListener("blur", left);
}

function look() {
  for (const select of document.querySelectorAll("select[data-find]")) if (!widened.has(select)) widen(select);
}

for (const name of ["pointerdown", "pointerup", "pointercancel"]) {
  addEventListener(name, () => { pressed = name === "pointerdown"; }, { capture: true });
}
new MutationObserver(look).observe(document.body, { childList: true, subtree: true });
look();
