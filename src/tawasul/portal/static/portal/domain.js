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
  const signal = AbortSignal.timeout(15000);
  const answer = await fetch(`${target.dataset.domainCheck}?domain=${encodeURIComponent(asked)}`, { signal }).catch(() => null);
  const place = document.getElementById(target.dataset.domainSaid);
  const said = await answer?.text().catch(() => null); // what is not read keeps the connection
  if (place && answer?.ok && typeof said === "string" && asked === target.value) place.innerHTML = said; // our own escaped page part
});
