// What is selected: a thing with its names and what one can do with it, or a tie with its receipt.

import { standingOfThing, standingOfTie, type Standing } from "./days";
import { h, link, type Texts } from "./dom";
import { isDisputed, type Cited, type Dated, type Evidence, type Thing, type Tie } from "./types";

export interface Action {
  name: string;
  text: string;
  run(): void;
}

type Row = [string, (Node | string)[]];

function listed(rows: Row[]): HTMLElement {
  return h("dl", { class: "receipt" }, ...rows.flatMap(([name, values]) => [h("dt", {}, name), ...values.map((value) => h("dd", {}, value))]));
}

function validity(item: Dated, texts: Texts): Row {
  if (item.at && !item.valid_from && !item.valid_to) return [texts.get("happened"), [item.at]];
  const [start, end] = [item.valid_from ?? "", item.valid_to ?? ""];
  const key = start && end ? "between" : start ? "since" : end ? "until" : "undated";
  return [texts.get("valid"), [texts.get(key, { start, end })]];
}

function place(source: Cited, texts: Texts): HTMLElement {
  const lines = source.lines.flatMap((line) => [texts.get("comma"), link(line.link, line.text)]);
  return h("span", {}, source.name, ...lines);
}

function evidence(item: Evidence, texts: Texts): Row[] {
  const rows: Row[] = [];
  if (item.cited?.length) rows.push([texts.get("source"), item.cited.map((source) => place(source, texts))]);
  if (item.quotes?.length) rows.push([texts.get("quote"), item.quotes.map((quote) => h("q", {}, quote))]);
  if (item.rank) rows.push([texts.get("rank"), [texts.has(`rank_${item.rank}`) ? texts.get(`rank_${item.rank}`) : item.rank]]);
  if (item.status) rows.push([texts.get("status"), [item.status_label ?? item.status]]);
  return rows;
}

function onDay(day: string, standing: Standing, texts: Texts): Row[] {
  return day ? [[texts.get("on_day", { day }), [texts.get(`state_${standing}`)]]] : [];
}

function buttons(actions: Action[]): HTMLElement {
  return h(
    "p",
    { class: "actions" },
    ...actions.map((action) => h("button", { type: "button", class: "quiet", "data-action": action.name, onclick: () => action.run() }, action.text)),
  );
}

export function thingCard(thing: Thing, day: string, actions: Action[], more: HTMLElement | null, texts: Texts): HTMLElement {
  const dot = h("i", { class: "dot", "aria-hidden": "true" });
  dot.style.background = thing.color;
  const order = document.documentElement.lang.startsWith("zh") ? (["zh", "en"] as const) : (["en", "zh"] as const);
  const names = order.map((language, place) =>
    thing[`label_${language}`]
      ? h("p", { lang: language, class: place ? "other-name" : "name" }, thing[`label_${language}`] ?? "")
      : h("p", { class: "soft" }, texts.get(`no_name_${language}`)),
  );
  const own = thing.label_en || thing.label_zh ? names : [h("p", { class: "name" }, thing.label)];
  const rows = [...onDay(day, standingOfThing(thing, day), texts), ...evidence(thing, texts)];
  if (thing.valid_from || thing.valid_to || thing.at) rows.unshift(validity(thing, texts));
  return h(
    "div",
    { "data-thing": thing.id },
    ...own,
    h("p", { class: "soft" }, dot, thing.kind_label),
    buttons(actions),
    more,
    thing.page && h("p", {}, link(thing.page, texts.get("open"))),
    rows.length > 0 && listed(rows),
  );
}

export function tieCard(
  tie: Tie,
  ends: [Thing, Thing],
  day: string,
  go: (id: string) => void,
  language: "en" | "zh",
  texts: Texts,
): HTMLElement {
  const end = (thing: Thing): HTMLElement =>
    h("button", { type: "button", class: "quiet", onclick: () => go(thing.id) }, thing.label);
  const standings = ends.map((thing) => standingOfThing(thing, day));
  const rows: Row[] = [
    [texts.get("origin"), [texts.get(`origin_${tie.origin}`)]],
    validity(tie, texts),
    ...onDay(day, standingOfTie(tie, standings, day), texts),
    ...evidence(tie, texts),
  ];
  if (isDisputed(tie)) {
    const links = (tie.disputes ?? []).map((address) => link(address, texts.get("dispute")));
    rows.push([texts.get("disputed"), links.length ? links : ["✓"]]);
  }
  const told = tie[`fact_label_${language}`] ?? tie.fact_label_en;
  return h(
    "div",
    { "data-tie": tie.id },
    h("p", { class: "ends" }, end(ends[0]), h("span", { class: "soft" }, ` → ${tie.label} → `), end(ends[1])),
    told && h("p", {}, told),
    listed(rows),
    !tie.cited?.length && h("p", { class: "soft" }, texts.get("no_receipt")),
    tie.fact_page && h("p", {}, link(tie.fact_page, texts.get("fact"))),
  );
}
