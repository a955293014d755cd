// The picture: a Cytoscape.js canvas in the colours of the page.

import cytoscape from "cytoscape";
import type { CollectionReturnValue, Core, EdgeSingular, ElementDefinition, NodeSingular, StylesheetJson } from "cytoscape";
import fcose from "cytoscape-fcose";
import { standingOfThing, standingOfTie, type Standing } from "./days";
import { arrange, place } from "./layout";
import { isDisputed, type Thing, type Tie } from "./types";

cytoscape.use(fcose);

const MANY = 1500; // from here on the picture moves as a bitmap
const MOST_NAMED = 14; // more names than that around one thing cover each other
const VERY_MANY = 2500; // from here on ties are straight, without arrows, and not drawn while the picture moves

export interface Handlers {
  select(id: string): void;
  expand(id: string): void;
}

export class View {
  readonly cy: Core;
  private dense = false;

  constructor(
    private readonly container: HTMLElement,
    private readonly handlers: Handlers,
  ) {
    this.cy = this.create(false);
  }

  private create(dense: boolean): Core {
    this.dense = dense;
    const cy = cytoscape({
      container: this.container,
      style: styles(dense),
      minZoom: 0.02,
      maxZoom: 4,
      boxSelectionEnabled: false,
      selectionType: "single",
      textureOnViewport: dense,
      hideEdgesOnViewport: dense,
      ...(dense ? { pixelRatio: 1 } : {}),
    });
    cy.on("tap", "node, edge", (event) => this.handlers.select(event.target.id()));
    cy.on("dbltap", "node", (event) => this.handlers.expand(event.target.id()));
    cy.on("tap", (event) => {
      if (event.target === cy) this.handlers.select("");
    });
    return cy;
  }

  /** Show exactly these; new ones are placed near their neighbours. `anew` places everything. */
  sync(things: Thing[], ties: Tie[], seed: number, anew: boolean): void {
    const cy = this.cy;
    const wanted = new Set([...things.map((thing) => thing.id), ...ties.map((tie) => tie.id)]);
    const before = cy.nodes().length;
    let added: CollectionReturnValue = cy.collection();
    cy.batch(() => {
      cy.elements().filter((element) => !wanted.has(element.id())).remove();
      const fresh: ElementDefinition[] = [
        ...things.filter((thing) => cy.getElementById(thing.id).empty()).map(thingElement),
        ...ties.filter((tie) => cy.getElementById(tie.id).empty()).map(tieElement),
      ];
      added = cy.add(fresh);
    });
    this.lighten(cy.nodes().length);
    this.size();
    const nodes = added.nodes() as unknown as CollectionReturnValue;
    if (anew || (before === 0 && nodes.nonempty())) {
      arrange(cy, seed);
      this.fit();
    } else if (nodes.nonempty()) {
      place(cy, nodes, seed);
      if (cy.nodes().length < MANY) this.fit();
    }
  }

  private lighten(count: number): void {
    const dense = count > VERY_MANY;
    if (dense !== this.dense) {
      this.dense = dense;
      this.restyle();
    }
    // Not among the public options that can change later; without them large pictures are only slower to move.
    const renderer = (this.cy as unknown as { renderer(): Record<string, unknown> }).renderer();
    renderer["textureOnViewport"] = count > MANY;
    renderer["hideEdgesOnViewport"] = dense;
    renderer["hideLabelsOnViewport"] = count > MANY;
  }

  /** The more ties are shown, the larger. */
  size(): void {
    this.cy.batch(() => {
      this.cy.nodes().forEach((node) => {
        const degree = node.connectedEdges(":visible").length;
        node.data("size", Math.round(16 + 7 * Math.sqrt(degree)));
      });
    });
  }

  filter(hiddenKinds: Set<string>, hiddenTies: Set<string>): void {
    this.cy.batch(() => {
      this.cy.nodes().forEach((node) => void node.toggleClass("off", hiddenKinds.has(node.data("kind") as string)));
      this.cy.edges().forEach((edge) => void edge.toggleClass("off", hiddenTies.has(edge.data("kind") as string)));
    });
  }

