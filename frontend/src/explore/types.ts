// What the server says of things and ties: the columns of graph files, see docs/graph-files.md.

export interface Dated {
  valid_from?: string;
  valid_from_earliest?: string;
  valid_from_latest?: string;
  valid_to?: string;
  valid_to_earliest?: string;
  valid_to_latest?: string;
  at?: string;
  at_earliest?: string;
  at_latest?: string;
}

/** A source by its name, with the lines that are cited and their addresses. */
export interface Cited {
  name: string;
  lines: { text: string; link: string }[];
}

export interface Evidence {
  rank?: string;
  status?: string;
  status_label?: string; // in the language of the page
  cited?: Cited[]; // in the language of the page
  quotes?: string[];
}

export interface Thing extends Dated, Evidence {
  id: string;
  label: string;
  label_en?: string;
  label_zh?: string;
  kind: string;
  kind_label: string;
  color: string;
  category?: string;
  page: string;
}

export interface Tie extends Dated, Evidence {
  id: string;
  source: string;
  target: string;
  label: string;
  kind: string;
  predicate: string;
  origin: "stated" | "derived" | "claimed" | "inferred";
  asserted: boolean;
  color: string;
  fact?: string;
  fact_page?: string;
  fact_label_en?: string;
  fact_label_zh?: string;
  disputes?: string[];
}

export interface Elements {
  nodes: { data: Thing }[];
  edges: { data: Tie }[];
}

export interface Found {
  id: string;
  label: string;
  other: string;
  kind: string;
}

/** A hit of the search, see docs/search.md. */
export interface Hit {
  iri: string;
  label: Record<string, string>;
  kind: { label: Record<string, string> } | null;
}

export interface Settings {
  root: string;
  language: "en" | "zh";
  base: string;
  neighbours: string;
  path: string;
  graph: string;
  find: string;
  prefixes: Record<string, string>;
  texts: Record<string, string>;
}

export function isDisputed(tie: Tie): boolean {
  return tie.origin === "claimed" || Boolean(tie.disputes?.length) || tie.rank === "deprecated";
}
