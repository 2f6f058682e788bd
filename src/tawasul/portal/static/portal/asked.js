// What a request's form asks follows what is chosen: when a choice changes, the form's parts are fetched as they are
// for it, and those that look different take the place of the old ones. What is typed stays, and so does the focus.

const form = document.querySelector("form[data-questions]");
const part = (root, name) => root.querySelector(`[data-part="${name}"]`);
let asking = 0;

async function look() {
  const mine = ++asking;
  const body = new URLSearchParams();
  for (const [name, value] of new FormData(form)) if (typeof value === "string") body.append(name, value);
  const options = { method: "POST", body, signal: AbortSignal.timeout(15000) };
  const answer = await fetch(form.dataset.questions, options).catch(() => null);
  const text = await answer?.text().catch(() => ""); // read in any case: else it keeps the connection
  const html = answer?.ok ? text : "";
  if (mine !== asking || !html) return;
  const fresh = new DOMParser().parseFromString(html, "text/html");
  if (!part(fresh, "own")) return; // a sign-in page, say
  const at = document.activeElement?.id;
  takeOver("purpose", fresh);
  const added = takeOver("own", fresh);
  for (const name of ["domain", "request_number", "wanted", "files"]) adjust(name, fresh);
  part(form, "asked").value = part(fresh, "asked").value;
  if (at && document.activeElement?.id !== at) document.getElementById(at)?.focus();
  const place = form.querySelector("[data-asked-say]");
  place.textContent = added.length ? place.dataset.askedSay.replace("{fields}", new Intl.ListFormat(document.documentElement.lang).format(added)) : "";
}

// A part that looks different is replaced; returns the labels of what it asks and did not ask before.
function takeOver(name, fresh) {
  const old = part(form, name);
  const next = part(fresh, name);
  if (old.dataset.sign === next.dataset.sign) return [];
  const had = new Set();
  for (const control of old.querySelectorAll("[name]")) {
    had.add(control.name);
    for (const twin of next.querySelectorAll(`[name="${CSS.escape(control.name)}"]`)) {
      if (control.type === "radio") { if (twin.value === control.value) twin.checked = control.checked; }
      else if (twin.type !== "radio") twin.value = control.value;
    }
  }
  const added = [...next.querySelectorAll("[name]:not([type=hidden])")].filter((control) => !had.has(control.name) || old.querySelector(`input[type=hidden][name="${CSS.escape(control.name)}"]`));
  const labels = added.map((control) => next.querySelector(control.type === "radio" ? `fieldset:has(#${CSS.escape(control.id)}) > legend` : `label[for="${CSS.escape(control.id)}"]`)?.textContent.trim());
  old.replaceWith(document.adoptNode(next));
  return [...new Set(labels.filter(Boolean))];
}

// A standard field stays where it is: only whether it is asked, and whether it must be given, changes.
function adjust(name, fresh) {
  const old = part(form, name);
  const next = part(fresh, name);
  old.toggleAttribute("data-off", next.hasAttribute("data-off"));
  if (name !== "files" || next.hidden === false || !old.querySelector("[data-list] li")) old.hidden = next.hidden;
  if (name === "domain" && !next.hidden) old.dispatchEvent(new Event("asked"));
  const label = old.querySelector("label, legend");
  const said = next.querySelector("label, legend");
  if (label.innerHTML !== said.innerHTML) label.innerHTML = said.innerHTML; // our own escaped page part
  const control = old.querySelector(".input");
  if (control) next.querySelector(".input").hasAttribute("aria-required") ? control.setAttribute("aria-required", "true") : control.removeAttribute("aria-required");
}

form?.addEventListener("change", (event) => { if (event.target.closest("[data-asks]")) look(); });
