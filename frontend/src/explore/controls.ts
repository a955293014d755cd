// What the buttons, boxes and fields of the page do.

import { dayOf } from "./days";
import { byId } from "./dom";

export interface Controls {
  /** By the id of a button. */
  click: Record<string, () => void>;
  findPath(): void;
  savePicture(format: string): void;
  saveFile(ending: string): void;
  groups(names: string[]): void;
  /** While the slider moves. */
  sliding(day: string): void;
  day(day: string): void;
}

export function control(controls: Controls): void {
  for (const [id, work] of Object.entries(controls.click)) byId(id).addEventListener("click", work);
  byId("path-form").addEventListener("submit", (event) => {
    event.preventDefault();
    controls.findPath();
  });
  for (const button of document.querySelectorAll<HTMLElement>("[data-picture]")) {
    button.addEventListener("click", () => controls.savePicture(button.dataset["picture"] ?? "png"));
  }
  for (const button of document.querySelectorAll<HTMLElement>("[data-file]")) {
    button.addEventListener("click", () => controls.saveFile(button.dataset["file"] ?? "gexf"));
  }
  for (const box of document.querySelectorAll<HTMLInputElement>("[data-group]")) {
    box.addEventListener("change", () => {
      const boxes = document.querySelectorAll<HTMLInputElement>("[data-group]:checked");
      controls.groups([...boxes].map((one) => one.dataset["group"] ?? ""));
    });
  }
  const slider = byId<HTMLInputElement>("slider");
  slider.addEventListener("input", () => controls.sliding(dayOf(Number(slider.value))));
  slider.addEventListener("change", () => controls.day(dayOf(Number(slider.value))));
  const day = byId<HTMLInputElement>("day");
  day.addEventListener("change", () => controls.day(day.value));
}
