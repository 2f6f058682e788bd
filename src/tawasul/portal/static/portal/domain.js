// The domain's field: shown where the chosen service is about a domain, and answered with both forms of the name.

const field = document.querySelector("[data-domain]");
const input = field?.querySelector("input");
const service = document.querySelector("[data-about-domain]");

if (input && service) {
  const about = new Set(service.dataset.aboutDomain.split(" "));
  const show = () => { field.hidden = service.value !== "" && !about.has(service.value) && !input.value.trim(); };
  service.addEventListener("change", show);
  show();

  const place = document.getElementById(input.dataset.domainSaid);
  let asked = "";
  input.addEventListener("change", async () => {
    asked = input.value;
    const answer = await fetch(`${input.dataset.domainCheck}?domain=${encodeURIComponent(asked)}`).catch(() => null);
    if (answer?.ok && asked === input.value) place.innerHTML = await answer.text(); // our own escaped page part
  });
}
