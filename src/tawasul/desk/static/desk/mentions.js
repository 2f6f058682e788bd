// Names in a note: "@" and a few letters offer people and teams. Without scripts the names are typed: @username, or
// @[name of the team].

import { asked, offer, put } from "./offers.js";

const STARTED = /(?:^|[^\p{L}\p{N}_@.+/-])@([\p{L}\p{N}_.-]{0,40})$/u;

for (const box of document.querySelectorAll("textarea[data-names]")) {
  const started = () => STARTED.exec(box.value.slice(0, box.selectionStart))?.[1];

  offer(box, {
    name: "names",
    label: box.dataset.namesLabel,
    widest: 416,
    started,
    load: async (typed) => (await asked(`${box.dataset.names}?${new URLSearchParams({ q: typed })}`))?.names,
    row(each) {
      const option = document.createElement("li");
      option.dataset.written = each.written;
      const name = document.createElement("bdi");
      name.textContent = each.name;
      const aside = document.createElement("span");
      aside.className = "small quiet";
      if (each.team) aside.textContent = box.dataset.teamLabel;
      else {
        const user = document.createElement("bdi");
        user.textContent = each.written;
        aside.append(user);
      }
      option.append(name, aside);
      return option;
    },
    take(option) {
      const end = box.selectionStart;
      put(box, end - (started() ?? "").length - 1, end, `${option.dataset.written} `);
    },
  });
}
