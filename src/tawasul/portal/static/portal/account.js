// Account pages: six-digit codes, a password's strength, passkeys. Without it every page but passkeys still works.

for (const input of document.querySelectorAll("[data-code]")) {
  input.addEventListener("input", () => {
    const digits = input.value
      .replace(/[٠-٩]/g, (d) => String(d.charCodeAt(0) - 0x660))
      .replace(/[۰-۹]/g, (d) => String(d.charCodeAt(0) - 0x6f0))
      .replace(/\D/g, "")
      .slice(0, 6);
    if (digits !== input.value) input.value = digits;
  });
}

for (const input of document.querySelectorAll("[data-strength]")) {
  const place = document.querySelector(`[data-strength-of="${input.id}"]`);
  let waiting;
  let asked = 0;
  input.addEventListener("input", () => {
    clearTimeout(waiting);
    waiting = setTimeout(async () => {
      const mine = ++asked;
      const options = { method: "POST", body: new FormData(input.form), signal: AbortSignal.timeout(15000) };
      const answer = await fetch(input.dataset.strength, options).catch(() => null);
      const said = await answer?.text().catch(() => null); // what is not read keeps the connection
      if (answer?.ok && typeof said === "string" && mine === asked) place.innerHTML = said;
    }, 300);
  });
}

const toBytes = (text) =>
  Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (c) => c.charCodeAt(0)).buffer;
const toText = (buffer) =>
  btoa(String.fromCharCode(...new Uint8Array(buffer))).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
const withBytes = (list) => (list || []).map((item) => ({ ...item, id: toBytes(item.id) }));

async function make(options) {
  const wanted = { ...(options.authenticatorSelection || {}), residentKey: "required", requireResidentKey: true, userVerification: "required" };
  const made = await navigator.credentials.create({
    publicKey: {
      ...options,
      challenge: toBytes(options.challenge),
      user: { ...options.user, id: toBytes(options.user.id) },
      excludeCredentials: withBytes(options.excludeCredentials),
      authenticatorSelection: wanted,
    },
  });
  return {
    type: made.type,
    id: made.id,
    rawId: toText(made.rawId),
    authenticatorAttachment: made.authenticatorAttachment,
    response: {
      clientDataJSON: toText(made.response.clientDataJSON),
      attestationObject: toText(made.response.attestationObject),
      transports: made.response.getTransports ? made.response.getTransports() : [],
    },
    clientExtensionResults: made.getClientExtensionResults(),
  };
}

async function use(options) {
  const used = await navigator.credentials.get({
    publicKey: { ...options, challenge: toBytes(options.challenge), allowCredentials: withBytes(options.allowCredentials) },
  });
  return {
    type: used.type,
    id: used.id,
    rawId: toText(used.rawId),
    authenticatorAttachment: used.authenticatorAttachment,
    response: {
      clientDataJSON: toText(used.response.clientDataJSON),
      authenticatorData: toText(used.response.authenticatorData),
      signature: toText(used.response.signature),
      userHandle: used.response.userHandle ? toText(used.response.userHandle) : null,
    },
    clientExtensionResults: used.getClientExtensionResults(),
  };
}

async function credential(form) {
  if (form.dataset.passkey === "login") {
    const answer = await fetch(form.action, { headers: { Accept: "application/json" } });
    if (!answer.ok) {
      answer.body?.cancel();
      throw new Error("no options");
    }
    return use((await answer.json()).request_options.publicKey);
  }
  const data = JSON.parse(form.querySelector("#passkey-data").textContent);
  return form.dataset.passkey === "add" ? make(data.creation_options.publicKey) : use(data.request_options.publicKey);
}

for (const form of document.querySelectorAll("[data-passkey]")) {
  if (!window.PublicKeyCredential) continue;
  form.hidden = false;
  const say = form.querySelector("[data-say]");
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    say.hidden = true;
    try {
      form.elements.credential.value = JSON.stringify(await credential(form));
      form.submit();
    } catch (problem) {
      const words = { NotAllowedError: form.dataset.refused, InvalidStateError: form.dataset.known };
      say.textContent = words[problem.name] || form.dataset.failed;
      say.hidden = false;
    }
  });
}