  /** Fade what was not so on a day; gives how many ties stand how. */
  date(day: string): Record<Standing, number> {
    const counts: Record<Standing, number> = { certain: 0, possible: 0, undated: 0, not: 0 };
    const of = new Map<string, Standing>();
    this.cy.batch(() => {
      this.cy.nodes().forEach((node) => {
        const standing = day ? standingOfThing(node.data() as Thing, day) : "undated";
        of.set(node.id(), standing);
        mark(node, standing);
      });
      this.cy.edges().forEach((edge) => {
        const ends = [of.get(edge.data("source") as string), of.get(edge.data("target") as string)];
        const known = ends.filter((end): end is Standing => end !== undefined);
        const standing = day ? standingOfTie(edge.data() as Tie, known, day) : "undated";
        counts[standing] += 1;
        mark(edge, standing);
      });
    });
    return counts;
  }

  highlight(selected: string, path: string[]): void {
    const steps = new Set(path.slice(1).map((id, index) => [path[index], id].sort().join(" ")));
    this.cy.batch(() => {
      this.cy.elements().removeClass("chosen near named onpath");
      for (const id of path) this.cy.getElementById(id).addClass("onpath");
      this.cy.edges().forEach((edge) => {
        const ends = [edge.data("source") as string, edge.data("target") as string].sort().join(" ");
        if (steps.has(ends)) edge.addClass("onpath");
      });
      const chosen = this.cy.getElementById(selected);
      chosen.addClass("chosen");
      if (chosen.empty() || !chosen.isNode()) return;
      const ties = chosen.connectedEdges(":visible");
      ties.addClass(ties.length <= MOST_NAMED ? "near named" : "near");
    });
  }

  mark(expanded: Set<string>): void {
    this.cy.batch(() => this.cy.nodes().forEach((node) => void node.toggleClass("expanded", expanded.has(node.id()))));
  }

  fit(chosen = ":visible"): void {
    this.cy.resize();
    this.cy.fit(this.cy.elements(chosen), this.cy.width() > 600 ? 40 : 12);
    if (this.cy.zoom() > 1.4) {
      this.cy.zoom(1.4);
      this.cy.center(this.cy.elements(chosen));
    }
  }

  /** Bring something into sight, if it isn't. */
  reveal(id: string): void {
    const element = this.cy.getElementById(id);
    if (element.empty()) return;
    const box = element.renderedBoundingBox();
    const inside = box.x1 >= 0 && box.y1 >= 0 && box.x2 <= this.cy.width() && box.y2 <= this.cy.height();
    if (!inside) this.cy.center(element);
  }

  zoom(factor: number): void {
    const middle = { x: this.cy.width() / 2, y: this.cy.height() / 2 };
    this.cy.zoom({ level: this.cy.zoom() * factor, renderedPosition: middle });
  }

  /** The neighbour that lies in a direction (an angle, 0 to the right, clockwise); else the nearest thing there. */
  towards(id: string, angle: number): string {
    const start = this.cy.getElementById(id) as unknown as NodeSingular;
    if (start.empty()) return this.cy.nodes(":visible").first().id() ?? "";
    const near = start.neighborhood("node:visible") as unknown as CollectionReturnValue;
    return best(start, near, angle) || best(start, this.cy.nodes(":visible").difference(start), angle);
  }

  /** The ties of a thing, or the other ties between the ends of a tie, in a fixed order. */
  tiesOf(id: string): string[] {
    const element = this.cy.getElementById(id);
    if (element.empty()) return [];
    return element.connectedEdges(":visible").map((edge: EdgeSingular) => edge.id()).sort();
  }

  restyle(): void {
    this.cy.style(styles(this.dense));
  }
}

function best(start: NodeSingular, others: CollectionReturnValue, angle: number): string {
  const from = start.position();
  let found = "";
  let least = Infinity;
  others.nodes().forEach((node) => {
    const to = (node as NodeSingular).position();
    let turn = Math.abs(Math.atan2(to.y - from.y, to.x - from.x) - angle);
    if (turn > Math.PI) turn = 2 * Math.PI - turn;
    const cost = Math.hypot(to.x - from.x, to.y - from.y) * (1 + 2 * turn);
    if (turn <= Math.PI / 3 && cost < least) {
      least = cost;
      found = node.id();
    }
  });
  return found;
}

