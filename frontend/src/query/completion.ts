// Completion: terms of the graph by their short form or name, things by name, variables, keywords.

import { h, type Texts } from "../explore/dom";
import type { Hit } from "../explore/types";
import { classesOf, placeIn, variablesIn } from "./context";
import type { Editor, Hint, Hints, Position } from "./editor";
import type { Names, VocabularyTerm } from "./names";

const MOST = 40;
const MOST_THINGS = 12;
const WORD = /(?:[?$][\p{L}\p{N}_]*|<[^<>\s]*|[\p{L}\p{N}_][\p{L}\p{N}_.:-]*)$/u;
const KEYWORDS =
  "SELECT DISTINCT WHERE OPTIONAL FILTER UNION MINUS GRAPH BIND VALUES ORDER BY GROUP BY HAVING LIMIT OFFSET CONSTRUCT DESCRIBE ASK PREFIX COUNT AS SERVICE EXISTS NOT".split(" ");

interface Offer {
  text: string;
  label: string;
  note: string;
  prefix?: string;
}

export class Completion {
  private asked = 0;

  constructor(
    private readonly editor: Editor,
    private readonly names: Names,
    private readonly texts: Texts,
  ) {
    editor.on("inputRead", (_: never, change: { text: string[]; origin?: string }) => {
      const word = this.word().text;
      const typed = change.text.length === 1 && change.origin !== "paste";
      if (typed && !editor.state.completionActive && (/:|^[?$]./.test(word) || word.length > 2)) void this.show();
    });
  }

  /** Show what fits at the cursor. */
  async show(): Promise<void> {
    const number = ++this.asked;
    const at = this.editor.getCursor();
    const list = await this.offers();
    const now = this.editor.getCursor();
    if (number !== this.asked || now.line !== at.line || now.ch !== at.ch || !this.editor.hasFocus()) return;
    if (!list.length) return;
    let first: Offer[] | null = list;
    const hint = Object.assign(
      async (): Promise<Hints> => {
        const offers = first ?? (await this.offers());
        first = null;
        return { list: offers.map((offer) => this.hint(offer)), ...this.word() };
      },
      { async: false },
    );
    this.editor.showHint({ hint, completeSingle: false, closeCharacters: /[\s()[\]{};,]/, closeOnUnfocus: true });
  }

  private word(): { text: string; from: Position; to: Position } {
    const to = this.editor.getCursor();
    const text = WORD.exec(this.editor.getLine(to.line).slice(0, to.ch))?.[0] ?? "";
    return { text, from: { line: to.line, ch: to.ch - text.length }, to };
  }

  private async offers(): Promise<Offer[]> {
    const { text, from } = this.word();
    const query = this.editor.getValue();
    if (/^[?$]/.test(text)) {
      const note = this.texts.get("variable");
      const known = variablesIn(query).filter((name) => name !== text && name.startsWith(text));
      return known.map((name) => ({ text: name, label: name, note }));
    }
    const { place, subject } = placeIn(this.editor.getRange({ line: 0, ch: 0 }, from));
    if (place === "header") return this.keywords(text);
    const declared = this.editor.getPrefixesFromQuery();
    const terms = this.terms(text, place, classesOf(subject, query).map((name) => this.names.full(name, declared)));
    const wantsThings = place === "object" || place === "subject" || place === "other";
    const things = wantsThings && text ? await this.things(text) : [];
    return [...terms.slice(0, MOST), ...things, ...(text.includes(":") ? [] : this.keywords(text))];
  }

  private keywords(text: string): Offer[] {
    const note = this.texts.get("keyword");
    const fitting = KEYWORDS.filter((word) => text && word.startsWith(text.toUpperCase()) && word !== text.toUpperCase());
    return [...new Set(fitting)].map((word) => ({ text: word, label: word, note }));
  }

  /** Those that begin so, then those with such a word in a name; among equals those of the subject's class, the most used. */
  private terms(text: string, place: string, classes: string[]): Offer[] {
    const wanted = text.toLowerCase();
    const places = new Set(this.names.terms.filter((term) => term.kind === "class").flatMap((term, at) => (classes.includes(term.iri) ? [at] : [])));
    const ranked: [number, VocabularyTerm][] = [];
    for (const term of this.names.terms) {
      const fits = match(term, wanted);
      if (fits < 0) continue;
      if (!text && place !== "predicate" && place !== "class") continue;
      const right = place === "class" ? term.kind === "class" : place === "predicate" ? term.kind === "property" : true;
      if (!right && (place === "class" || place === "predicate")) continue;
      const near = places.size && term.on.some((at) => places.has(at)) ? 0 : 1;
      ranked.push([fits * 2 + near, term]);
    }
    ranked.sort((a, b) => a[0] - b[0] || b[1].count - a[1].count);
    return ranked.map(([, term]) => ({
      text: term.short,
      label: this.names.text(term.label),
      note: `${this.texts.get(term.kind)} · ${this.texts.get(term.kind === "class" ? "members" : "uses", { n: term.count.toLocaleString() })}`,
      prefix: prefixOf(term.short),
    }));
  }

  /** Things that are called so, from the search of all pages. */
  private async things(text: string): Promise<Offer[]> {
    const { find, language } = this.names.settings;
    const question = text.replace(/^[a-z][\w-]*:/i, "").replace(/^</, "");
    if (!find || !question) return [];
    try {
      const response = await fetch(`${find}?${new URLSearchParams({ q: question, format: "json", limit: String(MOST_THINGS) })}`);
      if (!response.ok) return [];
      const { hits } = (await response.json()) as { hits: Hit[] };
      return hits.map((hit) => {
        const short = this.names.short(hit.iri);
        const kind = hit.kind ? (hit.kind.label[language] ?? "") : "";
        return { text: short, label: this.names.text(hit.label), note: kind, prefix: prefixOf(short) };
      });
    } catch {
      return [];
    }
  }

  private hint(offer: Offer): Hint {
    return {
      text: offer.text,
      render: (element) => {
        const called = offer.label === offer.text ? "" : offer.label;
        element.append(h("span", { class: "offer" }, offer.text), h("span", { class: "called" }, called), h("small", {}, offer.note));
      },
      hint: () => {
        const { from, to } = this.word();
        this.editor.operation(() => {
          this.editor.replaceRange(offer.text, from, to);
          const space = offer.prefix !== undefined ? this.names.settings.prefixes[offer.prefix] : undefined;
          if (space && !(offer.prefix! in this.editor.getPrefixesFromQuery())) this.editor.addPrefixes({ [offer.prefix!]: space });
        });
      },
    };
  }
}

function prefixOf(short: string): string | undefined {
  return short.startsWith("<") ? undefined : short.split(":")[0];
}

function match(term: VocabularyTerm, wanted: string): number {
  if (!wanted) return 0;
  const short = term.short.toLowerCase();
  if (short.startsWith(wanted)) return 0;
  if (short.split(":")[1]?.startsWith(wanted)) return 1;
  const labels = Object.values(term.label).map((label) => label.toLowerCase());
  if (labels.some((label) => label.startsWith(wanted))) return 1;
  if (labels.some((label) => label.includes(wanted)) || short.includes(wanted) || term.iri.toLowerCase().startsWith(wanted.replace(/^</, ""))) return 2;
  return -1;
}
