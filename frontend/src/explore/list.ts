// The same network as a table, with the same actions, for whoever would rather read than look.

import type { Action } from "./card";
import { h, type Texts } from "./dom";
import type { Thing } from "./types";

const MOST = 500;

export function drawList(
  place: HTMLElement,
  things: Thing[],
  degree: (id: string) => number,
  selected: string,
  select: (id: string) => void,
  actions: (thing: Thing) => Action[],
  texts: Texts,
): void {
  const focused = document.activeElement instanceof HTMLElement ? document.activeElement.dataset["key"] : undefined;
  const ordered = [...things].sort((a, b) => degree(b.id) - degree(a.id) || a.label.localeCompare(b.label)).slice(0, MOST);
  const rows = ordered.map((thing) => {
    const dot = h("i", { class: "dot", "aria-hidden": "true" });
    dot.style.background = thing.color;
    const name = h(
      "button",
      { type: "button", class: "quiet", "data-key": `select ${thing.id}`, "aria-pressed": String(thing.id === selected), onclick: () => select(thing.id) },
      thing.label,
    );
    const does = actions(thing).map((action) =>
      h(
        "button",
        { type: "button", class: "quiet", "data-key": `${action.name} ${thing.id}`, "aria-label": `${action.text}: ${thing.label}`, onclick: () => action.run() },
        action.text,
      ),
    );
    return h(
      "tr",
      { "data-id": thing.id },
      h("th", { scope: "row" }, name),
      h("td", {}, dot, thing.kind_label),
      h("td", { class: "number" }, String(degree(thing.id))),
      h("td", {}, ...does),
    );
  });
  const head = h("tr", {}, ...["list_thing", "kind", "list_ties", "list_do"].map((key) => h("th", { scope: "col" }, texts.get(key))));
  place.replaceChildren(h("table", {}, h("thead", {}, head), h("tbody", {}, ...rows)));
  if (focused) place.querySelector<HTMLElement>(`[data-key="${CSS.escape(focused)}"]`)?.focus();
}
