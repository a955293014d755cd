// Asks the server, and keeps what it has said of things and ties.

import type { Elements, Found, Hit, Settings, Thing, Tie } from "./types";

export interface Neighbours {
  total: number;
  capped: boolean;
  offset: number;
  nodes: string[];
}

export interface Way {
  nodes: string[];
  exhausted: boolean;
  elements: Elements;
}

const CHUNK = 200;
export const PAGE = 50;

export class Api {
  readonly things = new Map<string, Thing>();
  readonly ties = new Map<string, Tie>();
  private readonly missing = new Set<string>();

  constructor(private readonly settings: Settings) {}

  /** Make sure that these things are known, with all ties among everything that is known. Unknown ones are dropped. */
  async know(ids: Iterable<string>, told: (done: number, all: number) => void = () => {}): Promise<void> {
    const wanted = [...new Set(ids)].filter((id) => !this.things.has(id) && !this.missing.has(id));
    for (let start = 0; start < wanted.length; start += CHUNK) {
      told(start, wanted.length);
      const nodes = wanted.slice(start, start + CHUNK);
      this.keep(await this.post<Elements>(this.settings.graph, { nodes, beside: [...this.things.keys()] }));
      for (const id of nodes) if (!this.things.has(id)) this.missing.add(id);
    }
  }

  /** The ties among things. */
  among(shown: string[]): Tie[] {
    const ends = new Set(shown);
    return [...this.ties.values()].filter((tie) => ends.has(tie.source) && ends.has(tie.target));
  }

  /** Which of the things that are shown a tie joins to this one. */
  near(shown: string[], id: string): Set<string> {
    const found = new Set<string>();
    for (const tie of this.among(shown)) {
      if (tie.source === id) found.add(tie.target);
      if (tie.target === id) found.add(tie.source);
    }
    found.delete(id);
    return found;
  }

  neighbours(node: string, groups: string[], offset: number, limit = PAGE): Promise<Neighbours> {
    const query = { node, groups: groups.join(","), offset: String(offset), limit: String(limit), elements: "no" };
    return this.get<Neighbours>(this.settings.neighbours, query);
  }

  path(from: string, to: string, groups: string[]): Promise<Way> {
    return this.get<Way>(this.settings.path, { from, to, groups: groups.join(",") });
  }

  async find(q: string): Promise<Found[]> {
    const { hits } = await this.get<{ hits: Hit[] }>(this.settings.find, { q, format: "json", limit: "12" });
    return hits.map((hit) => {
      const label = this.pick(hit.label) || hit.iri;
      const other = Object.values(hit.label).find((name) => name !== label) ?? "";
      return { id: hit.iri, label, other, kind: this.pick(hit.kind?.label ?? {}) };
    });
  }

  private pick(labels: Record<string, string>): string {
    const order = [this.settings.language, "und", "en", "zh"];
    return order.map((language) => labels[language]).find(Boolean) ?? Object.values(labels)[0] ?? "";
  }

  /** A graph file of these things. */
  async file(nodes: string[], ending: string): Promise<{ name: string; content: Blob }> {
    const query: Record<string, string> = ending === "yed" ? { format: "graphml", dialect: "yed" } : { format: ending };
    const response = await this.send(this.settings.graph, query, { nodes });
    const name = /filename="?([^";]+)/.exec(response.headers.get("Content-Disposition") ?? "")?.[1];
    return { name: name ?? `graph.${ending}`, content: await response.blob() };
  }

  private keep(elements: Elements): void {
    for (const { data } of elements.nodes) this.things.set(data.id, data);
    for (const { data } of elements.edges) this.ties.set(data.id, data);
  }

  private async get<T>(address: string, query: Record<string, string>): Promise<T> {
    return (await (await this.send(address, query)).json()) as T;
  }

  private async post<T>(address: string, body: unknown): Promise<T> {
    return (await (await this.send(address, {}, body)).json()) as T;
  }

  private async send(address: string, query: Record<string, string>, body?: unknown): Promise<Response> {
    const parameters = new URLSearchParams({ ...query, lang: this.settings.language });
    const headers = { Accept: "application/json, application/problem+json, */*;q=0.5", "Content-Type": "application/json" };
    const response = await fetch(`${address}?${parameters}`, body ? { method: "POST", headers, body: JSON.stringify(body) } : { headers: { Accept: headers.Accept } });
    if (!response.ok) {
      const problem = (await response.json().catch(() => ({}))) as { detail?: string };
      throw new Error(problem.detail ?? `${response.status} ${response.statusText}`);
    }
    return response;
  }
}
