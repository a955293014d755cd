// What stays in this browser: the tabs and the queries that were run.

import type { Choice } from "./chart";
import type { ViewName } from "./types";

/** A query with its name (empty: a number), the view of its result, and what was chosen for its chart. */
export interface Tab {
  title: string;
  query: string;
  view: ViewName;
  chart: Choice;
}

export interface Past {
  query: string;
  when: string;
  note: string;
}

const TABS = "query-tabs";
const HISTORY = "query-history";
const MOST_TABS = 20;
const MOST_PAST = 50;

function load<T>(key: string): T | null {
  try {
    return JSON.parse(localStorage.getItem(key) ?? "null") as T | null;
  } catch {
    return null;
  }
}

function save(key: string, value: unknown): void {
  try {
    localStorage.setItem(key, JSON.stringify(value));
  } catch {
    // storage may be forbidden or full; it lasts for this page only
  }
}

export function newTab(query: string): Tab {
  return { title: "", query, view: "table", chart: {} };
}

export function loadTabs(): { tabs: Tab[]; active: number } {
  const found = load<{ tabs?: Partial<Tab>[]; active?: number }>(TABS);
  const tabs = Array.isArray(found?.tabs) ? found.tabs.filter((tab) => typeof tab?.query === "string") : [];
  return { tabs: tabs.slice(0, MOST_TABS).map((tab) => ({ ...newTab(""), ...tab })), active: Number(found?.active) || 0 };
}

export function saveTabs(tabs: Tab[], active: number): void {
  save(TABS, { tabs: tabs.slice(-MOST_TABS), active });
}

export function loadHistory(): Past[] {
  const found = load<Past[]>(HISTORY);
  return Array.isArray(found) ? found.filter((past) => typeof past?.query === "string") : [];
}

export function remember(past: Past): void {
  save(HISTORY, [past, ...loadHistory().filter((one) => one.query !== past.query)].slice(0, MOST_PAST));
}

export function forget(): void {
  save(HISTORY, []);
}
