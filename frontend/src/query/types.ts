// What the modules of the query editor tell each other.

export interface Example {
  slug: string;
  title: string;
  question: string;
  also: string;
  query: string;
}

/** What the server tells the page, see web/pages/query.py. */
export interface Settings {
  language: "en" | "zh";
  root: string;
  base: string;
  version: string;
  endpoint: string;
  terms: string;
  find: string;
  problems: string;
  query: string;
  run: boolean;
  seconds: number;
  prefixes: Record<string, string>;
  labels: string[];
  examples: Example[];
  errors: Record<string, string>;
  texts: Record<string, string>;
}

/** A term of RDF. Blank nodes and triple terms have no page; their value is shown as it is. */
export interface Term {
  type: "uri" | "literal" | "bnode" | "triple";
  value: string;
  language?: string;
  datatype?: string;
}

export type Row = (Term | undefined)[];

/** A result: `truth` for ASK; else a table, which for CONSTRUCT and DESCRIBE has the three columns of a triple. */
export interface Result {
  kind: "table" | "truth" | "graph";
  truth: boolean;
  columns: string[];
  rows: Row[];
  raw: string;
}

/** How an answer came about. Times in milliseconds. */
export interface Account {
  total: number;
  server: number | null;
  bytes: number;
  cache: "hit" | "miss" | "unknown";
}

/** An error of the server (RFC 9457), or of the way there. */
export interface Problem {
  title: string;
  detail: string;
  /** Of the detail; the title is English. */
  language?: string;
  slug: string;
  line?: number;
  column?: number;
}

export const VIEWS = ["table", "chart", "network", "raw"] as const;
export type ViewName = (typeof VIEWS)[number];
