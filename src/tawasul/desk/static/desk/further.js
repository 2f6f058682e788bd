// A filter whose tickets lie far apart shows at once what the first few thousand hold, and a link to look further. The
// script follows that link by itself until the page is full or nothing is left, and puts what it finds below.

const ROWS = ".desk-rows tbody";
const ENOUGH = 25; // rows of a page

const notice = (page) => page.querySelector("[data-look-further]");

async function look() {
  let link = notice(document)?.querySelector("a[href]");
  const queue = document.querySelector(".queue");
  if (!link || !queue) return;
  queue.dataset.further = ""; // what is live adds to the list from now on and takes nothing away
  const asked = new URL(link.href).searchParams;
  const from = asked.get("before") ? "before" : "after";
  if (from === "before") return; // who goes back looks by hand
  notice(document).setAttribute("aria-busy", "true");
  while (link && (document.querySelector(ROWS)?.children.length ?? 0) < ENOUGH) {
    const answer = await fetch(link.href, { headers: { "X-Requested-With": "further" }, signal: AbortSignal.timeout(20000) });
    const text = await answer.text();
    if (!answer.ok || answer.redirected) break;
    const fresh = new DOMParser().parseFromString(text, "text/html");
    const whole = fresh.querySelector(".queue");
    const rows = document.querySelector(ROWS);
    if (!whole) break;
    if (rows) add(rows, whole);
    else {
      const now = document.adoptNode(whole);
      now.dataset.further = "";
      document.querySelector(".queue").replaceWith(now);
      window.htmx?.process(now);
      document.dispatchEvent(new CustomEvent("live:put", { detail: now }));
    }
    link = notice(document)?.querySelector("a[href]");
    notice(document)?.setAttribute("aria-busy", String(Boolean(link)));
  }
  notice(document)?.setAttribute("aria-busy", "false");
}

// Rows and ways on of a later page come under those that are there.
function add(rows, whole) {
  for (const row of whole.querySelectorAll(`${ROWS} > tr`)) {
    if (!document.getElementById(row.id)) rows.append(document.adoptNode(row));
  }
  replace(notice(document), notice(whole));
  const onwards = document.querySelector(".pager [rel=next]");
  const later = whole.querySelector(".pager [rel=next]");
  if (onwards && later) onwards.href = later.getAttribute("href");
  else onwards?.remove();
}

function replace(old, next) {
  if (next) old.replaceWith(document.adoptNode(next));
  else old.remove();
}

look().catch(() => notice(document)?.setAttribute("aria-busy", "false")); // the link is still there
