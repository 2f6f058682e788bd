// Small comforts for every page. Each one finds its own data- attribute; a page without it pays nothing,
// and a browser without scripts loses no function.

const each = (selector, work, root = document) => root.querySelectorAll(selector).forEach(work);

// What needs correcting is read first.
document.querySelector("[data-focus]")?.focus();

// The targets of the error summary: focus the control, not only its place.
document.addEventListener("click", (event) => {
  const link = event.target.closest(".summary a[href^='#']");
  const target = link && document.getElementById(link.hash.slice(1));
  if (!target) return;
  event.preventDefault();
  const control = target.matches("fieldset, div") ? target.querySelector("input:not([type=hidden]), select, textarea") : target;
  (control ?? target).focus({ preventScroll: true });
  target.scrollIntoView({ block: "center" });
});

// Character counters.
each("[data-count]", (control) => {
  const place = document.getElementById(control.dataset.count);
  if (!place) return;
  const limit = Number(control.dataset.limit);
  const numbers = new Intl.NumberFormat("en");
  const show = () => {
    const used = [...control.value.replace(/\r\n/g, "\n")].length;
    place.textContent = place.dataset.words
      .replace("{used}", numbers.format(used)).replace("{limit}", numbers.format(limit));
    place.toggleAttribute("data-over", used > limit);
  };
  place.hidden = false;
  control.addEventListener("input", show);
  show();
});

// A text box grows with its text.
const grow = (box) => {
  box.style.blockSize = "auto";
  box.style.blockSize = `${box.scrollHeight + 2}px`;
};
if (!CSS.supports("field-sizing", "content")) {
  each("textarea.input", (box) => {
    box.addEventListener("input", () => grow(box));
    if (box.value) grow(box);
  });
}

// Copy the number.
each("[data-copy]", (button) => {
  if (!navigator.clipboard) return;
  button.hidden = false;
  button.addEventListener("click", async () => {
    await navigator.clipboard.writeText(button.dataset.copy);
    const label = button.getAttribute("aria-label");
    button.setAttribute("aria-label", button.dataset.done);
    button.dataset.state = "done";
    setTimeout(() => { button.setAttribute("aria-label", label); delete button.dataset.state; }, 2000);
  });
});

// Show the password.
each("[data-reveal]", (button) => {
  const control = document.getElementById(button.dataset.reveal);
  const show = button.textContent;
  button.hidden = false;
  button.addEventListener("click", () => {
    const hidden = control.type === "password";
    control.type = hidden ? "text" : "password";
    button.setAttribute("aria-pressed", String(hidden));
    button.textContent = hidden ? button.dataset.hide : show;
    control.focus();
  });
});

// Print.
each("[data-print]", (button) => {
  button.hidden = false;
  button.addEventListener("click", () => window.print());
});

// A question that needs an answer before anything happens: the details part becomes a dialog.
each("details[data-dialog]", (details) => {
  const inside = details.querySelector(".dialog");
  const wrong = inside.querySelector("[data-state='error']");
  const dialog = document.createElement("dialog");
  dialog.className = "dialog";
  dialog.setAttribute("aria-label", inside.getAttribute("aria-label") ?? "");
  dialog.append(...inside.childNodes);
  inside.replaceWith(dialog);
  each("[data-close]", (button) => {
    button.hidden = false;
    button.addEventListener("click", () => dialog.close());
  }, dialog);
  const open = () => {
    details.open = true;
    dialog.showModal();
    (dialog.querySelector("textarea, input:not([type=hidden])") ?? dialog.querySelector("[data-close]"))?.focus();
  };
  details.querySelector("summary").addEventListener("click", (event) => { event.preventDefault(); open(); });
  dialog.addEventListener("close", () => { details.open = false; details.querySelector("summary").focus(); });
  dialog.addEventListener("click", (event) => { if (event.target === dialog) dialog.close(); });
  if (wrong) open();
});

// Menus close with Escape, and when one goes elsewhere.
document.addEventListener("click", (event) => {
  each("details.menu[open]", (menu) => { if (!menu.contains(event.target)) menu.open = false; });
});
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  each("details.menu[open]", (menu) => { menu.open = false; menu.querySelector("summary").focus(); });
});

// One press, one sending; the server takes two for one anyway.
document.addEventListener("submit", (event) => {
  const form = event.target;
  queueMicrotask(() => {
    if (event.defaultPrevented || form.method !== "post") return;
    if (form.dataset.sent) { event.preventDefault(); return; }
    form.dataset.sent = "yes";
    event.submitter?.setAttribute("aria-busy", "true");
    setTimeout(() => { delete form.dataset.sent; event.submitter?.removeAttribute("aria-busy"); }, 8000);
  });
});
window.addEventListener("pageshow", () => each("form[data-sent]", (form) => { delete form.dataset.sent; }));
