// A search box with suggestions (WAI-ARIA combobox with a list).

import { byId, h, type Texts } from "./dom";
import type { Found } from "./types";

const PAUSE = 150;

export class Combo {
  private readonly input: HTMLInputElement;
  private readonly list: HTMLElement;
  private found: Found[] = [];
  private active = -1;
  private asked = 0;
  private timer = 0;
  value: Found | null = null;

  constructor(
    id: string,
    private readonly find: (text: string) => Promise<Found[]>,
    private readonly texts: Texts,
    private readonly say: (text: string) => void,
    private readonly choose: (found: Found) => void,
  ) {
    this.input = byId<HTMLInputElement>(id);
    this.list = byId(`${id}-list`);
    this.input.addEventListener("input", () => {
      this.value = null;
      clearTimeout(this.timer);
      this.timer = window.setTimeout(() => void this.ask(), PAUSE);
    });
    this.input.addEventListener("keydown", (event) => this.key(event));
    this.input.addEventListener("blur", () => this.close());
  }

  focus(): void {
    this.input.focus();
    this.input.select();
  }

  /** Put a thing in, as if it had been chosen. */
  set(found: Found | null): void {
    this.value = found;
    this.input.value = found?.label ?? "";
  }

  private async ask(): Promise<void> {
    const text = this.input.value.trim();
    const number = ++this.asked;
    const found = text ? await this.find(text).catch(() => []) : [];
    if (number !== this.asked || this.input !== document.activeElement) return;
    this.found = found;
    this.active = found.length ? 0 : -1;
    this.draw(Boolean(text));
    if (text) this.say(found.length ? this.texts.get("found", { count: found.length }) : this.texts.get("none_found"));
  }

  private draw(open: boolean): void {
    const items = this.found.map((found, index) => {
      return h(
        "li",
        {
          role: "option",
          id: `${this.list.id}-${index}`,
          "aria-selected": index === this.active ? "true" : "false",
          onmousedown: (event) => event.preventDefault(),
          onclick: () => this.take(index),
        },
        h("span", {}, found.label, found.other && h("small", {}, found.other)),
        h("small", {}, found.kind),
      );
    });
    this.list.replaceChildren(...(items.length ? items : [h("li", { class: "soft", role: "presentation" }, this.texts.get("none_found"))]));
    this.list.hidden = !open;
    this.input.setAttribute("aria-expanded", String(open));
    if (this.active >= 0) this.input.setAttribute("aria-activedescendant", `${this.list.id}-${this.active}`);
    else this.input.removeAttribute("aria-activedescendant");
    this.list.children[this.active]?.scrollIntoView({ block: "nearest" });
  }

  private key(event: KeyboardEvent): void {
    const open = !this.list.hidden;
    if (event.key === "Escape" && open) {
      this.close();
      event.preventDefault();
    } else if ((event.key === "ArrowDown" || event.key === "ArrowUp") && this.found.length) {
      const step = event.key === "ArrowDown" ? 1 : -1;
      if (open) this.active = (this.active + step + this.found.length) % this.found.length;
      this.draw(true);
      event.preventDefault();
    } else if (event.key === "Enter") {
      if (open && this.active >= 0) {
        this.take(this.active);
        event.preventDefault();
      } else if (!this.value && this.input.value.trim()) {
        event.preventDefault();
        clearTimeout(this.timer);
        void this.ask();
      }
    }
  }

  private take(index: number): void {
    const found = this.found[index];
    if (!found) return;
    this.set(found);
    this.close();
    this.choose(found);
  }

  private close(): void {
    this.list.hidden = true;
    this.input.setAttribute("aria-expanded", "false");
    this.input.removeAttribute("aria-activedescendant");
  }
}
