// What has changed appears in place: the page is fetched once more, and only what differs is put in. What somebody
// types in, points at or has the focus on is left alone; then a line says that there is more to see.

import { renew } from "./recipients.js";

const place = document.getElementById("live");
const said = document.getElementById("live-say");
const { ticket } = place?.dataset ?? {};

// Many pages hear of the same event at once. Each waits a little of its own, and the longer an answer took, the longer
// until the page asks again: a busy server is asked less.
let timer = 0;
let due = Infinity;
let last = -Infinity;
let took = 0;
let missed = false;

function soon(urgent) {
  if (document.visibilityState === "hidden") {
    missed = true;
    return;
  }
  const now = performance.now();
  const wait = urgent ? 50 + 600 * Math.random() : 3000 + 7000 * Math.random();
  const at = Math.max(now + wait, last + Math.min(20000, Math.max(urgent ? 800 : 10000, 25 * took)));
  if (at >= due) return;
  clearTimeout(timer);
  due = at;
  timer = setTimeout(refresh, at - now);
}

async function refresh() {
  due = Infinity;
  const began = performance.now();
  last = began;
  const address = place.dataset.page ?? location.href.split("#")[0];
  try {
    const answer = await fetch(address, { headers: { "X-Requested-With": "live" }, signal: AbortSignal.timeout(30000) });
    if (!answer.ok || answer.redirected) answer.body?.cancel(); // what is not read keeps the connection
    if (answer.status === 401) {
      say(place.dataset.ended);
      return;
    }
    if (!answer.ok || answer.redirected) return;
    const text = await answer.text();
    took = performance.now() - began;
    show(new DOMParser().parseFromString(text, "text/html"));
  } catch {
    soon(false); // the network is away for a moment
  }
}

function show(fresh) {
  counts(fresh);
  list(fresh);
  if (ticket) thread(fresh);
}

// ---------- what is alike ----------

const words = (node) => node.textContent.replace(/\s+/g, " ").trim();
const sign = (node) => {
  const fields = [...node.querySelectorAll("[action], option[selected], input[type=checkbox], [data-state]")];
  return words(node) + fields.map((one) => `|${one.getAttribute("action") ?? ""}${one.value ?? ""}${one.hasAttribute("checked")}${one.dataset.state ?? ""}`).join("");
};
const inUse = (node) => node.contains(document.activeElement) || node.querySelector("details[open], dialog[open], :popover-open");
const selected = (node) => {
  const selection = getSelection();
  return !selection.isCollapsed && selection.containsNode(node, true);
};
const typed = (node) => [...node.querySelectorAll("input, textarea, select")].some((one) =>
  one.matches("select") ? [...one.options].some((option) => option.selected !== option.defaultSelected)
    && [...one.options].some((option) => option.defaultSelected)
    : /checkbox|radio/.test(one.type) ? one.checked !== one.defaultChecked
      : one.type !== "hidden" && one.value !== one.defaultValue);

function put(old, fresh) {
  const node = document.adoptNode(fresh);
  for (const box of old.querySelectorAll("input[type=checkbox]:checked")) {
    const same = [...node.querySelectorAll("input[type=checkbox]")].find((one) => one.name === box.name && one.value === box.value);
    if (same) same.checked = true;
  }
  for (const part of node.querySelectorAll("[hidden][data-copy], [hidden][data-toolbar]")) part.remove(); // their scripts ran already
  old.replaceWith(node);
  ready(node);
  return node;
}

function ready(node) {
  window.htmx?.process(node);
  document.dispatchEvent(new CustomEvent("live:put", { detail: node }));
}

