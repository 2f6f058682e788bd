// What is typed as a name stands in the preview beside it at once.
for (const shown of document.querySelectorAll("[data-shows]")) {
  const field = document.getElementById(shown.dataset.shows);
  const empty = shown.textContent;
  field?.addEventListener("input", () => { shown.textContent = field.value.trim() || empty; });
}
