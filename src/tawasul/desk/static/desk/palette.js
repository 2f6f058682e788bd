// The palette: Ctrl+K or the field of the bar. It asks the server for rows while one types; the arrows choose, Enter
// does, Escape closes and gives the focus back. Without scripts the field is a form that leads to the search page.

const PAUSE = 120;
const control = (name) => document.querySelector(`[data-do="${name}"]`); // keys.js works it
const place = document.querySelector("[data-find]");
const dialog = document.getElementById("palette");

if (place && dialog?.showModal) {
  const button = place.querySelector(".open-palette");
  const ask = dialog.querySelector("input");
  const list = dialog.querySelector("[role=listbox]");
  const said = dialog.querySelector(".said");
  let timer = 0;
  let running = null;
  let came = null; // where the focus was

  place.querySelector("form").hidden = true;
  button.hidden = false;

  const open = (typed = "") => {
    if (dialog.open) return ask.select();
    came = document.activeElement;
    for (const other of document.querySelectorAll("dialog[open]")) other.close();
    ask.value = typed;
    list.replaceChildren();
    dialog.showModal();
    ask.focus();
    return find();
  };

  async function find() {
    running?.abort();
    running = new AbortController();
    const query = new URLSearchParams({ q: ask.value, from: location.pathname + location.search });
    if (place.dataset.on) query.set("on", place.dataset.on);
    try {
      const answer = await fetch(`${place.dataset.palette}?${query}`, {
        signal: running.signal,
        headers: { "X-Requested-With": "XMLHttpRequest" },
      });
      if (!answer.ok) {
        answer.body?.cancel();
        throw new Error(answer.statusText);
      }
      show(await answer.text());
    } catch (problem) {
      if (problem.name === "AbortError") return;
      list.replaceChildren();
      choose(null);
      said.textContent = said.dataset.failed;
    }
  }

  function show(html) {
    list.innerHTML = html; // our own fragment: everything in it is escaped on the server
    for (const option of options()) {
      if (option.dataset.doIt && option.dataset.doIt !== "keys" && !control(option.dataset.doIt)) option.remove();
    }
    for (const group of list.querySelectorAll("[role=group]")) if (!group.querySelector("[role=option]")) group.remove();
    options().forEach((option, at) => (option.id = `palette-option-${at}`));
    said.textContent = list.querySelector("[data-said]")?.dataset.said ?? "";
    choose(options()[0] ?? null);
  }

  const options = () => [...list.querySelectorAll("[role=option]")];
  const chosen = () => list.querySelector("[aria-selected=true]");

  function choose(option) {
    chosen()?.setAttribute("aria-selected", "false");
    if (!option) return ask.removeAttribute("aria-activedescendant");
    option.setAttribute("aria-selected", "true");
    ask.setAttribute("aria-activedescendant", option.id);
    return option.scrollIntoView({ block: "nearest" });
  }

  function step(by) {
    const all = options();
    if (all.length) choose(all[(all.indexOf(chosen()) + by + all.length) % all.length]);
  }

  function run(option) {
    if (!option) return;
    const { doIt, href, value } = option.dataset;
    came = doIt ? null : came;
    dialog.close();
    if (doIt) document.dispatchEvent(new CustomEvent("desk:do", { detail: { name: doIt, value } }));
    else location.assign(href);
  }

  async function enter() {
    if (timer) { // what is shown may belong to what was typed before
      clearTimeout(timer);
      timer = 0;
      await find();
    }
    run(chosen());
  }

  button.addEventListener("click", () => open());
  dialog.querySelector("[data-close]").addEventListener("click", () => dialog.close());
  dialog.addEventListener("click", (event) => {
    if (event.target === dialog) return dialog.close();
    return run(event.target.closest("[role=option]"));
  });
  dialog.addEventListener("close", () => {
    running?.abort();
    clearTimeout(timer);
    timer = 0;
    came?.focus?.();
  });
  ask.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(() => { timer = 0; find(); }, PAUSE);
  });
  ask.addEventListener("keydown", (event) => {
    if (event.isComposing) return;
    const keys = { ArrowDown: () => step(1), ArrowUp: () => step(-1), Enter: enter };
    if (!(event.key in keys)) return;
    event.preventDefault();
    keys[event.key]();
  });

  document.addEventListener("desk:palette", () => open());
}
