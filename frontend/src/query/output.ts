// The result: its views, what can be done with it, how it came about.

import { byId, h, type Texts } from "../explore/dom";
import { chart, type Choice } from "./chart";
import type { Names } from "./names";
import { file } from "./run";
import { Table, textOf } from "./table";
import { arrows, select } from "./tablist";
import { VIEWS, type Result, type ViewName } from "./types";

const TABLES = { CSV: ["text/csv", "csv"], TSV: ["text/tab-separated-values", "tsv"], JSON: ["application/sparql-results+json", "json"], XML: ["application/sparql-results+xml", "xml"] };
const GRAPHS = { Turtle: ["text/turtle", "ttl"], "N-Triples": ["application/n-triples", "nt"], "JSON-LD": ["application/ld+json", "jsonld"], "RDF/XML": ["application/rdf+xml", "rdf"] };
const MOST_RAW = 200_000;

export function size(bytes: number): string {
  if (bytes < 1000) return `${bytes} B`;
  return bytes < 1e6 ? `${(bytes / 1e3).toFixed(1)} kB` : `${(bytes / 1e6).toFixed(1)} MB`;
}

export interface Shown {
  result: Result;
  query: string;
}

export interface Chosen {
  view: ViewName;
  chart: Choice;
}

export class Output {
  private readonly views = byId("views");
  private readonly tools = byId("tools");
  private readonly place = byId("view");

  constructor(
    private readonly names: Names,
    private readonly texts: Texts,
    private readonly say: (text: string) => void,
    private readonly chosen: () => void,
  ) {
    arrows(this.views, (tab) => tab.click());
  }

  /** Show a result, or what to do for one. */
  show(shown: Shown | null, tab: Chosen): void {
    byId("result").classList.toggle("empty", !shown);
    if (!shown || shown.result.kind === "truth") {
      this.views.replaceChildren();
      this.tools.replaceChildren();
      const truth = shown && h("p", { class: "truth" }, this.texts.get(shown.result.truth ? "yes" : "no"));
      this.place.replaceChildren(truth || h("p", { class: "soft" }, this.texts.get("empty")));
      this.place.removeAttribute("aria-labelledby");
      if (shown) this.drawTools(shown);
      return;
    }
    const buttons = VIEWS.map((view) => {
      const open = (): void => {
        tab.view = view;
        this.chosen();
        this.show(shown, tab);
      };
      return h("button", { type: "button", role: "tab", id: `view-${view}`, "aria-controls": "view", onclick: open }, this.texts.get(`view_${view}`));
    });
    const focused = this.views.contains(document.activeElement);
    this.views.replaceChildren(...buttons);
    const current = buttons[VIEWS.indexOf(tab.view)] ?? buttons[0];
    if (current) {
      select(this.views, current);
      this.place.setAttribute("aria-labelledby", current.id);
      if (focused) current.focus();
    }
    this.drawTools(shown);
    this.drawView(shown, tab);
  }

  private drawView({ result }: Shown, tab: Chosen): void {
    const { names, texts, place } = this;
    if (!result.rows.length && tab.view !== "raw") {
      place.replaceChildren(h("p", {}, texts.get("nothing")));
    } else if (tab.view === "table") {
      place.replaceChildren(new Table(result, names, texts, this.say).element);
    } else if (tab.view === "chart") {
      const choose = (choice: Choice): void => {
        tab.chart = choice;
        this.chosen();
      };
      place.replaceChildren(chart(result, names, texts, tab.chart, choose));
    } else if (tab.view === "network") {
      place.replaceChildren();
      import("./network").then(
        ({ network }) => network(place, result, names, texts),
        () => place.replaceChildren(h("p", { class: "trouble" }, texts.get("failed_part"))),
      );
    } else {
      const cut = result.raw.length > MOST_RAW;
      const note = cut && texts.get("raw_cut", { size: size(MOST_RAW), all: size(result.raw.length) });
      const raw = h("pre", { class: "raw", tabindex: "0", role: "group", "aria-label": texts.get("view_raw") }, result.raw.slice(0, MOST_RAW));
      place.replaceChildren(raw, ...(note ? [h("p", { class: "soft" }, note)] : []));
    }
  }

  private drawTools({ result, query }: Shown): void {
    const formats = result.kind === "graph" ? GRAPHS : result.kind === "truth" ? { JSON: TABLES.JSON, XML: TABLES.XML } : TABLES;
    const links = Object.entries(formats).map(([name, [type, ending]]) => {
      const save = (): void => void this.download(query, name, type ?? "", ending ?? "");
      return h("button", { type: "button", class: "quiet", onclick: save }, name);
    });
    const copy = result.kind === "table" && h("button", { type: "button", class: "quiet", onclick: () => void this.copy(result) }, this.texts.get("copy"));
    this.tools.replaceChildren(...[copy, h("span", { class: "soft" }, this.texts.get("download")), ...links].filter((tool): tool is HTMLElement => Boolean(tool)));
  }

  /** Rows as text with tabs between, as spreadsheets take it. */
  private async copy(result: Result): Promise<void> {
    const clean = (text: string): string => text.replace(/[\t\r\n]+/g, " ");
    const line = (row: Result["rows"][number]): string => row.map((term) => clean(term?.type === "uri" ? term.value : textOf(term, this.names))).join("\t");
    try {
      await navigator.clipboard.writeText([result.columns.join("\t"), ...result.rows.map(line)].join("\n"));
      this.say(this.texts.get("copied"));
    } catch {
      this.say(this.texts.get("copy_failed"));
    }
  }

  private async download(query: string, name: string, type: string, ending: string): Promise<void> {
    this.say(this.texts.get("downloading", { name }));
    try {
      const blob = await file(this.names.settings.endpoint, query, type);
      const address = URL.createObjectURL(blob);
      h("a", { href: address, download: `result.${ending}` }).click();
      setTimeout(() => URL.revokeObjectURL(address), 60_000);
      this.say(this.texts.get("downloaded", { name: `result.${ending}`, size: size(blob.size) }));
    } catch (error) {
      const known = error instanceof Error && this.texts.has(error.message);
      this.say(known ? this.texts.get((error as Error).message) : String((error as Error).message));
    }
  }
}
