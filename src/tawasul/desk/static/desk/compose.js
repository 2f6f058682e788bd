// While one writes: "/" or "::" offers replies and articles, a selected passage of the correspondence can be quoted,
// and the answer just sent counts its seconds down. Without scripts there are a button and a list instead.

import { asked, offer, put } from "./offers.js";

const STARTED = /(?:^|\s)(\/|::)([^\s/:][^\n/:]{0,40}|)$/u;

for (const bar of document.querySelectorAll("[data-ready]")) {
  const box = document.getElementById(bar.dataset.box);
  if (box) ready(bar, box);
}

function ready(bar, box) {
  const words = bar.dataset;
  const say = bar.querySelector("[data-ready-say]");
  const started = () => STARTED.exec(box.value.slice(0, box.selectionStart));

  offer(box, {
    name: "offers",
    label: words.label,
    widest: 480,
    started,
    load: async (typed) => (await asked(`${words.ready}?${new URLSearchParams({ q: typed[2] })}`))?.offers,
    row(each) {
      const option = document.createElement("li");
      option.dataset.value = each.value;
      option.append(part("b", "", each.name));
      const aside = part("span", "hand", each.article ? words.article : each.shortcut && `/${each.shortcut}`);
      if (!each.article) aside.dir = "ltr";
      option.append(aside, part("span", "excerpt", each.excerpt));
      return option;
    },
    take,
  });

  async function take(option) {
    const data = new FormData();
    data.append("csrfmiddlewaretoken", box.form.querySelector("[name=csrfmiddlewaretoken]").value);
    data.append("ready", option.dataset.value);
    const end = box.selectionStart;
    const typed = started();
    const start = typed ? end - typed[1].length - typed[2].length : end;
    const answer = await fetch(words.insertion, { method: "POST", body: data, headers: { "X-Requested-With": "XMLHttpRequest" } }).catch(() => null);
    if (!answer?.ok) { answer?.body?.cancel(); say.textContent = words.failed; return; }
    say.textContent = "";
    put(box, start, end, (await answer.json()).text);
  }

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
