// A result as a chart, drawn as SVG in the colours of the page: bars, a line, a pie.

import { h, type Texts } from "../explore/dom";
import type { Names } from "./names";
import { isNumber, textOf } from "./table";
import type { Result } from "./types";

export const KINDS = ["bar", "line", "pie"] as const;
export type Kind = (typeof KINDS)[number];
/** What was chosen; columns by name. */
export interface Choice {
  kind?: Kind;
  labels?: string;
  values?: string;
}

interface Point {
  label: string;
  value: number;
}

const MOST: Record<Kind, number> = { bar: 60, line: 500, pie: 12 };
const DATES = /#(date|dateTime|gYear|gYearMonth)$/;
const NS = "http://www.w3.org/2000/svg";
const [WIDE, NARROW] = [760, 420];

export function numberColumns(result: Result): string[] {
  return result.columns.filter((_, at) => {
    const values = result.rows.flatMap((row) => row[at] ?? []);
    return values.length > 0 && values.every(isNumber) && !values.every((term) => term.datatype?.endsWith("#gYear"));
  });
}

/** The chart with its choices; `chosen` is told of every change. */
export function chart(result: Result, names: Names, texts: Texts, choice: Choice, chosen: (choice: Choice) => void): HTMLElement {
  const numbers = numberColumns(result);
  const element = h("div", { class: "chart-view" });
  if (!numbers.length) {
    element.append(h("p", {}, texts.get("no_chart")));
    return element;
  }
  const others = result.columns.filter((name) => !numbers.includes(name));
  const now: Required<Choice> = {
    values: choice.values && numbers.includes(choice.values) ? choice.values : (numbers.at(-1) as string),
    labels: choice.labels && result.columns.includes(choice.labels) ? choice.labels : (others.at(-1) ?? result.columns[0] ?? ""),
    kind: choice.kind ?? "bar",
  };
  const at = result.columns.indexOf(now.labels);
  if (!choice.kind && result.rows.some((row) => DATES.test(row[at]?.datatype ?? ""))) now.kind = "line";
  const figure = h("figure", {});
  const draw = (): void => figure.replaceChildren(...drawing(result, names, texts, now, innerWidth < 600 ? NARROW : WIDE));
  const select = (id: string, name: string, options: readonly string[], key: keyof Choice, shown: (option: string) => string): HTMLElement => {
    const list = h("select", { id }, ...options.map((option) => h("option", { value: option, selected: option === now[key] }, shown(option))));
    list.addEventListener("change", () => {
      (now as Record<string, string>)[key] = list.value;
      chosen({ ...now });
      draw();
    });
    return h("span", { class: "choice" }, h("label", { for: id }, name), list);
  };
  element.append(
    h(
      "p",
      { class: "row" },
      select("chart-kind", texts.get("chart_kind"), KINDS, "kind", (kind) => texts.get(kind)),
      select("chart-labels", texts.get("labels_from"), result.columns, "labels", (name) => name),
      select("chart-values", texts.get("values_from"), numbers, "values", (name) => name),
    ),
    figure,
  );
  draw();
  const iris = result.rows.slice(0, MOST.line).flatMap((row) => (row[at]?.type === "uri" ? [row[at].value] : []));
  if (iris.length) void names.read(iris).then(draw);
  return element;
}

function drawing(result: Result, names: Names, texts: Texts, choice: Required<Choice>, width: number): (Element | string)[] {
  const x = result.columns.indexOf(choice.labels);
  const y = result.columns.indexOf(choice.values);
  const all = result.rows.flatMap((row): Point[] => {
    const value = row[y] ? Number(row[y].value) : NaN;
    return Number.isFinite(value) ? [{ label: textOf(row[x], names), value }] : [];
  });
  const points = all.slice(0, MOST[choice.kind]);
  const pie = choice.kind === "pie" && points.every((point) => point.value >= 0) && points.some((point) => point.value > 0);
  const picture = pie ? drawPie(points, width) : choice.kind === "line" ? drawLine(points, width) : drawBars(points, width);
  picture.setAttribute("role", "img");
  picture.setAttribute("aria-label", texts.get("chart_says", { values: choice.values, labels: choice.labels, n: points.length }));
  const cut = all.length > points.length && texts.get("cut_chart", { n: points.length, all: all.length });
  return [picture, ...(cut ? [h("figcaption", { class: "soft" }, cut)] : [])];
}

function svg(name: string, attributes: Record<string, string | number>, ...children: (Element | string)[]): SVGElement {
  const element = document.createElementNS(NS, name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, String(value));
  element.append(...children);
  return element;
}

function sheet(width: number, height: number, children: Element[]): SVGElement {
  return svg("svg", { viewBox: `0 0 ${width} ${height}`, class: "chart" }, ...children);
}

function short(text: string, most: number): string {
  const wide = [...text].map((letter) => (/[\u2e80-\uffff]/.test(letter) ? 2 : 1));
  let width = 0;
  const end = wide.findIndex((one) => (width += one) > most);
  return end < 0 ? text : `${[...text].slice(0, end).join("")}…`;
}

