// A form with data-autosave="address" is kept as a draft while one writes: its fields are posted there a moment
// after the last key, and when the page is left. data-saved names the words shown in [data-autosave-say].

const PAUSE = 1500;

for (const form of document.querySelectorAll("form[data-autosave]")) {
  const place = form.querySelector("[data-autosave-say]");
  let timer = 0;
  let last = text(form);

  const save = async (leaving = false) => {
    clearTimeout(timer);
    const now = text(form);
    if (now === last || form.dataset.sent) return true;
    last = now;
    try {
      const answer = await fetch(form.dataset.autosave, {
        method: "POST",
        body: now,
        keepalive: leaving,
        headers: { "Content-Type": "application/x-www-form-urlencoded", "X-Requested-With": "XMLHttpRequest" },
      });
      answer.body?.cancel(); // what is not read keeps the connection
      if (!answer.ok) throw new Error(answer.statusText);
      if (place) {
        const hour = new Date().toLocaleTimeString("en-GB", { hour: "2-digit", minute: "2-digit" });
        place.textContent = (form.dataset.saved ?? "").replace("{time}", hour);
      }
      return true;
    } catch {
      last = ""; // tried again at the next key
      return false;
    }
  };

  form.addEventListener("input", () => { clearTimeout(timer); timer = setTimeout(save, PAUSE); });
  document.addEventListener("draft:keep", ({ detail }) => detail.push(save())); // before the page is drawn anew
  document.addEventListener("visibilitychange", () => { if (document.visibilityState === "hidden") save(true); });
}

function text(form) {
  const data = new FormData(form);
  const fields = new URLSearchParams();
  for (const [name, value] of data) if (typeof value === "string" && !/password/i.test(name)) fields.append(name, value);
  return fields.toString();
}
