// Buttons that only rearrange the form bring back the form alone, so that the page stays where it is; what a condition
// is about brings its values at once.
const inner = () => document.querySelector("#field-form form");

document.addEventListener("click", (event) => {
  const button = event.target.closest('#field-form button[name="do"]');
  if (!button || !window.htmx) return;
  event.preventDefault();
  const again = button.value;
  const form = inner();
  const place = [...form.querySelectorAll('button[name="do"]')].indexOf(button);
  window.htmx
    .ajax("POST", location.pathname + location.search, {
      source: form, target: "#field-form", select: "#field-form", swap: "outerHTML",
      values: { [button.name]: again },
    })
    .then(() => {
      if (again === "more") {
        [...document.querySelectorAll('[name^="choice-"][name$="-ar"]')].at(-1)?.focus();
      } else {
        ([...inner().querySelectorAll('button[name="do"]')][place] ?? inner()).focus?.();
      }
    });
});

document.addEventListener("change", (event) => {
  if (event.target.matches("#field-form select[data-asks]")) {
    event.target.parentElement.querySelector('button[name="do"]')?.click();
  }
});
