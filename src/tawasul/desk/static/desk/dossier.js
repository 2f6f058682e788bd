// The side panel: what was overtaken or refused is shown in its place, and the focus goes to the reason. Without
// scripts each form is a page of its own and the panel a part of the page that its link leads to.

const panel = document.getElementById("dossier");

if (panel) {
  document.body.addEventListener("htmx:beforeSwap", (event) => {
    const { xhr, target } = event.detail;
    if (target.id !== "dossier-inside") return;
    // Of forms with one name one is open at a time: the old one would close the new one that comes beside it.
    for (const old of target.querySelectorAll("details[name]")) old.removeAttribute("name");
    if (xhr.status === 409 || xhr.status === 422) {
      event.detail.shouldSwap = true;
      event.detail.isError = false;
    }
  });
  document.body.addEventListener("htmx:afterSettle", (event) => {
    if (panel.contains(event.detail.elt)) panel.querySelector("[data-focus]")?.focus();
  });
  // Escape leads back from the drawer to the letters; on a wide page the panel stays.
  panel.addEventListener("keydown", (event) => {
    const way = document.querySelector(".ways .to-letters");
    if (event.key !== "Escape" || event.defaultPrevented || !way || location.hash !== "#dossier") return;
    const open = event.target.closest("details[open]");
    if (open) {
      open.open = false;
      open.querySelector("summary").focus();
      return;
    }
    way.click();
    document.querySelector(".ways .to-about")?.focus();
  });
}
