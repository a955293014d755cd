// The form that asks for a path between two things.

import { Combo } from "./combo";
import { byId, type Texts } from "./dom";
import type { Found } from "./types";

export class Ways {
  private readonly ends: { from: Combo; to: Combo };

  constructor(
    find: (text: string) => Promise<Found[]>,
    texts: Texts,
    private readonly announce: (text: string) => void,
  ) {
    this.ends = {
      from: new Combo("path-from", find, texts, announce, () => {}),
      to: new Combo("path-to", find, texts, announce, () => {}),
    };
  }

  /** The two things that were chosen; null as long as one is missing. */
  get chosen(): [Found, Found] | null {
    const [from, to] = [this.ends.from.value, this.ends.to.value];
    return from && to ? [from, to] : null;
  }

  /** Show the form, with one end filled in; without one, show or hide it. */
  open(end?: "from" | "to", found?: Found): void {
    const form = byId("path-form");
    form.hidden = end ? false : !form.hidden;
    byId("path").setAttribute("aria-expanded", String(!form.hidden));
    if (end && found) this.ends[end].set(found);
    if (!form.hidden) this.ends[end === "from" ? "to" : "from"].focus();
  }

  say(text: string): void {
    byId("path-said").textContent = text;
    this.announce(text);
  }
}
