// Reads answers: SPARQL results in JSON, and graphs in N-Triples.

import type { Result, Row, Term } from "./types";

interface JsonTerm {
  type: string;
  value: unknown;
  "xml:lang"?: string;
  datatype?: string;
}

interface JsonResults {
  head: { vars?: string[] };
  boolean?: boolean;
  results?: { bindings: Record<string, JsonTerm>[] };
}

const TERM = /\s*(?:<([^>]*)>|_:(\S+)|"((?:[^"\\]|\\.)*)"(?:@([A-Za-z0-9-]+)|\^\^<([^>]*)>)?|(<<\(.*\)>>))/y;
const SHORT: Record<string, string> = { t: "\t", n: "\n", r: "\r", b: "\b", f: "\f" };

/** Read the body of an answer with this media type. Throws if it is not what it says it is. */
export function read(type: string, body: string): Result {
  if (type.startsWith("application/n-triples")) {
    return { kind: "graph", truth: false, columns: ["subject", "predicate", "object"], rows: triples(body), raw: body };
  }
  const results = JSON.parse(body) as JsonResults;
  if (typeof results.boolean === "boolean") {
    return { kind: "truth", truth: results.boolean, columns: [], rows: [], raw: body };
  }
  const columns = results.head.vars ?? [];
  const rows = (results.results?.bindings ?? []).map((binding) => columns.map((name) => term(binding[name])));
  return { kind: "table", truth: false, columns, rows, raw: body };
}

function term(json: JsonTerm | undefined): Term | undefined {
  if (!json) return undefined;
  if (typeof json.value !== "string") return { type: "triple", value: written(json) };
  const type = json.type === "typed-literal" ? "literal" : (json.type as Term["type"]);
  return { type, value: json.value, language: json["xml:lang"], datatype: json.datatype };
}

function written(json: JsonTerm): string {
  if (typeof json.value === "string") {
    return json.type === "uri" ? `<${json.value}>` : json.type === "bnode" ? `_:${json.value}` : JSON.stringify(json.value);
  }
  const { subject, predicate, object } = json.value as Record<string, JsonTerm>;
  return `<<( ${[subject, predicate, object].map((part) => (part ? written(part) : "?")).join(" ")} )>>`;
}

function triples(body: string): Row[] {
  const rows: Row[] = [];
  for (const line of body.split("\n")) {
    if (!line.trim()) continue;
    TERM.lastIndex = 0;
    const row = [next(line), next(line), next(line)];
    if (row.includes(undefined)) throw new Error(`not a triple: ${line.slice(0, 80)}`);
    rows.push(row);
  }
  return rows;
}

function next(line: string): Term | undefined {
  const found = TERM.exec(line);
  if (!found) return undefined;
  const [, iri, blank, text, language, datatype, triple] = found;
  if (iri !== undefined) return { type: "uri", value: plain(iri) };
  if (blank !== undefined) return { type: "bnode", value: blank };
  if (triple !== undefined) return { type: "triple", value: triple };
  return { type: "literal", value: plain(text ?? ""), language, datatype };
}

function plain(text: string): string {
  return text.replace(/\\(?:u([0-9A-Fa-f]{4})|U([0-9A-Fa-f]{8})|(.))/g, (_, four?: string, eight?: string, one?: string) => {
    const digits = four ?? eight;
    return digits ? String.fromCodePoint(parseInt(digits, 16)) : (SHORT[one ?? ""] ?? one ?? "");
  });
}