function round(value: number): string {
  return value.toLocaleString(undefined, { maximumFractionDigits: 2 });
}

/** Marks from 0 or below to the largest value, at round numbers. */
function marks(points: Point[]): number[] {
  const low = Math.min(0, ...points.map((point) => point.value));
  const high = Math.max(0, ...points.map((point) => point.value));
  const span = high - low || 1;
  const power = 10 ** Math.floor(Math.log10(span / 4));
  const step = [1, 2, 5, 10].map((times) => times * power).find((one) => span / one <= 5) ?? power;
  const first = Math.floor(low / step);
  const count = Math.ceil(high / step) - first;
  return Array.from({ length: Math.max(1, count) + 1 }, (_, at) => Number(((first + at) * step).toPrecision(12)));
}

function drawBars(points: Point[], width: number): SVGElement {
  const [left, right, row] = [width / 3, 70, 26];
  const scale = marks(points);
  const [low, high] = [scale[0] as number, scale.at(-1) as number];
  const place = (value: number): number => left + ((value - low) / (high - low)) * (width - left - right);
  const height = points.length * row + 30;
  const lines = scale.map((value) =>
    svg("g", {}, svg("line", { class: "grid", x1: place(value), x2: place(value), y1: 0, y2: height - 22 }), svg("text", { class: "mark-text", x: place(value), y: height - 6, "text-anchor": "middle" }, round(value))),
  );
  const bars = points.map(({ label, value }, at) => {
    const [start, end] = [Math.min(place(0), place(value)), Math.max(place(0), place(value))];
    const y = at * row;
    return svg(
      "g",
      {},
      svg("title", {}, `${label}: ${round(value)}`),
      svg("rect", { class: "bar", x: start, y: y + 4, width: Math.max(1, end - start), height: row - 8, rx: 2 }),
      svg("text", { x: left - 8, y: y + row / 2 + 5, "text-anchor": "end" }, short(label, left / 7.5)),
      svg("text", { class: "value", x: end + 6, y: y + row / 2 + 5 }, round(value)),
    );
  });
  return sheet(width, height, [...lines, ...bars]);
}

function drawLine(points: Point[], width: number): SVGElement {
  const [left, top, bottom, height] = [70, 14, 60, 360];
  const scale = marks(points);
  const [low, high] = [scale[0] as number, scale.at(-1) as number];
  const y = (value: number): number => height - bottom - ((value - low) / (high - low)) * (height - bottom - top);
  const x = (at: number): number => left + (points.length < 2 ? 0 : (at / (points.length - 1)) * (width - left - 30));
  const lines = scale.map((value) =>
    svg("g", {}, svg("line", { class: "grid", x1: left, x2: width - 30, y1: y(value), y2: y(value) }), svg("text", { class: "mark-text", x: left - 8, y: y(value) + 4, "text-anchor": "end" }, round(value))),
  );
  const every = Math.ceil(points.length / 8);
  const labels = points.flatMap((point, at) =>
    at % every ? [] : [svg("text", { class: "mark-text", x: x(at), y: height - bottom + 22, "text-anchor": "middle" }, short(point.label, 14))],
  );
  const path = svg("polyline", { class: "line", points: points.map((point, at) => `${x(at)},${y(point.value)}`).join(" ") });
  const dots = points.map((point, at) => svg("circle", { class: "dot", cx: x(at), cy: y(point.value), r: 4 }, svg("title", {}, `${point.label}: ${round(point.value)}`)));
  return sheet(width, height, [...lines, ...labels, path, ...dots]);
}

function drawPie(points: Point[], width: number): SVGElement {
  const beside = width > NARROW; // else the legend is below
  const [radius, center] = [150, beside ? 170 : width / 2];
  const [x, top] = beside ? [360, 12] : [10, 340];
  const height = Math.max(340, top + points.length * 28 + 20);
  const total = points.reduce((sum, point) => sum + point.value, 0);
  let turn = -Math.PI / 2;
  const slices = points.map(({ label, value }, at) => {
    const angle = (value / total) * 2 * Math.PI;
    const [from, to] = [turn, turn + angle];
    turn = to;
    const on = (a: number): string => `${center + radius * Math.cos(a)} ${170 + radius * Math.sin(a)}`;
    const shape =
      angle >= 2 * Math.PI - 1e-9
        ? svg("circle", { cx: center, cy: 170, r: radius })
        : svg("path", { d: `M${center} 170L${on(from)}A${radius} ${radius} 0 ${angle > Math.PI ? 1 : 0} 1 ${on(to)}Z` });
    shape.setAttribute("class", `slice s${at % 12}`);
    const share = `${label}: ${round(value)} (${round((100 * value) / total)} %)`;
    const y = top + 12 + at * 28;
    return svg("g", {}, svg("title", {}, share), shape, svg("rect", { class: `slice s${at % 12}`, x, y: y - 12, width: 14, height: 14, rx: 3 }), svg("text", { x: x + 24, y }, short(share, 50)));
  });
  return sheet(width, height, slices);
}
