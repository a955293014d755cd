// One line below the editor: what the term at the cursor, or under the mouse, is called and means.

import { byId, h, type Texts } from "../explore/dom";
import type { Editor, Position } from "./editor";
import type { Names } from "./names";

const WRITTEN = /<[^<>\s]+>|[\p{L}\p{N}_][\p{L}\p{N}_.-]*:[\p{L}\p{N}_](?:[\p{L}\p{N}_.-]*[\p{L}\p{N}_-])?/gu;
const PAUSE = 120;

export class Info {
  private readonly line = byId("term");
  private timer = 0;
  private shown = "";

  constructor(
    private readonly editor: Editor,
    private readonly names: Names,
    private readonly texts: Texts,
  ) {
    editor.on("cursorActivity", () => this.later(() => editor.getCursor()));
    const place = editor.getWrapperElement();
    place.addEventListener("mousemove", (event) => this.later(() => editor.coordsChar({ left: event.clientX, top: event.clientY })));
    place.addEventListener("mouseleave", () => this.later(() => editor.getCursor()));
  }

  private later(where: () => Position): void {
    clearTimeout(this.timer);
    this.timer = window.setTimeout(() => void this.show(where()), PAUSE);
  }

  private async show({ line, ch }: Position): Promise<void> {
    const found = [...this.editor.getLine(line).matchAll(WRITTEN)].find((one) => one.index <= ch && ch <= one.index + one[0].length);
    const iri = found ? this.names.full(found[0], this.editor.getPrefixesFromQuery()) : "";
    if (iri === this.shown) return;
    this.shown = iri;
    if (!iri) {
      this.line.replaceChildren();
      return;
    }
    const term = this.names.byIri.get(iri);
    if (!term) await this.names.read([iri]);
    if (this.shown !== iri) return;
    const count = term && this.texts.get(term.kind === "class" ? "members" : "uses", { n: term.count.toLocaleString() });
    const label = this.names.label(iri);
    const address = this.names.page(iri);
    const short = h("code", {}, this.names.short(iri));
    this.line.replaceChildren(
      address ? h("a", { href: address }, short) : short,
      ...[label && h("b", {}, label), term && `${this.texts.get(term.kind)} · ${count}`, term && this.names.text(term.comment)]
        .filter((part): part is HTMLElement | string => Boolean(part))
        .flatMap((part) => [" ", part]),
    );
  }
}
