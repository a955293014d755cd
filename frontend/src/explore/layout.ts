// Places for things: the same ones for the same network and seed.

import type { Core, CollectionReturnValue, LayoutOptions, NodeSingular, Position } from "cytoscape";

const WHOLE = 1000; // more things are placed by the spectral step alone, which takes a tenth of the time
const NARROW = 600; // pixels; on less there is no room for all names anyway
const GOLDEN = 2.399963;

/** Numbers from 0 to 1 that depend on the seed alone (mulberry32). */
function random(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}

/** fcose draws its numbers from Math.random and runs at once, so that a seed can be put under it. */
function seeded(seed: number, work: () => void): void {
  const original = Math.random;
  Math.random = random(seed);
  try {
    work();
  } finally {
    Math.random = original;
  }
}

function options(count: number, wide: boolean, more: object): LayoutOptions {
  return {
    name: "fcose",
    quality: count > WHOLE ? "draft" : "default",
    animate: false,
    fit: false,
    randomize: true,
    packComponents: true,
    nodeDimensionsIncludeLabels: count <= 150 && wide,
    nodeSeparation: count > WHOLE ? 60 : 110,
    idealEdgeLength: 110,
    nodeRepulsion: 9000,
    numIter: count > 400 ? 800 : 2000,
    ...more,
  } as unknown as LayoutOptions;
}

/** Place everything anew. */
export function arrange(cy: Core, seed: number): void {
  const shown = cy.elements(":visible");
  const count = shown.nodes().length;
  if (count === 1) shown.nodes().positions(() => ({ x: 0, y: 0 }));
  if (count < 2) return;
  seeded(seed, () => void shown.layout(options(count, cy.width() > NARROW, {})).run());
}

/** Place new things near those that they are tied to; the others stay where they are. */
export function place(cy: Core, added: CollectionReturnValue, seed: number): void {
  const old = cy.nodes(":visible").difference(added);
  if (old.empty() || added.length > 2 * old.length + 60) {
    arrange(cy, seed);
    return;
  }
  const counts = new Map<string, number>();
  added.nodes().forEach((node) => {
    const anchor = node.neighborhood("node").intersection(old).first() as unknown as NodeSingular;
    const around = anchor.nonempty() ? anchor.position() : center(old);
    const name = anchor.nonempty() ? anchor.id() : "";
    const number = counts.get(name) ?? 0;
    counts.set(name, number + 1);
    const radius = 90 + 28 * Math.sqrt(number);
    node.position({
      x: around.x + radius * Math.cos(number * GOLDEN),
      y: around.y + radius * Math.sin(number * GOLDEN),
    });
  });
  const count = cy.nodes(":visible").length;
  if (count > WHOLE) return;
  const fixed = old.map((node) => ({ nodeId: node.id(), position: { ...(node as NodeSingular).position() } }));
  const more = old.length > 1 ? { fixedNodeConstraint: fixed } : {};
  seeded(seed, () => void cy.elements(":visible").layout(options(count, cy.width() > NARROW, { ...more, randomize: false })).run());
}

function center(nodes: CollectionReturnValue): Position {
  const box = nodes.boundingBox();
  return { x: box.x2 + 80, y: (box.y1 + box.y2) / 2 };
}
