// The list at the side: examples, which can be searched, and the queries that were run in this browser.

import { byId, h, type Texts } from "../explore/dom";
import { forget, loadHistory } from "./store";
import { arrows, select } from "./tablist";
import type { Example } from "./types";

export class Side {
  private readonly pick: HTMLElement;

  constructor(
    private readonly examples: Example[],
    private readonly texts: Texts,
    private readonly choose: (query: string, title: string) => void,
  ) {
    this.pick = byId("side-examples").parentElement as HTMLElement;
    for (const name of ["examples", "history"]) byId(`side-${name}`).addEventListener("click", () => this.open(name));
    arrows(this.pick, (tab) => {
      tab.click();
      tab.focus();
    });
    const find = byId<HTMLInputElement>("find-example");
    find.addEventListener("input", () => this.drawExamples(find.value));
    this.drawExamples("");
  }

  private open(name: string): void {
    select(this.pick, byId(`side-${name}`));
    byId("examples-panel").hidden = name !== "examples";
    byId("history-panel").hidden = name !== "history";
    this.drawHistory();
  }

  private drawExamples(text: string): void {
    const words = text.toLowerCase().split(/\s+/).filter(Boolean);
    const fitting = this.examples.filter(({ also, query }) => words.every((word) => `${also} ${query}`.toLowerCase().includes(word)));
    const items = fitting.map(({ slug, title, question, query }) => {
      const load = (): void => this.choose(query, title);
      return h("li", {}, h("button", { type: "button", "data-example": slug, onclick: load }, h("b", {}, title), question && h("span", {}, question)));
    });
    byId("examples").replaceChildren(...(items.length ? items : [h("li", { class: "soft" }, this.texts.get("no_examples"))]));
  }

  drawHistory(): void {
    const history = loadHistory();
    const items = history.map(({ query, when, note }) => {
      const time = new Date(when).toLocaleString(document.documentElement.lang);
      const first = query.split("\n").filter((line) => !/^\s*(PREFIX\b|#|$)/i.test(line)).join(" ");
      return h("li", {}, h("button", { type: "button", onclick: () => this.choose(query, time) }, h("code", {}, first.slice(0, 120)), h("span", {}, `${time} · ${note}`)));
    });
    const empty = (): void => {
      forget();
      this.drawHistory();
    };
    const clear = h("li", {}, h("button", { type: "button", class: "quiet clear", onclick: empty }, this.texts.get("clear_history")));
    byId("history").replaceChildren(...(items.length ? [...items, clear] : [h("li", { class: "soft" }, this.texts.get("no_history"))]));
  }
}
