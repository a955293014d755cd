// Whether something was so on a day: the same rules as `as-of` has in graph files.

import type { Dated, Thing, Tie } from "./types";

export type Standing = "certain" | "possible" | "undated" | "not";

interface Bounds {
  earliest?: string | undefined;
  latest?: string | undefined;
}

function bounds(stated?: string, earliest?: string, latest?: string): Bounds | null {
  return stated || earliest || latest ? { earliest, latest } : null;
}

/** Dates as numbers that can be compared, also before the year 1 and after 9999. */
function key(date: string): number {
  const parts = /^(-?\d{4,})-(\d\d)-(\d\d)/.exec(date);
  return parts ? Number(parts[1]) * 10000 + Number(parts[2]) * 100 + Number(parts[3]) : 0;
}

function standing(start: Bounds | null, end: Bounds | null, day: string): Standing {
  if (!start && !end) return "undated";
  const today = key(day);
  if (start?.earliest && key(start.earliest) > today) return "not";
  if (end?.latest && key(end.latest) < today) return "not";
  const begun = Boolean(start?.latest) && key(start?.latest ?? "") <= today;
  const lasting = !end || (Boolean(end.earliest) && key(end.earliest ?? "") >= today);
  return begun && lasting ? "certain" : "possible";
}

function periods(item: Dated): { start: Bounds | null; end: Bounds | null; at: Bounds | null } {
  return {
    start: bounds(item.valid_from, item.valid_from_earliest, item.valid_from_latest),
    end: bounds(item.valid_to, item.valid_to_earliest, item.valid_to_latest),
    at: bounds(item.at, item.at_earliest, item.at_latest),
  };
}

/** A thing that is an event is there when it happens, and not afterwards. */
export function standingOfThing(thing: Thing, day: string): Standing {
  const { start, end, at } = periods(thing);
  return standing(start ?? at, end ?? at, day);
}

/** What happened once holds ever after; and nothing ties what was not there. */
export function standingOfTie(tie: Tie, ends: Standing[], day: string): Standing {
  if (ends.includes("not")) return "not";
  const { start, end, at } = periods(tie);
  return standing(start ?? at, end, day);
}

/** The first and the last month, as months since the year 0, of all that has a date; null without any. */
export function span(items: Iterable<Dated>, today: string): [number, number] | null {
  let first = Infinity;
  let last = -Infinity;
  for (const item of items) {
    for (const date of [item.valid_from_earliest, item.valid_to_latest, item.at_earliest, item.at_latest]) {
      if (!date || !/^\d{4}-/.test(date)) continue;
      first = Math.min(first, monthOf(date));
      last = Math.max(last, monthOf(date));
    }
  }
  return first <= last ? [first, Math.max(last, monthOf(today))] : null;
}

export function monthOf(date: string): number {
  return Number(date.slice(0, 4)) * 12 + Number(date.slice(5, 7)) - 1;
}

/** The first day of a month. */
export function dayOf(month: number): string {
  return `${String(Math.floor(month / 12)).padStart(4, "0")}-${String((month % 12) + 1).padStart(2, "0")}-01`;
}
