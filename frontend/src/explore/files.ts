// Saves the picture as PNG or SVG, and files that the server makes; copies the link.

import type { Core, EdgeSingular, NodeSingular } from "cytoscape";
import type { Api } from "./api";
import type { Texts } from "./dom";
import type { Thing } from "./types";
import { color, type View } from "./view";

export class Files {
  constructor(
    private readonly view: View,
    private readonly api: Api,
    private readonly texts: Texts,
    private readonly say: (text: string) => void,
  ) {}

  async savePicture(format: string): Promise<void> {
    const content = format === "svg" ? svg(this.view.cy, document.title) : await png(this.view.cy);
    save(content, `network.${format}`);
    this.say(this.texts.get("saved", { name: `network.${format}` }));
  }

  /** These things as the server writes graph files. */
  async saveGraph(things: Thing[], ending: string): Promise<void> {
    const file = await this.api.file(things.map((thing) => thing.id), ending);
    save(file.content, file.name);
    this.say(this.texts.get("saved", { name: file.name }));
  }

  async copyLink(): Promise<void> {
    try {
      await navigator.clipboard.writeText(location.href);
      this.say(this.texts.get("copied"));
    } catch {
      this.say(this.texts.get("copy_failed"));
    }
  }
}

function save(content: Blob, name: string): void {
  const address = URL.createObjectURL(content);
  const link = document.createElement("a");
  link.href = address;
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(address), 60_000);
}

const MOST_PIXELS = 8000;

async function png(cy: Core): Promise<Blob> {
  return cy.png({ output: "blob-promise", full: true, scale: 2, maxWidth: MOST_PIXELS, maxHeight: MOST_PIXELS, bg: color("paper") });
}

function escape(text: string): string {
  return text.replace(/[&<>"]/g, (sign) => `&#${sign.charCodeAt(0)};`).replace(/[\x00-\x08\x0b\x0c\x0e-\x1f]/g, "");
}

/** The picture as SVG: what is drawn, where it is drawn, with titles for a pointer and links for things. */
function svg(cy: Core, title: string): Blob {
  const shown = cy.elements(":visible");
  const box = shown.boundingBox();
  const round = (value: number): string => String(Math.round(value * 10) / 10);
  const opacity = (element: NodeSingular | EdgeSingular): string => round(Number(element.style("opacity")));
  const lines = shown.edges().map((edge) => {
    const [from, to] = [edge.sourceEndpoint(), edge.targetEndpoint()];
    const bend = edge.controlPoints()?.[0];
    const way = bend
      ? `M${round(from.x)} ${round(from.y)}Q${round(bend.x)} ${round(bend.y)} ${round(to.x)} ${round(to.y)}`
      : `M${round(from.x)} ${round(from.y)}L${round(to.x)} ${round(to.y)}`;
    const dash = edge.style("line-style") === "dashed" ? ' stroke-dasharray="7 5"' : "";
    const stroke = escape(String(edge.style("line-color")));
    const width = parseFloat(String(edge.style("width")));
    const turn = Math.atan2(to.y - (bend?.y ?? from.y), to.x - (bend?.x ?? from.x));
    const corner = (angle: number): string =>
      `${round(to.x - 8 * Math.cos(turn + angle))} ${round(to.y - 8 * Math.sin(turn + angle))}`;
    return (
      `<g opacity="${opacity(edge)}" data-id="${escape(edge.id())}"><title>${escape(String(edge.data("label")))}</title>` +
      `<path d="${way}" fill="none" stroke="${stroke}" stroke-width="${round(width)}"${dash}/>` +
      `<path d="M${round(to.x)} ${round(to.y)}L${corner(0.4)} ${corner(-0.4)}Z" fill="${stroke}"/></g>`
    );
  });
  const dots = shown.nodes().map((element) => {
    const node = element as NodeSingular;
    const { x, y } = node.position();
    const radius = node.width() / 2;
    const address = String(node.data("page") ?? "");
    const absolute = address && new URL(address, document.baseURI).href;
    const drawn =
      `<circle cx="${round(x)}" cy="${round(y)}" r="${round(radius)}" fill="${escape(String(node.data("color")))}"/>` +
      `<text x="${round(x)}" y="${round(y + radius + 16)}">${escape(String(node.data("label")))}</text>`;
    const whole = absolute ? `<a href="${escape(absolute)}">${drawn}</a>` : drawn;
    return `<g opacity="${opacity(node)}" data-id="${escape(node.id())}"><title>${escape(node.id())}</title>${whole}</g>`;
  });
  const [x, y, width, height] = [box.x1 - 30, box.y1 - 30, box.w + 60, box.h + 60].map(round) as [string, string, string, string];
  const paper = color("paper");
  const content =
    `<?xml version="1.0" encoding="UTF-8"?>\n<svg xmlns="http://www.w3.org/2000/svg" viewBox="${x} ${y} ${width} ${height}" ` +
    `width="${width}" height="${height}" font-family="${escape(getComputedStyle(document.body).fontFamily)}" font-size="13" ` +
    `text-anchor="middle" fill="${color("ink")}">\n<title>${escape(title)}</title>\n` +
    `<rect x="${x}" y="${y}" width="${width}" height="${height}" fill="${paper}"/>\n` +
    `<g>${lines.join("\n")}</g>\n` +
    `<g stroke="${paper}" stroke-width="2.5" paint-order="stroke">${dots.join("\n")}</g>\n</svg>\n`;
  return new Blob([content], { type: "image/svg+xml" });
}
