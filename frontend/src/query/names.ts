// Names of things and terms: short forms of IRIs, their pages, their labels.

import { ask } from "./run";
import type { Settings } from "./types";

export interface VocabularyTerm {
  iri: string;
  short: string;
  kind: "class" | "property";
  count: number;
  label: Record<string, string>;
  comment: Record<string, string>;
  on: number[];
}

const LOCAL = /^[\p{L}\p{N}_](?:[\p{L}\p{N}_.-]*[\p{L}\p{N}_-])?$/u;
const AT_ONCE = 200;

export class Names {
  readonly terms: VocabularyTerm[] = [];
  readonly byIri = new Map<string, VocabularyTerm>();
  private readonly labels = new Map<string, string>();

  constructor(readonly settings: Settings) {}

  /** Fetch the classes and properties of the graph. */
  async load(): Promise<void> {
    const response = await fetch(this.settings.terms);
    if (!response.ok) return;
    const found = (await response.json()) as Record<"classes" | "properties", Partial<VocabularyTerm>[]>;
    for (const [kind, terms] of [["class", found.classes], ["property", found.properties]] as const) {
      for (const term of terms) {
        const iri = term.iri ?? "";
        const known = { label: {}, comment: {}, on: [], count: 0, ...term, iri, kind, short: this.short(iri) };
        this.terms.push(known);
        this.byIri.set(iri, known);
      }
    }
  }

  /** A prefixed name, or the IRI in angle brackets. */
  short(iri: string): string {
    let best = "";
    for (const [prefix, space] of Object.entries(this.settings.prefixes)) {
      const local = iri.slice(space.length);
      if (iri.startsWith(space) && LOCAL.test(local) && (!best || space.length > (this.settings.prefixes[best]?.length ?? 0))) {
        best = prefix;
      }
    }
    return best ? `${best}:${iri.slice(this.settings.prefixes[best]?.length)}` : `<${iri}>`;
  }

  /** The IRI of a prefixed name or of one in angle brackets, with the prefixes of a query; empty if it is neither. */
  full(written: string, declared: Record<string, string>): string {
    if (/^<[^<>]+>$/.test(written)) return written.slice(1, -1);
    const [prefix, ...rest] = written.split(":");
    const space = declared[prefix ?? ""] ?? this.settings.prefixes[prefix ?? ""];
    return space !== undefined && rest.length ? space + rest.join(":") : "";
  }

  /** Where a click on an IRI leads; empty if nowhere. */
  page(iri: string): string {
    const { base, root } = this.settings;
    if (!base) return `${root}/describe?iri=${encodeURIComponent(iri)}`;
    if (iri.startsWith(base)) return `${root}/${iri.slice(base.length)}`;
    return /^https?:/.test(iri) ? iri : "";
  }

  /** The text in the page's language, else in English, Chinese, any. */
  text(texts: Record<string, string>): string {
    return texts[this.settings.language] ?? texts["en"] ?? texts["zh"] ?? Object.values(texts)[0] ?? "";
  }

  /** The label of an IRI, if it was read. */
  label(iri: string): string {
    const term = this.byIri.get(iri);
    return (term && this.text(term.label)) || this.labels.get(iri) || "";
  }

  /** Read the labels of these IRIs, as far as they are not known. */
  async read(iris: Iterable<string>): Promise<void> {
    const wanted = [...new Set(iris)].filter((iri) => !this.labels.has(iri) && !/[\s<>"{}|\\^`]/.test(iri));
    for (let start = 0; start < wanted.length; start += AT_ONCE) await this.readSome(wanted.slice(start, start + AT_ONCE));
  }

  private async readSome(iris: string[]): Promise<void> {
    for (const iri of iris) this.labels.set(iri, "");
    const properties = this.settings.labels.map((iri, place) => `(<${iri}> ${place})`).join(" ");
    const query = `SELECT ?x ?name ?place { VALUES ?x { ${iris.map((iri) => `<${iri}>`).join(" ")} } VALUES (?p ?place) { ${properties} } ?x ?p ?name }`;
    try {
      const { result } = await ask(this.settings.endpoint, query, new AbortController().signal, () => undefined);
      const best = new Map<string, number>();
      for (const [x, name, place] of result.rows) {
        if (!x || !name || name.type !== "literal") continue;
        const languages = [this.settings.language, undefined, "en", "zh"];
        const language = languages.indexOf(name.language?.split("-")[0]);
        const rank = (language < 0 ? languages.length : language) + 10 * Number(place?.value);
        if (rank < (best.get(x.value) ?? Infinity)) {
          best.set(x.value, rank);
          this.labels.set(x.value, name.value);
        }
      }
    } catch {
      // without names the short forms stand alone
    }
  }
}
