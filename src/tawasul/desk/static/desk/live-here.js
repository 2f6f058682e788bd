// Who else is at this ticket: names above the composer, and telling the others that one writes.

const here = document.getElementById("here");
const EVERY = 3000; // milliseconds between two notes that somebody writes

document.addEventListener("live:here", ({ detail: people }) => {
  if (!here) return;
  here.hidden = !people.length;
  for (const line of here.querySelectorAll("[data-doing]")) {
    const names = people.filter((one) => one.doing === line.dataset.doing).map((one) => one.name);
    const shown = line.querySelector(".here-names");
    const parts = names.flatMap((name, number) => {
      const bdi = document.createElement("bdi");
      bdi.textContent = name;
      return number ? [here.dataset.and, bdi] : [bdi];
    });
    if (shown.textContent !== names.join(here.dataset.and)) shown.replaceChildren(...parts);
    if (line.hidden === names.length > 0) line.hidden = !names.length;
  }
});

let told = 0;
document.addEventListener("input", (event) => {
  const composer = here && event.target.closest?.("#composer");
  if (!composer || Date.now() - told < EVERY) return;
  told = Date.now();
  const doing = composer.classList.contains("note") ? "noting" : "answering";
  document.dispatchEvent(new CustomEvent("live:doing", { detail: doing }));
});

// What a colleague writes, once shown, is put away again; the focus returns to what showed it.
here?.addEventListener("click", (event) => {
  if (!event.target.closest("[data-hide-drafts]")) return;
  document.getElementById("drafts").replaceChildren();
  (here.querySelector("[data-doing]:not([hidden]) > a") ?? document.querySelector("#composer textarea"))?.focus();
});
