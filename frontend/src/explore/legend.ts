// Kinds of things and ties with their colours and counts; unticking one hides it.

import { h } from "./dom";

export interface Entry {
  name: string;
  label: string;
  color: string;
  count: number;
}

export function entries(items: Iterable<{ kind: string; color: string }>, label: (item: never) => string): Entry[] {
  const found = new Map<string, Entry>();
  for (const item of items) {
    const known = found.get(item.kind);
    if (known) known.count += 1;
    else found.set(item.kind, { name: item.kind, label: label(item as never), color: item.color, count: 1 });
  }
  return [...found.values()].sort((a, b) => b.count - a.count || a.label.localeCompare(b.label));
}

/** Draw a legend; boxes that are there already stay, so that the keyboard's place isn't lost. */
export function drawLegend(list: HTMLElement, wanted: Entry[], hidden: Set<string>, line: boolean, toggle: (name: string, on: boolean) => void): void {
  const focused = document.activeElement instanceof HTMLInputElement ? document.activeElement.dataset["kind"] : undefined;
  list.replaceChildren(
    ...wanted.map((entry) => {
      const mark = h("i", { class: line ? "dash" : "dot", "aria-hidden": "true" });
      mark.style.background = entry.color;
      const box = h("input", { type: "checkbox", "data-kind": entry.name });
      box.checked = !hidden.has(entry.name);
      box.addEventListener("change", () => toggle(entry.name, box.checked));
      return h("li", {}, h("label", {}, box, mark, h("span", {}, entry.label), h("small", {}, String(entry.count))));
    }),
  );
  if (focused) list.querySelector<HTMLInputElement>(`input[data-kind="${CSS.escape(focused)}"]`)?.focus();
}
