// Puts a query to the server and reads its answer piece by piece, so that it can be stopped.

import { read } from "./results";
import type { Account, Problem, Result } from "./types";

/** More than this is not for a page; it can be downloaded. */
export const MOST_BYTES = 32 * 1024 * 1024;
const ACCEPT = "application/sparql-results+json, application/n-triples;q=0.9";
const PROBLEM = "application/problem+json";

export class Failed extends Error {
  constructor(readonly problem: Problem) {
    super(problem.title);
  }
}

/** What went wrong on this side: `too_large`, `unreachable` or `broken_off`. */
export class Trouble extends Error {}

export interface Answer {
  result: Result;
  account: Account;
}

/** Ask; aborting `signal` ends the connection, upon which the server ends the query. */
export async function ask(
  endpoint: string,
  query: string,
  signal: AbortSignal,
  progress: (bytes: number) => void,
): Promise<Answer> {
  const began = performance.now();
  const response = await send(endpoint, query, ACCEPT, signal);
  const parts: Uint8Array[] = [];
  let bytes = 0;
  const reader = response.body?.getReader();
  try {
    for (;;) {
      const part = await reader?.read();
      if (!part || part.done) break;
      parts.push(part.value);
      bytes += part.value.length;
      if (bytes > MOST_BYTES) throw new Trouble("too_large");
      progress(bytes);
    }
  } catch (error) {
    await reader?.cancel().catch(() => undefined);
    if (signal.aborted || error instanceof Trouble) throw error;
    throw new Trouble("broken_off");
  }
  const body = await new Blob(parts as BlobPart[]).text();
  let result: Result;
  try {
    result = read(response.headers.get("Content-Type") ?? "", body);
  } catch {
    throw new Trouble("broken_off");
  }
  const account = { total: performance.now() - began, bytes, ...told(response.headers) };
  return { result, account };
}

/** The whole answer in a format, as a file. */
export async function file(endpoint: string, query: string, type: string): Promise<Blob> {
  return (await send(endpoint, query, type)).blob();
}

async function send(endpoint: string, query: string, accept: string, signal?: AbortSignal): Promise<Response> {
  let response: Response;
  try {
    response = await fetch(endpoint, {
      method: "POST",
      headers: { Accept: `${accept}, ${PROBLEM};q=0.1`, "Accept-Language": document.documentElement.lang },
      body: new URLSearchParams({ query }),
      signal: signal ?? null,
      cache: "no-store",
    });
  } catch (error) {
    if (signal?.aborted) throw error;
    throw new Trouble("unreachable");
  }
  if (response.ok) return response;
  if (!(response.headers.get("Content-Type") ?? "").startsWith(PROBLEM)) throw new Trouble("unreachable");
  const problem = (await response.json()) as Record<string, unknown>;
  throw new Failed({
    title: String(problem["title"]),
    detail: String(problem["detail"]),
    language: response.headers.get("Content-Language") ?? "en",
    slug: String(problem["type"]).split("#")[1] ?? "",
    line: problem["line"] as number | undefined,
    column: problem["column"] as number | undefined,
  });
}

function told(headers: Headers): { server: number | null; cache: Account["cache"] } {
  const status = headers.get("Cache-Status");
  const duration = /\bdur=([\d.]+)/.exec(headers.get("Server-Timing") ?? "")?.[1];
  const cache = status === null ? "unknown" : /;\s*hit\b/.test(status) ? "hit" : "miss";
  return { cache, server: duration ? Number(duration) : null };
}
