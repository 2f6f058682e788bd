// The bell: its number follows what is told to the page, its sheet comes on a click, and the browser shows what is to
// be shown outside of the window, once, however many pages of the desk are open.

import { keep, kept } from "./notices-line.js";

const bell = document.getElementById("bell");
const sheet = document.getElementById("bell-sheet");
const live = document.getElementById("live");
const LAST = "tawasul-notice"; // the key of the newest notice that this browser has shown
const ASK = 30000; // milliseconds; where pages in the background cannot share a line to the server
const PATIENCE = 15000; // milliseconds for an answer
const others = window.BroadcastChannel ? new BroadcastChannel(`tawasul-notices-${live?.dataset.me}`) : null;

function show(unseen) {
  bell.dataset.unseen = unseen;
  bell.querySelector(".n").hidden = unseen === 0;
  bell.querySelector("[data-number]").textContent = unseen > 99 ? "99+" : unseen;
}

async function seen(ticket) {
  const body = new URLSearchParams({ csrfmiddlewaretoken: bell.dataset.token, ...(ticket ? { ticket } : {}) });
  const options = { method: "POST", body, headers: { "X-Requested-With": "notices" } };
  const answer = await fetch(bell.dataset.seen, options).catch(() => null);
  if (!answer?.ok || answer.redirected) {
    answer?.body?.cancel(); // what is not read keeps the connection
    return false;
  }
  const told = await answer.json();
  show(told.unseen);
  others?.postMessage(told.unseen);
  return true;
}

function take(told) {
  show(told.unseen);
  const ticket = live?.dataset.ticket;
  if (ticket && told.tickets.includes(ticket) && document.visibilityState === "visible") seen(ticket);
  outside(told.browser);
}

// ---------- the sheet ----------

function load() {
  return window.htmx.ajax("GET", bell.href, { target: sheet, swap: "innerHTML" });
}

function open(event) {
  if (event.ctrlKey || event.metaKey || event.shiftKey || event.button !== 0 || !window.htmx || !sheet.showPopover) return;
  event.preventDefault();
  if (sheet.matches(":popover-open")) {
    sheet.hidePopover();
    return;
  }
  load().then(() => {
    if (!sheet.firstElementChild) return;
    sheet.showPopover();
    sheet.focus();
  });
}

function toggled(event) {
  const isOpen = event.newState === "open";
  bell.setAttribute("aria-expanded", isOpen);
  if (!isOpen && (sheet.contains(document.activeElement) || document.activeElement === document.body)) bell.focus();
}

// ---------- the browser's own notices ----------

const allowed = () => "Notification" in window && Notification.permission === "granted";

async function outside(keys) {
  if (!keys.length || !allowed()) return;
  const alone = navigator.locks ? (work) => navigator.locks.request("tawasul-notices", work) : (work) => work();
  await alone(async () => {
    const last = Number(localStorage.getItem(LAST) ?? 0);
    const fresh = keys.filter((key) => key > last);
    if (!fresh.length) return;
    const text = await read(bell.href, { "HX-Request": "true" });
    if (text === null) return;
    localStorage.setItem(LAST, Math.max(...fresh));
    const page = new DOMParser().parseFromString(text, "text/html");
    for (const key of fresh) tell(page.querySelector(`[data-notice="${key}"]`), key);
  });
}

function tell(row, key) {
  if (!row) return;
  const words = (part) => row.querySelector(part).textContent.replace(/\s+/g, " ").trim();
  const { lang, dir } = document.documentElement;
  const shown = new Notification(words("[data-words]"), { body: words("[data-on]"), tag: `tawasul-${key}`, lang, dir });
  const { href } = row.querySelector("a");
  shown.addEventListener("click", () => {
    window.focus();
    shown.close();
    if (live?.dataset.ticket !== row.dataset.ticket) location.assign(href);
  });
}

async function ask() {
  if (document.visibilityState !== "hidden" || !allowed() || kept()) return;
  const text = await read(live.dataset.news, { "X-Requested-With": "live" });
  if (text !== null) hear(JSON.parse(text).notices);
}

// What one page in the background hears, for the others as well.
function hear(told) {
  take(told);
  others?.postMessage(told.unseen);
}

// The text at an address; null where there is none to be had in time.
async function read(address, headers) {
  try {
    const answer = await fetch(address, { headers, signal: AbortSignal.timeout(PATIENCE) });
    if (answer.ok && !answer.redirected) return await answer.text();
    answer.body?.cancel();
  } catch {
    // the network is away: what was missed is told at the next turn
  }
  return null;
}

// ---------- asking for it, on the page of choices ----------

const choice = document.getElementById("browser-notices");

function state() {
  const now = "Notification" in window ? Notification.permission : "off";
  choice.dataset.state = now;
  for (const part of choice.querySelectorAll("[data-when]")) part.hidden = part.dataset.when !== now;
}

if (bell) {
  bell.setAttribute("aria-controls", sheet.id);
  bell.setAttribute("aria-expanded", "false");
  bell.addEventListener("click", open);
  sheet.addEventListener("toggle", toggled);
  sheet.addEventListener("submit", async (event) => {
    if (!event.target.matches("[data-all-seen]")) return;
    event.preventDefault();
    if (await seen()) {
      await load();
      sheet.focus();
    }
  });
  document.addEventListener("live:notices", (event) => take(event.detail));
  others?.addEventListener("message", (event) => show(event.data));
  others?.postMessage(Number(bell.dataset.unseen)); // what this page shows was seen just now
  if (live) {
    keep(hear, allowed);
    setInterval(ask, ASK);
  }
}
if (choice) {
  state();
  choice.querySelector("[data-allow]").addEventListener("click", () => Notification.requestPermission().then(state));
}