function mark(element: NodeSingular | EdgeSingular, standing: Standing): void {
  element.toggleClass("not", standing === "not");
  element.toggleClass("possible", standing === "possible");
}

function thingElement(thing: Thing): ElementDefinition {
  return { group: "nodes", data: { ...thing, size: 20 }, classes: thing.category ?? "" };
}

function tieElement(tie: Tie): ElementDefinition {
  return { group: "edges", data: { ...tie }, classes: `${tie.origin}${isDisputed(tie) ? " disputed" : ""}` };
}

/** Colours of the page, as its style sheet has them in the present theme. */
export function color(name: string): string {
  const probe = document.createElement("span");
  probe.hidden = true;
  probe.style.color = `var(--${name})`;
  document.body.append(probe);
  const found = getComputedStyle(probe).color;
  probe.remove();
  return found;
}

function styles(dense: boolean): StylesheetJson {
  const [ink, soft, paper, accent, trouble] = ["ink", "soft", "paper", "accent", "trouble"].map(color) as [string, string, string, string, string];
  const font = getComputedStyle(document.body).fontFamily;
  const sheet: { selector: string; style: object }[] = [
    {
      selector: "node",
      style: {
        "background-color": "data(color)",
        width: "data(size)",
        height: "data(size)",
        "border-width": 1.5,
        "border-color": paper,
        label: "data(label)",
        color: ink,
        "font-family": font,
        "font-size": 13,
        "min-zoomed-font-size": dense ? 9 : 6,
        "text-wrap": "ellipsis",
        "text-max-width": "190px",
        "text-valign": "bottom",
        "text-margin-y": 4,
        "text-outline-color": paper,
        "text-outline-width": dense ? 0 : 3,
        "overlay-opacity": 0,
      },
    },
    {
      selector: "edge",
      style: {
        width: 2.4,
        "line-color": "data(color)",
        "curve-style": dense ? "haystack" : "bezier",
        ...(dense ? {} : { "target-arrow-shape": "triangle", "target-arrow-color": "data(color)", "arrow-scale": 0.8 }),
        opacity: 0.75,
        "overlay-opacity": 0,
      },
    },
    { selector: "edge.derived", style: { width: 1.3 } },
    { selector: "edge.inferred", style: { width: 1, "line-style": "dotted" } },
    { selector: "edge.disputed", style: { "line-style": "dashed", "line-dash-pattern": [7, 5], width: 2, "line-color": trouble, "target-arrow-color": trouble } },
    { selector: "node.expanded", style: { "border-width": 3, "border-color": soft } },
    { selector: ".possible", style: { opacity: 0.4 } },
    { selector: ".not", style: { opacity: 0.1, "text-opacity": 0.25 } },
    { selector: ".off", style: { display: "none" } },
    {
      selector: "edge.named, edge.chosen, edge.onpath",
      style: {
        opacity: 1,
        label: dense ? "" : "data(label)",
        "font-size": 11,
        "font-family": font,
        color: soft,
        "text-rotation": "autorotate",
        "text-background-color": paper,
        "text-background-opacity": 0.9,
        "text-background-padding": "1px",
        "min-zoomed-font-size": 8,
      },
    },
    { selector: "edge.near", style: { opacity: 1 } },
    { selector: "edge.near.possible", style: { opacity: 0.5 } },
    { selector: "edge.near.not", style: { opacity: 0.15 } },
    { selector: "edge.onpath", style: { width: 5 } },
    { selector: "edge.chosen", style: { width: 5, "line-color": accent, "target-arrow-color": accent } },
    { selector: "node.onpath", style: { "border-width": 4, "border-color": accent, "font-weight": 700, "text-background-color": paper, "text-background-opacity": 0.85, "min-zoomed-font-size": 0, "z-index": 9 } },
    {
      selector: "node.chosen",
      style: { "border-width": 5, "border-color": accent, "font-weight": 700, "text-wrap": "wrap", "text-max-width": "220px", "line-height": 1.2, "text-background-color": paper, "text-background-opacity": 0.85, "min-zoomed-font-size": 0, "z-index": 10 },
    },
  ];
  return sheet as unknown as StylesheetJson;
}
