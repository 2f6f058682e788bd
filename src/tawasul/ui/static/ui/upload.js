// Attachments go into the draft while one writes: choose, drop or paste; a bar each; cancel; remove.
// Contract with the server: POST one file as "files" with the form's token alone (what is typed is autosave.js's
// business) and the header X-Requested-With; the answer is the list's rows (ui/parts.html file_rows), refused ones
// among them.

for (const part of document.querySelectorAll("[data-upload]")) start(part);

function start(part) {
  const words = part.dataset;
  const input = part.querySelector("input[type=file]");
  const list = part.querySelector("[data-list]");
  const say = part.querySelector("[data-say]");
  const drop = part.querySelector(".drop");
  const form = part.closest("form");
  const waiting = [];
  let running = null;
  let submitter = null;

  part.querySelectorAll("[data-with-script]").forEach((item) => { item.hidden = false; });
  part.querySelectorAll("[data-without-script]").forEach((item) => { item.hidden = true; });
  input.hidden = true; // the button stands for it, to the eye and to a screen reader
  part.querySelector(`label[for="${input.id}"]`)?.toggleAttribute("hidden", true);
  part.querySelector("[data-choose]").addEventListener("click", () => input.click());
  dismissable(list);

  input.addEventListener("change", () => { add(input.files); input.value = ""; });
  form.addEventListener("paste", (event) => {
    if (event.clipboardData?.files.length) { event.preventDefault(); add(event.clipboardData.files); }
  });
  for (const kind of ["dragenter", "dragover"]) {
    form.addEventListener(kind, (event) => {
      if (![...event.dataTransfer.types].includes("Files")) return;
      event.preventDefault();
      over(true);
    });
  }
  form.addEventListener("dragleave", (event) => { if (!form.contains(event.relatedTarget)) over(false); });
  form.addEventListener("drop", (event) => {
    over(false);
    if (!event.dataTransfer.files.length) return;
    event.preventDefault();
    add(event.dataTransfer.files);
  });

  function over(is) {
    drop.classList.toggle("over", is);
    form.classList.toggle("over", is);
  }

  // What is still on its way arrives before the form goes.
  form.addEventListener("submit", (event) => {
    if (!running || event.submitter?.hasAttribute("formaction")) return;
    event.preventDefault();
    submitter = event.submitter ?? form.querySelector("button:not([type=button])");
    submitter?.setAttribute("aria-busy", "true");
  });

  list.addEventListener("click", async (event) => {
    const button = event.target.closest("[data-remove]");
    if (!button) return;
    event.preventDefault();
    button.disabled = true;
    try {
      const answer = await fetch(button.formAction, { method: "POST", body: token(), headers: { "X-Requested-With": "XMLHttpRequest", "HX-Request": "true" } });
      const text = await answer.text(); // read in any case: else it keeps the connection
      if (!answer.ok) throw new Error(answer.statusText);
      show(text);
      part.querySelector("[data-choose]").focus();
    } catch {
      button.disabled = false;
      tell(words.failed);
    }
  });

  function add(files) {
    const folded = part.closest("details");
    if (folded) folded.open = true; // whoever drops or pastes sees how far it is
    for (const file of files) {
      const row = rowFor(file);
      list.append(row);
      if (file.size > Number(words.limit)) fail(row, words.tooBig);
      else waiting.push({ file, row });
    }
    next();
  }

  function next() {
    if (running) return;
    running = waiting.shift() ?? null;
    if (!running) {
      if (submitter) { submitter.removeAttribute("aria-busy"); form.requestSubmit(submitter); submitter = null; }
      return;
    }
    send(running);
  }

  function send(job) {
    const { file, row } = job;
    const data = token();
    data.append("files", file, file.name || "image.png");
    const request = new XMLHttpRequest();
    job.request = request;
    request.open("POST", part.dataset.upload);
    request.setRequestHeader("X-Requested-With", "XMLHttpRequest");
    request.setRequestHeader("HX-Request", "true");
    request.upload.addEventListener("progress", (event) => {
      if (!event.lengthComputable) return;
      const done = Math.floor((event.loaded / event.total) * 100);
      row.querySelector("progress").value = done;
      row.querySelector(".meta").replaceChildren(...filled(words.uploading, done, file.size));
    });
    const over = () => { running = null; next(); };
    request.addEventListener("load", () => {
      if (request.status < 300 || /<li class="file"/.test(request.responseText)) { row.remove(); show(request.responseText); }
      else fail(row, request.status === 413 ? words.tooBig : words.failed);
      over();
    });
    request.addEventListener("error", () => { fail(row, words.failed); over(); });
    request.addEventListener("abort", over);
    request.send(data);
  }

  // The server's rows, its refusals among them, take the place of the old ones; what this browser itself refused
  // and what is still on its way stay.
  function show(html) {
    const fresh = new DOMParser().parseFromString(html, "text/html").querySelectorAll("li.file");
    const kept = [...list.querySelectorAll("[data-state=uploading], [data-state=refused]:not(:has([data-remove]))")];
    list.replaceChildren(...[...fresh].filter((row) => row.dataset.state === "done"),
      ...kept, ...[...fresh].filter((row) => row.dataset.state === "refused"));
    dismissable(list);
    const last = fresh[fresh.length - 1];
    if (last) tell(last.querySelector("div").textContent.trim());
  }

  function rowFor(file) {
    const bar = made("progress", { max: 100, value: 0 });
    bar.setAttribute("aria-label", file.name);
    const name = made("span", { className: "name" }, made("bdi", { textContent: file.name }));
    const meta = made("span", { className: "meta num" }, ...filled(words.uploading, 0, file.size));
    const cancel = button(words.cancel, file.name, () => {
      if (running?.row === row) running.request.abort();
      else waiting.splice(waiting.findIndex((job) => job.row === row), 1);
      row.remove();
    });
    const row = made("li", { className: "file" }, made("span", { className: "thumb" }), made("div", {}, name, bar, meta), cancel);
    row.dataset.state = "uploading";
    return row;
  }

  function fail(row, why) {
    row.dataset.state = "refused";
    row.querySelector("progress")?.remove();
    row.querySelector(".meta").textContent = why;
    row.querySelector("button").replaceWith(button(words.dismissWord, row.querySelector("bdi").textContent, () => row.remove()));
    tell(`${row.querySelector("bdi").textContent}: ${why}`);
  }

  function button(text, name, act) {
    const pressed = made("button", { type: "button", className: "btn text" }, text, made("span", { className: "hidden", textContent: ` ${name}` }));
    pressed.addEventListener("click", act);
    return pressed;
  }

  function size(bytes) {
    const big = bytes >= 2 ** 20;
    return (big ? words.mb : words.kb).replace("{size}", big ? (bytes / 2 ** 20).toFixed(1).replace(".0", "") : Math.round(bytes / 1024));
  }

  // "Uploading: 62% of 6.1 MB" with the per cent kept left to right.
  function filled(pattern, done, bytes) {
    return pattern.split("{done}").flatMap((piece, place) => {
      const text = piece.replace("{size}", size(bytes));
      if (!place) return [text];
      return [made("bdi", { dir: "ltr", textContent: `${done}%` }), text];
    });
  }

  function token() {
    const data = new FormData();
    data.append("csrfmiddlewaretoken", form.querySelector("[name=csrfmiddlewaretoken]")?.value ?? "");
    return data;
  }

  function tell(text) { say.textContent = text; }
}

function made(tag, properties, ...inside) {
  const element = Object.assign(document.createElement(tag), properties);
  element.append(...inside);
  return element;
}

function dismissable(list) {
  for (const button of list.querySelectorAll("[data-dismiss]")) {
    button.hidden = false;
    button.addEventListener("click", () => button.closest("li").remove());
  }
}
