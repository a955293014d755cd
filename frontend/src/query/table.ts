// A result as a table: sorted, filtered, in pages; IRIs short, named and linked.

import { h, link, type Texts } from "../explore/dom";
import type { Names } from "./names";
import type { Result, Row, Term } from "./types";

const PAGE = 50;
const NUMBERS = /^http:\/\/www\.w3\.org\/2001\/XMLSchema#(integer|decimal|double|float|int|long|short|byte|nonNegativeInteger|positiveInteger|unsignedInt|gYear)$/;
/** Datatypes that a reader sees without being told. */
const OBVIOUS = /^http:\/\/www\.w3\.org\/2001\/XMLSchema#(string|boolean|date|dateTime)$/;

export function isNumber(term: Term | undefined): boolean {
  return term?.type === "literal" && NUMBERS.test(term.datatype ?? "") && Number.isFinite(Number(term.value));
}

/** A term as text, as people read it. */
export function textOf(term: Term | undefined, names: Names): string {
  if (!term) return "";
  if (term.type === "uri") return names.label(term.value) || names.short(term.value);
  return term.type === "bnode" ? `_:${term.value}` : term.value;
}

export class Table {
  readonly element = h("div", { class: "table-view" });
  private readonly body = h("div", { class: "scroll", tabindex: "0", role: "group" });
  private readonly turn = h("p", { class: "row turn" });
  private rows: Row[];
  private first = 0;
  private column = -1;
  private down = false;
  private wanted = "";

  constructor(
    private readonly result: Result,
    private readonly names: Names,
    private readonly texts: Texts,
    private readonly say: (text: string) => void,
  ) {
    this.rows = result.rows;
    this.body.setAttribute("aria-label", texts.get("view_table"));
    const filter = h("input", { type: "search", placeholder: texts.get("filter"), "aria-label": texts.get("filter"), autocomplete: "off" });
    filter.addEventListener("input", () => this.filter(filter.value));
    if (result.rows.length > 1) this.element.append(h("p", { class: "row" }, filter));
    this.element.append(this.body, this.turn);
    this.draw();
  }

  private filter(text: string): void {
    this.wanted = text.trim().toLowerCase();
    this.arrange();
    this.say(this.texts.get("filtered", { n: this.rows.length.toLocaleString(), all: this.result.rows.length.toLocaleString() }));
  }

  private arrange(): void {
    const words = this.wanted.split(/\s+/).filter(Boolean);
    this.rows = this.result.rows.filter((row) => {
      const text = row.map((term) => (term ? `${textOf(term, this.names)} ${term.value}` : "")).join(" ").toLowerCase();
      return words.every((word) => text.includes(word));
    });
    const { column } = this;
    if (column >= 0) {
      const order = this.down ? -1 : 1;
      this.rows.sort((a, b) => order * compare(a[column], b[column], this.names));
    }
    this.first = 0;
    this.draw();
  }

  private sort(column: number): void {
    this.down = this.column === column && !this.down;
    this.column = column;
    this.arrange();
    this.body.querySelectorAll<HTMLElement>("th button")[column]?.focus();
  }

  private draw(): void {
    const shown = this.rows.slice(this.first, this.first + PAGE);
    const heads = this.result.columns.map((name, at) => {
      const sorted = at === this.column ? (this.down ? "descending" : "ascending") : "none";
      const button = h("button", { type: "button", class: "sort", title: this.texts.get("sort_by", { name }), onclick: () => this.sort(at) }, name);
      const numbers = shown.length > 0 && shown.every((row) => !row[at] || isNumber(row[at]));
      return h("th", { scope: "col", "aria-sort": sorted, class: numbers ? "number" : undefined }, button);
    });
    const lines = shown.map((row) => h("tr", {}, ...row.map((term) => this.cell(term))));
    this.body.replaceChildren(h("table", {}, h("thead", {}, h("tr", {}, ...heads)), h("tbody", {}, ...lines)));
    this.drawTurn();
    const unnamed = shown.flat().flatMap((term) => (term?.type === "uri" && !this.names.label(term.value) ? [term.value] : []));
    void this.names.read(unnamed).then(() => this.fill());
  }

  /** Put in the names that came meanwhile. */
  private fill(): void {
    for (const element of this.body.querySelectorAll<HTMLElement>("[data-iri]")) {
      element.textContent = this.names.label(element.dataset["iri"] ?? "");
    }
  }

  private cell(term: Term | undefined): HTMLElement {
    if (!term) return h("td", {});
    if (term.type === "uri") {
      const short = this.names.short(term.value).replace(/^<|>$/g, "");
      const address = link(this.names.page(term.value), short);
      if (address instanceof HTMLElement) address.title = term.value;
      return h("td", {}, address, " ", h("small", { "data-iri": term.value }, this.names.label(term.value)));
    }
    if (term.type !== "literal") return h("td", {}, textOf(term, this.names));
    const number = isNumber(term);
    const kind = term.language ? `@${term.language}` : !term.datatype || OBVIOUS.test(term.datatype) || number ? "" : this.names.short(term.datatype);
    const attributes = { class: number ? "number" : undefined, lang: term.language };
    return h("td", attributes, term.value, kind && " ", kind && h("small", {}, kind));
  }

  private drawTurn(): void {
    const all = this.rows.length;
    if (all <= PAGE) {
      this.turn.replaceChildren();
      return;
    }
    const go = (by: number) => () => {
      this.first += by;
      this.draw();
      this.body.focus();
    };
    const last = Math.min(this.first + PAGE, all);
    const range = this.texts.get("range", { first: (this.first + 1).toLocaleString(), last: last.toLocaleString(), all: all.toLocaleString() });
    this.turn.replaceChildren(
      h("button", { type: "button", class: "quiet", disabled: this.first === 0, onclick: go(-PAGE) }, this.texts.get("earlier")),
      h("span", { class: "soft", role: "status" }, range),
      h("button", { type: "button", class: "quiet", disabled: last === all, onclick: go(PAGE) }, this.texts.get("later")),
    );
  }
}

function compare(a: Term | undefined, b: Term | undefined, names: Names): number {
  if (!a || !b) return Number(!a) - Number(!b);
  if (isNumber(a) && isNumber(b)) return Number(a.value) - Number(b.value);
  return textOf(a, names).localeCompare(textOf(b, names), undefined, { numeric: true });
}