// Make a list's children those of the fresh one: what stays is not touched. Returns what is new.
function reconcile(list, fresh, key) {
  const have = new Map([...list.children].map((node) => [key(node), node]));
  const added = [];
  let at = list.firstElementChild;
  for (const wanted of [...fresh.children]) {
    const was = have.get(key(wanted));
    let node = was;
    if (was) {
      have.delete(key(wanted));
      if (sign(was) !== sign(wanted) && !inUse(was) && !selected(was)) node = put(was, wanted);
      if (at === was) at = node;
    } else {
      node = document.adoptNode(wanted);
      node.dataset.fresh = "";
      added.push(node);
    }
    if (node === at) at = at.nextElementSibling;
    else list.insertBefore(node, at);
  }
  const keeps = list.closest("[data-further]"); // holds more than the page that is fetched, see further.js
  for (const gone of have.values()) if (!keeps && !inUse(gone)) gone.remove();
  added.forEach(ready);
  return added;
}

// ---------- the views and the list ----------

function counts(fresh) {
  const views = document.querySelector("nav.views");
  const next = fresh.querySelector("nav.views");
  if (!views || !next || words(views) === words(next)) return;
  if (!views.contains(document.activeElement)) {
    put(views, next);
    return;
  }
  for (const link of next.querySelectorAll("a[href]")) {
    const old = [...views.querySelectorAll("a[href]")].find((one) => one.getAttribute("href") === link.getAttribute("href"));
    if (!old) continue;
    old.querySelector(".n")?.remove();
    const number = link.querySelector(".n");
    if (number) old.append(document.adoptNode(number));
  }
}

const ROWS = ".queue .desk-rows tbody, .queue ol.rows";
const row = (node) => node.querySelector("a.subj")?.pathname ?? words(node);
const order = (rows) => [...(rows?.children ?? [])].map(row).join(" ");
let waiting = null; // the fresh page whose order is not shown yet

function list(fresh) {
  const rows = document.querySelector(ROWS);
  const next = fresh.querySelector(ROWS);
  waiting = null;
  if (!rows || !next) {
    if (Boolean(rows) === Boolean(next)) return;
    const old = document.querySelector(".queue");
    const whole = fresh.querySelector(".queue");
    if (!old || !whole) return;
    if (busy(old)) later(fresh);
    else {
      put(old, whole);
      if (next && !ticket) say(place.dataset.came);
    }
    return;
  }
  if (order(rows) !== order(next) && busy(rows)) {
    for (const wanted of [...next.children]) { // what stays at its place may still say the new
      const was = [...rows.children].find((node) => row(node) === row(wanted));
      if (was && sign(was) !== sign(wanted) && !inUse(was)) put(was, wanted.cloneNode(true));
    }
    later(fresh);
    return;
  }
  const scroller = scrollerOf(rows);
  const first = scroller.scrollTop > 0 && [...rows.children].find((node) => node.getBoundingClientRect().bottom > scroller.getBoundingClientRect().top + 60);
  const top = first ? first.getBoundingClientRect().top : 0;
  const added = reconcile(rows, next, row);
  if (first && first.isConnected) scroller.scrollTop += first.getBoundingClientRect().top - top;
  if (added.length && !ticket) say(place.dataset.came);
}

const busy = (rows) => rows.matches(":hover") || rows.contains(document.activeElement) || Boolean(rows.querySelector("input[type=checkbox]:checked"));

function later(fresh) {
  waiting = fresh;
  if (ticket) return; // the list beside a ticket follows when it is let go
  say(place.dataset.listChanged, () => {
    document.activeElement?.blur();
    const shown = waiting;
    waiting = null;
    const rows = document.querySelector(ROWS);
    const next = shown?.querySelector(ROWS);
    if (rows && next) reconcile(rows, next, row);
    else if (shown) put(document.querySelector(".queue"), shown.querySelector(".queue"));
  });
}

function letGo() {
  const queue = document.querySelector(".queue");
  if (waiting && queue && !busy(document.querySelector(ROWS) ?? queue)) {
    const shown = waiting;
    said.replaceChildren();
    list(shown);
  }
}

const scrollerOf = (node) => {
  for (let at = node; at; at = at.parentElement) if (/auto|scroll/.test(getComputedStyle(at).overflowY)) return at;
  return document.scrollingElement;
};

// ---------- the ticket ----------

const entry = (node) => node.id || words(node);

