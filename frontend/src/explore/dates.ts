// The slider and the field for a day.

import { dayOf, monthOf, span } from "./days";
import { byId, type Texts } from "./dom";
import type { Thing, Tie } from "./types";
import type { View } from "./view";

export class Dates {
  private readonly slider = byId<HTMLInputElement>("slider");

  constructor(
    private readonly view: View,
    private readonly texts: Texts,
  ) {}

  /** Let the slider reach from the first day of what is shown to the last. */
  reach(things: Thing[], ties: Tie[], day: string): void {
    const today = new Date().toISOString().slice(0, 10);
    const months = span([...things, ...ties], today);
    this.slider.disabled = !months;
    if (!months) return;
    this.slider.min = String(months[0]);
    this.slider.max = String(months[1]);
    this.slider.value = String(day ? monthOf(day) : months[1]);
    byId("day-first").textContent = dayOf(months[0]).slice(0, 4);
    byId("day-last").textContent = dayOf(months[1]).slice(0, 4);
  }

  /** Show what was so on a day. */
  show(day: string): void {
    const counts = this.view.date(day);
    const told = day ? this.texts.get("day_counts", { day, ...counts }) : "";
    byId<HTMLInputElement>("day").value = day;
    this.slider.setAttribute("aria-valuetext", day || this.texts.get("undated"));
    byId<HTMLButtonElement>("any-day").disabled = !day;
    if (byId("day-counts").textContent !== told) byId("day-counts").textContent = told;
  }
}
