// Who reads an answer: the line above it and the choice follow who takes part, while one writes. A choice that was made
// stays. Where whoever was chosen has left the next one is made by hand, so that nothing goes to more than was meant.

const EVERYBODY = "everybody";
const CHOOSE = "choose";

// What a fresh page says of it, whether that came with an answer to the side panel's form or by news of a colleague's.
export function renew(fresh) {
  const place = document.getElementById("answer-to");
  const next = fresh.querySelector("#answer-to");
  if (!place || !next) return; // a note is read by staff alone
  line(fresh.querySelector("#goes-to"));
  choice(place, next);
}

// The place itself stays, so that what changes in it is read out.
function line(next) {
  const place = document.getElementById("goes-to");
  if (place && next && place.textContent !== next.textContent) place.replaceChildren(...nodes(next));
}

function choice(place, next) {
  const field = place.querySelector(".answer-to");
  const wanted = [...next.querySelectorAll("select option[data-alone]")];
  if (!field) {
    if (wanted.length) begin(place, next.querySelector(".answer-to"));
    return;
  }
  const select = field.querySelector("select");
  const chosen = select.value;
  if (!wanted.length && chosen === EVERYBODY) {
    const held = field.contains(document.activeElement);
    field.remove();
    if (held) document.querySelector(".composer textarea[name=text]")?.focus();
    return;
  }
  const names = (options) => options.map((one) => `${one.value} ${one.text}`).join("\n");
  const old = [...select.options].filter((one) => one.matches("[data-alone]"));
  if (names(old) === names(wanted)) return;
  for (const one of old) one.remove();
  select.append(...wanted.map((one) => document.importNode(one, true)));
  select.value = chosen;
  if (select.value !== chosen) undecided(field, select, place.querySelector("template"));
}

// The page let everybody read it so far: it goes on to, whatever another page has kept in the draft.
function begin(place, field) {
  const made = document.importNode(field, true);
  const select = made.querySelector("select");
  select.querySelector(`[value=${CHOOSE}]`)?.remove();
  select.value = EVERYBODY;
  decided(made);
  place.prepend(made);
}

function undecided(field, select, template) {
  const [why, option] = nodes(template.content);
  why.setAttribute("role", "alert");
  field.querySelector(".why")?.remove();
  select.before(why);
  if (!select.querySelector(`[value=${CHOOSE}]`)) select.prepend(option);
  select.value = CHOOSE;
  field.dataset.state = "error";
  select.setAttribute("aria-invalid", "true");
  select.setAttribute("aria-describedby", why.id);
}

function decided(field) {
  const select = field.querySelector("select");
  field.querySelector(".why")?.remove();
  delete field.dataset.state;
  select.removeAttribute("aria-invalid");
  select.removeAttribute("aria-describedby");
}

const nodes = (from) => [...from.children].map((node) => document.importNode(node, true));

if (document.getElementById("answer-to")) {
  document.addEventListener("change", ({ target }) => {
    const field = target.closest(".answer-to");
    if (field && target.value !== CHOOSE) decided(field);
  });
  document.body.addEventListener("htmx:oobBeforeSwap", (event) => {
    const { target, fragment } = event.detail;
    if (target.id !== "goes-to" && target.id !== "answer-to") return;
    event.detail.shouldSwap = false;
    const next = fragment.id === target.id ? fragment : fragment.querySelector(`#${target.id}`);
    if (next && target.id === "goes-to") line(next);
    else if (next) choice(target, next);
  });
}