function thread(fresh) {
  const letters = document.querySelector(".letters");
  const next = fresh.querySelector(".letters");
  const scroll = document.querySelector(".thread .scroll");
  const ownScroll = scroll && scrollerOf(scroll) === scroll; // on a phone the page itself moves
  if (letters && next) {
    const counting = document.querySelector(".undo:not(.answered)");
    for (const undo of next.querySelectorAll(".undo")) { // its seconds run above the composer, not in a copy
      if (counting?.action === undo.action) Object.assign(counting.dataset, { left: undo.dataset.left, gone: undo.dataset.gone });
      undo.remove();
    }
    const atEnd = ownScroll && scroll.scrollHeight - scroll.scrollTop - scroll.clientHeight < 120;
    const writing = ownScroll ? null : document.activeElement?.closest(".composer");
    const stood = writing?.getBoundingClientRect().top;
    const added = reconcile(letters, next, entry);
    if (writing) scrollBy({ top: writing.getBoundingClientRect().top - stood, behavior: "instant" });
    const letter = added.filter((node) => node.matches(".letter")).at(-1);
    if (atEnd && added.length) scroll.scrollTop = scroll.scrollHeight;
    const drafts = document.getElementById("drafts");
    if (letter && !drafts?.contains(document.activeElement)) drafts?.replaceChildren(); // it may be the letter by now
    if (letter) say(place.dataset.letter, atEnd ? null : () => letter.scrollIntoView({ block: "start" }));
  }
  renew(fresh);
  for (const part of [".thread .top h1", ".thread .top .service", ".thread .top .stands", ".thread .top .doings", "#dossier"]) {
    const old = document.querySelector(part);
    const now = fresh.querySelector(part);
    if (!old || !now || sign(old) === sign(now)) continue;
    if (inUse(old) || typed(old)) say(place.dataset.changed, anew);
    else put(old, now);
  }
}

// The page as it stands now. What is being written is kept as a draft first; where that fails, the page stays.
async function anew() {
  const kept = [];
  document.dispatchEvent(new CustomEvent("draft:keep", { detail: kept }));
  if ((await Promise.all(kept)).every(Boolean)) location.reload();
  else say(place.dataset.changed, anew);
}

// ---------- the line that says so ----------

let hiding = 0;
function say(text, act) {
  if (!said) return;
  clearTimeout(hiding);
  const scroll = document.querySelector(".thread .scroll");
  const atEnd = scroll && scroll.scrollHeight - scroll.scrollTop - scroll.clientHeight < 120;
  const parts = [Object.assign(document.createElement("span"), { textContent: text })];
  if (act) {
    parts.push(press({ textContent: place.dataset.show }, act));
    const out = press({ className: "out", textContent: "\u00d7" });
    out.setAttribute("aria-label", place.dataset.dismiss);
    parts.push(out);
  }
  said.replaceChildren(...parts);
  if (atEnd) scroll.scrollTop = scroll.scrollHeight; // the line has taken some of its height
  hiding = setTimeout(() => said.replaceChildren(), act ? 30000 : 6000);
}

function press(words, act) {
  const button = Object.assign(document.createElement("button"), { type: "button", ...words });
  // Whoever writes keeps the focus: without it the line has another place, and the press would end beside the button.
  button.addEventListener("mousedown", (event) => event.preventDefault());
  button.addEventListener("click", () => {
    said.replaceChildren();
    act?.();
  });
  return button;
}

if (place) {
  document.addEventListener("live:news", ({ detail }) => soon(!ticket || detail.ticket === ticket));
  document.addEventListener("live:mails", ({ detail }) => { if (detail.includes(ticket)) soon(true); });
  document.addEventListener("live:again", () => soon(false));
  document.addEventListener("live:ended", () => say(place.dataset.ended));
  document.addEventListener("pointerout", (event) => { if (waiting && event.target.closest?.(".queue")) setTimeout(letGo, 300); });
  document.addEventListener("focusout", () => { if (waiting) setTimeout(letGo, 300); });
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "visible" && missed) {
      missed = false;
      soon(true);
    }
  });
}
