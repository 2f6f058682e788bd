// The line to the server: a stream of news while the page is seen, or asking now and then where streams do not pass.
// What comes is handed on as events of the document: "live:news", "live:again" (too much was missed), "live:here".

const place = document.getElementById("live");
const { ticket, me } = place?.dataset ?? {};
const POLL = ticket ? 5000 : 10000; // milliseconds
const HIDDEN = 5000; // a page that is not seen keeps its line that long: a browser has few
const AGAIN = 300000; // after which a refused stream is tried once more
const PATIENCE = 15000; // for an answer

let source = null;
let since = null;
let mailed = ""; // how the ticket's mails stood when the page last asked
let settled = false; // what was missed before the stream began has been told
let timer = 0;
let closing = 0;
const known = new Set();

const tell = (name, detail) => document.dispatchEvent(new CustomEvent(`live:${name}`, { detail }));

function address(base) {
  const url = new URL(base, location.href);
  if (ticket) url.searchParams.set("ticket", ticket);
  if (since === null) url.searchParams.set("drawn", place.dataset.drawn);
  else url.searchParams.set("since", since);
  return url;
}

function take(news) {
  since = Math.max(since ?? 0, news.id);
  if (known.has(news.id)) return;
  known.add(news.id);
  if (known.size > 2000) known.delete(known.values().next().value);
  if (!settled && String(news.actor) === me) return; // done on the page before this one
  tell("news", news);
}

function hello({ last, again }) {
  since = Math.max(since ?? 0, last);
  settled = true;
  place.dataset.state = source ? "stream" : "asking";
  if (again) tell("again");
}

function listen() {
  clearTimeout(timer);
  if (source) return;
  if (!window.EventSource) {
    ask();
    return;
  }
  source = new EventSource(address(place.dataset.stream));
  source.addEventListener("news", (event) => take(JSON.parse(event.data)));
  source.addEventListener("hello", (event) => hello(JSON.parse(event.data)));
  source.addEventListener("here", (event) => tell("here", JSON.parse(event.data)));
  source.addEventListener("mails", (event) => tell("mails", JSON.parse(event.data)));
  source.addEventListener("notices", (event) => tell("notices", JSON.parse(event.data)));
  source.addEventListener("error", () => {
    if (source?.readyState !== EventSource.CLOSED) return; // it tries again by itself
    source = null;
    timer = setTimeout(ask, 500);
    setTimeout(() => { if (!source && document.visibilityState === "visible") listen(); }, AGAIN);
  });
}

async function ask() {
  clearTimeout(timer);
  if (document.visibilityState === "hidden" || source) return;
  try {
    if (ticket) await visit("reading");
    const url = address(place.dataset.news);
    if (mailed) url.searchParams.set("mails", mailed);
    const answer = await fetch(url, { headers: { "X-Requested-With": "live" }, signal: AbortSignal.timeout(PATIENCE) });
    if (!answer.ok || answer.redirected) answer.body?.cancel(); // what is not read keeps the connection
    if (answer.status === 401 || answer.status === 404 || answer.redirected) {
      tell("ended");
      return;
    }
    if (answer.ok) {
      const told = await answer.json();
      told.news.forEach(take);
      hello(told);
      if (told.here) tell("here", told.here);
      if (told.notices) tell("notices", told.notices);
      if (told.mails?.length) tell("mails", told.mails);
      mailed = told.mailed ?? "";
    }
  } catch {
    // the network is away: asked again below
  }
  clearTimeout(timer);
  timer = setTimeout(ask, POLL * (0.8 + 0.4 * Math.random()));
}

function visit(doing) {
  const body = new URLSearchParams({ doing, csrfmiddlewaretoken: place.dataset.token });
  const options = { method: "POST", body, keepalive: true, headers: { "X-Requested-With": "live" } };
  return fetch(place.dataset.visit, options).then((answer) => answer.body?.cancel()).catch(() => {});
}

function hangUp() {
  clearTimeout(timer);
  if (source) source.close(); // by which the server knows that one has left
  else if (ticket && settled) visit("gone");
  source = null;
}

if (place) {
  document.addEventListener("visibilitychange", () => {
    clearTimeout(closing);
    if (document.visibilityState === "hidden") closing = setTimeout(hangUp, HIDDEN);
    else listen();
  });
  addEventListener("pagehide", hangUp);
  addEventListener("pageshow", (event) => { if (event.persisted) listen(); });
  document.addEventListener("live:doing", (event) => visit(event.detail));
  if (document.visibilityState === "visible") listen();
}
