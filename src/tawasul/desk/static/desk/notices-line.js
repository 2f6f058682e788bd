// While the desk is in the background, one page of the browser keeps a line for notices alone and hands on what it
// hears: a browser has few connections to a server, and one is enough for all its pages.

const live = document.getElementById("live");
const NAME = `tawasul-line-${live?.dataset.me}`;
const HIDDEN = 5000; // milliseconds; by then the page has let go of its own line
const AGAIN = 300000; // after which a refused line is tried once more
const LOOK = 30000; // notices may have been allowed meanwhile, on another page

const able = Boolean(live && window.EventSource && navigator.locks && window.BroadcastChannel);
let refused = false; // the server keeps no lines, or has enough of this person's
let source = null;
let turn = null; // asked for, or had
let letGo = null; // while it is had
let timer = 0;

// Whether some page of this browser hears of notices at once, so that this one need not ask.
export const kept = () => able && !refused;

// From now on `hear` is called with what the line says, on the page that has it.
export function keep(hear, wanted) {
  if (!able) return;

  function listen() {
    source = new EventSource(`${live.dataset.stream}?only=notices`);
    source.addEventListener("open", () => {
      refused = false;
      live.dataset.line = "held";
    });
    source.addEventListener("notices", (event) => hear(JSON.parse(event.data)));
    source.addEventListener("error", () => {
      if (source?.readyState !== EventSource.CLOSED) return; // it tries again by itself
      source = null;
      refused = true;
      timer = setTimeout(listen, AGAIN);
    });
  }

  function begin() {
    if (turn || document.visibilityState !== "hidden" || !wanted()) return;
    turn = new AbortController();
    const { signal } = turn;
    const had = () => new Promise((free) => {
      if (signal.aborted) {
        free();
        return;
      }
      letGo = free;
      listen();
    });
    navigator.locks.request(NAME, { signal }, had).catch(() => {}); // the page is looked at again before its turn came
  }

  function end() {
    clearTimeout(timer);
    source?.close();
    turn?.abort();
    letGo?.();
    source = turn = letGo = null;
    refused = false;
    delete live.dataset.line;
  }

  document.addEventListener("visibilitychange", () => {
    end();
    if (document.visibilityState === "hidden") timer = setTimeout(begin, HIDDEN);
  });
  addEventListener("pagehide", end);
  setInterval(begin, LOOK);
  if (document.visibilityState === "hidden") timer = setTimeout(begin, HIDDEN);
}
