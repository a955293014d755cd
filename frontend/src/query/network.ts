// A result as a network: the triples of a graph, or two or three columns of things. Loaded when it is first wanted.

import { h, type Texts } from "../explore/dom";
import type { Thing, Tie } from "../explore/types";
import { color, View } from "../explore/view";
import type { Names } from "./names";
import { textOf } from "./table";
import type { Result, Row, Term } from "./types";

const MOST = 1500;
const NAMED = 40;
const TYPE = "http://www.w3.org/1999/02/22-rdf-syntax-ns#type";
const COLORS = ["#4477aa", "#ee6677", "#228833", "#ccbb44", "#66ccee", "#aa3377", "#ee7733", "#009988"];

interface Edge {
  source: Term;
  target: Term;
  label: string;
}

function isThing(term: Term | undefined): term is Term {
  return term?.type === "uri" || term?.type === "bnode";
}

/** The ties of a result; none if it has no network in it. */
function ties(result: Result, names: Names): Edge[] {
  const read = (row: Row, source: number, label: (row: Row) => string, target: number): Edge[] => {
    const [from, to] = [row[source], row[target]];
    return isThing(from) && isThing(to) ? [{ source: from, target: to, label: label(row) }] : [];
  };
  if (result.kind === "graph") {
    return result.rows.filter((row) => row[1]?.value !== TYPE).flatMap((row) => read(row, 0, (r) => textOf(r[1], names), 2));
  }
  const things = result.columns.flatMap((_, at) => (result.rows.some((row) => isThing(row[at])) ? [at] : []));
  if (things.length === 2) {
    const [a, b] = things as [number, number];
    const other = result.columns.length === 3 ? [0, 1, 2].find((at) => !things.includes(at)) : undefined;
    return result.rows.flatMap((row) => read(row, a, (r) => (other === undefined ? "" : textOf(r[other], names)), b));
  }
  if (things.length === 3) {
    const [a, b, c] = things as [number, number, number];
    return result.rows.flatMap((row) => read(row, a, (r) => textOf(r[b], names), c));
  }
  return [];
}

/** The network of a result; the element must be in the document before it is drawn. */
export async function network(place: HTMLElement, result: Result, names: Names, texts: Texts): Promise<void> {
  const all = ties(result, names);
  if (!all.length) {
    place.replaceChildren(h("p", {}, texts.get("no_network")));
    return;
  }
  const edges = all.slice(0, MOST);
  const ends = new Map(edges.flatMap(({ source, target }) => [source, target]).map((term) => [key(term), term]));
  await names.read([...ends.values()].flatMap((term) => (term.type === "uri" ? [term.value] : [])));
  const kinds = new Map<string, string>();
  if (result.kind === "graph") {
    for (const [subject, predicate, object] of result.rows) {
      if (subject && object && predicate?.value === TYPE && !kinds.has(key(subject))) kinds.set(key(subject), textOf(object, names));
    }
  }
  const order = [...new Set(kinds.values())];
  const things = [...ends].map(([id, term]): Thing => {
    const kind = kinds.get(id) ?? "";
    const page = term.type === "uri" ? names.page(term.value) : "";
    return { id, label: textOf(term, names), kind, kind_label: kind, color: (kind && COLORS[order.indexOf(kind) % COLORS.length]) || color("accent"), page };
  });
  const drawn = ties(result, names) // again, now that the names of the ties are known
    .slice(0, MOST)
    .map(({ source, target, label }, at): Tie => {
      return { id: `tie-${at}`, source: key(source), target: key(target), label, kind: label, predicate: label, origin: "stated", asserted: true, color: color("soft") };
    });
  const picture = h("div", { class: "network", role: "img", "aria-label": texts.get("network_says", { nodes: things.length, edges: drawn.length }) });
  const open = h("p", { class: "soft", role: "status" }, texts.get("network_says", { nodes: things.length, edges: drawn.length }));
  const cut = all.length > edges.length ? texts.get("cut_network", { n: edges.length, all: all.length }) : "";
  place.replaceChildren(picture, open, h("p", { class: "soft" }, cut));
  const select = (id: string): void => {
    view.highlight(id, []);
    if (drawn.length <= NAMED) view.cy.edges().addClass("named");
    const thing = things.find((one) => one.id === id);
    if (thing?.page) open.replaceChildren(h("a", { href: thing.page }, texts.get("thing_page", { name: thing.label })));
  };
  const view = new View(picture, { select, expand: select });
  view.sync(things, drawn, 1, true);
  if (drawn.length <= NAMED) view.cy.edges().addClass("named");
  const restyle = (): void => {
    if (!picture.isConnected) document.removeEventListener("theme", restyle);
    else view.restyle();
  };
  document.addEventListener("theme", restyle);
}

function key(term: Term): string {
  return term.type === "bnode" ? `_:${term.value}` : term.value;
}
