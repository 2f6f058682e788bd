// The domain's field: shown where the chosen service is about a domain; and every field of a name is answered with
// both forms of it.

const field = document.querySelector("[data-part=domain]");
const input = field?.querySelector("input");
const service = document.querySelector("[data-about-domain]");

if (input && service) {
  const about = new Set(service.dataset.aboutDomain.split(" "));
  const show = () => { field.hidden = "off" in field.dataset || (service.value !== "" && !about.has(service.value) && !input.value.trim()); };
  service.addEventListener("change", show);
  field.addEventListener("asked", show);
  show();
}

document.addEventListener("change", async ({ target }) => {
  if (!target.matches("[data-domain-check]")) return;
  const asked = target.value;
  const answer = await fetch(`${target.dataset.domainCheck}?domain=${encodeURIComponent(asked)}`).catch(() => null);
  const place = document.getElementById(target.dataset.domainSaid);
  if (place && answer?.ok && asked === target.value) place.innerHTML = await answer.text(); // our own escaped page part
});
