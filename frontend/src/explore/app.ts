// Ties the parts together: every change makes a new state, every state is an entry of the browser's history.

import { Api, PAGE } from "./api";
import { thingCard, tieCard, type Action } from "./card";
import { Combo } from "./combo";
import { dayOf, monthOf, span } from "./days";
import { byId, h, Texts } from "./dom";
import { png, save, svg } from "./files";
import { listen } from "./keys";
import { drawLegend, entries } from "./legend";
import { drawList } from "./list";
import { Codec, initial, type State } from "./state";
import type { Found, Settings, Thing, Tie } from "./types";
import { View } from "./view";

const MOST = 5000;

export class App {
  private readonly texts: Texts;
  private readonly api: Api;
  private readonly codec: Codec;
  private readonly view: View;
  private state: State;
  private readonly totals = new Map<string, { total: number; groups: string }>();
  private readonly ends: { from: Combo; to: Combo };
  private readonly canvas = byId("canvas");
  private position = 0; // in the history of this page, and the last place in it
  private last = 0;
  private turning = ""; // the thing whose ties are gone through
  private work: Promise<unknown> = Promise.resolve();

  constructor(private readonly settings: Settings) {
    this.texts = new Texts(settings.texts);
    this.api = new Api(settings);
    this.codec = new Codec(settings.prefixes);
    this.state = initial(settings.root);
    byId("explorer").hidden = false;
    this.view = new View(this.canvas, {
      select: (id) => this.select(id),
      expand: (id) => void this.toggle(id),
    });
    const find = (text: string): Promise<Found[]> => this.api.find(text);
    const say = (text: string): void => this.say(text);
    const finder = new Combo("find", find, this.texts, say, (found) => {
      finder.set(null);
      void this.add(found.id);
    });
    this.ends = {
      from: new Combo("path-from", find, this.texts, say, () => {}),
      to: new Combo("path-to", find, this.texts, say, () => {}),
    };
    this.listen(finder);
    void this.start().finally(() => (byId("explorer").dataset["ready"] = ""));
  }

  private async start(): Promise<void> {
    const told = this.codec.read(location.hash);
    const kept = history.state as { position?: number; last?: number } | null;
    this.position = kept?.position ?? 0;
    this.last = Math.max(this.position, kept?.last ?? 0);
    if (told) {
      this.state = told;
      await this.run(() => this.show(true));
    } else if (this.settings.root) {
      await this.run(() => this.show(true));
      await this.toggle(this.settings.root, true);
    } else this.render();
  }

  private listen(finder: Combo): void {
    const on = (id: string, work: () => void): void => byId(id).addEventListener("click", work);
    on("undo", () => history.back());
    on("redo", () => history.forward());
    on("fit", () => this.view.fit());
    on("arrange", () => {
      this.change({ seed: this.state.seed + 1 });
      this.view.sync(this.things(), this.ties(), this.state.seed, true);
    });
    on("path", () => this.openPath());
    on("help", () => byId<HTMLDialogElement>("keys").showModal());
    on("as-list", () => this.change({ view: this.state.view === "list" ? "picture" : "list" }));
    on("any-day", () => this.change({ day: "" }));
    on("copy-link", () => void this.copy());
    on("sheet", () => this.sheet());
    byId("path-form").addEventListener("submit", (event) => {
      event.preventDefault();
      void this.findPath();
    });
    for (const button of document.querySelectorAll<HTMLElement>("[data-picture]")) {
      button.addEventListener("click", () => void this.savePicture(button.dataset["picture"] ?? "png"));
    }
    for (const button of document.querySelectorAll<HTMLElement>("[data-file]")) {
      button.addEventListener("click", () => void this.saveFile(button.dataset["file"] ?? "gexf"));
    }
    for (const box of document.querySelectorAll<HTMLInputElement>("[data-group]")) {
      box.addEventListener("change", () => {
        const groups = [...document.querySelectorAll<HTMLInputElement>("[data-group]:checked")].map((one) => one.dataset["group"] ?? "");
        this.change({ groups: groups.length ? groups : ["entities"] });
      });
    }
    const slider = byId<HTMLInputElement>("slider");
    slider.addEventListener("input", () => this.date(dayOf(Number(slider.value))));
    slider.addEventListener("change", () => this.change({ day: dayOf(Number(slider.value)) }));
    const day = byId<HTMLInputElement>("day");
    day.addEventListener("change", () => this.change({ day: day.value }));
    addEventListener("popstate", (event) => {
      this.position = (event.state as { position?: number } | null)?.position ?? 0;
      const before = this.state;
      this.state = this.codec.read(location.hash) ?? initial(this.settings.root);
      void this.run(() => this.show(before.seed !== this.state.seed));
    });
    document.addEventListener("theme", () => this.view.restyle());
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => this.view.restyle());
    addEventListener("resize", () => this.view.cy.resize());
    listen(this.canvas, {
      move: (angle) => this.select(this.view.towards(this.endOf(this.state.selected), angle), true),
      expand: () => void this.toggle(this.endOf(this.state.selected)),
      details: () => this.details(),
      hide: () => this.hide(this.state.selected),
      nextTie: () => this.nextTie(),
      undo: () => history.back(),
      redo: () => history.forward(),
      zoom: (factor) => this.view.zoom(factor),
      fit: () => this.view.fit(),
      find: () => finder.focus(),
      list: () => this.change({ view: "list" }),
      help: () => byId<HTMLDialogElement>("keys").showModal(),
    });
  }

  // ---- what is shown

  private things(): Thing[] {
    return this.state.shown.map((id) => this.api.things.get(id)).filter((thing): thing is Thing => thing !== undefined);
  }

  private ties(): Tie[] {
    const shown = new Set(this.state.shown);
    return [...this.api.ties.values()].filter((tie) => shown.has(tie.source) && shown.has(tie.target));
  }

  private degree(id: string): number {
    return this.view.cy.getElementById(id).connectedEdges().length;
  }

  /** One thing after the other; the page says when it works and when it fails. */
  private run<T>(work: () => Promise<T>): Promise<T | undefined> {
    const next = this.work.then(async () => {
      document.body.setAttribute("aria-busy", "true");
      try {
        return await work();
      } catch (error) {
        this.say(this.texts.get("failed", { reason: error instanceof Error ? error.message : String(error) }));
        return undefined;
      } finally {
        document.body.removeAttribute("aria-busy");
      }
    });
    this.work = next;
    return next;
  }

  private change(part: Partial<State>): void {
    this.state = { ...this.state, ...part };
    this.push();
    this.render();
  }

  private push(): void {
    const hash = this.codec.write(this.state);
    if (hash === location.hash) return;
    this.position += 1;
    this.last = this.position;
    history.pushState({ position: this.position, last: this.last }, "", hash);
  }

  /** Fetch what the state needs, then show it. */
  private async show(anew = false): Promise<void> {
    await this.api.know(this.state.shown, (done, all) => {
      if (all > PAGE) this.say(`${this.texts.get("loading")} ${done} / ${all}`);
    });
    this.state.shown = this.state.shown.filter((id) => this.api.things.has(id));
    this.view.sync(this.things(), this.ties(), this.state.seed, anew);
    this.render();
  }

  private render(): void {
    const { state, view } = this;
    const [things, ties] = [this.things(), this.ties()];
    view.filter(new Set(state.hiddenKinds), new Set(state.hiddenTies));
    view.size();
    view.mark(new Set(state.expanded));
    view.highlight(state.selected, state.path);
    drawLegend(byId("node-kinds"), entries(things, (thing: Thing) => thing.kind_label), new Set(state.hiddenKinds), false, (name, on) =>
      this.filter("hiddenKinds", name, on),
    );
    drawLegend(byId("edge-kinds"), entries(ties, (tie: Tie) => tie.label), new Set(state.hiddenTies), true, (name, on) =>
      this.filter("hiddenTies", name, on),
    );
    for (const box of document.querySelectorAll<HTMLInputElement>("[data-group]")) {
      box.checked = state.groups.includes(box.dataset["group"] ?? "");
    }
    this.renderDays(things, ties);
    this.date(state.day);
    this.renderCard();
    const asList = state.view === "list";
    byId("list").hidden = !asList;
    this.canvas.hidden = asList;
    byId("as-list").setAttribute("aria-pressed", String(asList));
    if (asList) {
      const hidden = new Set(state.hiddenKinds);
      const visible = things.filter((thing) => !hidden.has(thing.kind));
      drawList(byId("list"), visible, (id) => this.degree(id), state.selected, (id) => this.select(id), (thing) => this.actions(thing), this.texts);
    } else if (view.cy.width() === 0 && things.length) {
      view.fit();
    }
    byId<HTMLButtonElement>("undo").disabled = this.position === 0;
    byId<HTMLButtonElement>("redo").disabled = this.position >= this.last;
    byId("explorer").dataset["things"] = String(things.length);
    byId("explorer").dataset["ties"] = String(ties.length);
  }

  private renderDays(things: Thing[], ties: Tie[]): void {
    const today = new Date().toISOString().slice(0, 10);
    const months = span([...things, ...ties], today);
    const slider = byId<HTMLInputElement>("slider");
    slider.disabled = !months;
    if (!months) return;
    slider.min = String(months[0]);
    slider.max = String(months[1]);
    slider.value = String(this.state.day ? monthOf(this.state.day) : months[1]);
    byId("day-first").textContent = dayOf(months[0]).slice(0, 4);
    byId("day-last").textContent = dayOf(months[1]).slice(0, 4);
  }

  private date(day: string): void {
    const counts = this.view.date(day);
    const told = day ? this.texts.get("day_counts", { day, ...counts }) : "";
    byId<HTMLInputElement>("day").value = day;
    byId("slider").setAttribute("aria-valuetext", day || this.texts.get("undated"));
    byId<HTMLButtonElement>("any-day").disabled = !day;
    if (byId("day-counts").textContent !== told) byId("day-counts").textContent = told;
  }

  private filter(list: "hiddenKinds" | "hiddenTies", name: string, on: boolean): void {
    const others = this.state[list].filter((known) => known !== name);
    this.change({ [list]: on ? others : [...others, name] });
  }

  // ---- selecting

  private select(id: string, reveal = false): void {
    if (id === this.state.selected && !reveal) return;
    this.state = { ...this.state, selected: id };
    history.replaceState(history.state, "", this.codec.write(this.state));
    this.view.highlight(id, this.state.path);
    if (reveal) this.view.reveal(id);
    this.renderCard();
    if (this.state.view === "list") this.render();
    const thing = this.api.things.get(id);
    const tie = this.api.ties.get(id);
    if (thing) this.say(this.texts.get("selected", { name: thing.label, kind: thing.kind_label, ties: this.degree(id) }));
    else if (tie) this.say([tie.source, tie.target].map((end) => this.api.things.get(end)?.label ?? end).join(` ${tie.label} → `));
  }

  /** The thing that is selected, or from which the selected tie leads. */
  private endOf(id: string): string {
    return this.api.ties.get(id)?.source ?? id;
  }

  private nextTie(): void {
    const selected = this.state.selected;
    const tie = this.api.ties.get(selected);
    // From tie to tie it stays with the thing that it began at, whichever end of them that is.
    if (!tie || ![tie.source, tie.target].includes(this.turning)) this.turning = this.endOf(selected);
    const all = this.view.tiesOf(this.turning);
    const next = all[(all.indexOf(selected) + 1) % all.length];
    if (next) this.select(next, true);
  }

  private details(): void {
    byId("sheet-body").classList.add("open");
    byId("sheet").setAttribute("aria-expanded", "true");
    byId("card-title").focus();
  }

  private sheet(): void {
    const open = byId("sheet-body").classList.toggle("open");
    byId("sheet").setAttribute("aria-expanded", String(open));
  }

  private renderCard(): void {
    const { selected, day } = this.state;
    const thing = this.api.things.get(selected);
    const tie = this.api.ties.get(selected);
    const ends = tie && [this.api.things.get(tie.source), this.api.things.get(tie.target)];
    let card: HTMLElement = h("p", { class: "soft" }, this.texts.get("no_selection"));
    if (thing) card = thingCard(thing, day, this.actions(thing), this.moreButton(thing), this.texts);
    else if (tie && ends?.[0] && ends[1]) {
      card = tieCard(tie, [ends[0], ends[1]], day, (id) => this.select(id, true), this.settings.language, this.texts);
    }
    const focused = document.activeElement instanceof HTMLElement ? document.activeElement.dataset["action"] : undefined;
    byId("card").replaceChildren(card);
    if (focused) byId("card").querySelector<HTMLElement>(`[data-action="${focused}"]`)?.focus();
  }

  private moreButton(thing: Thing): HTMLElement | null {
    const known = this.totals.get(thing.id);
    if (!known || known.groups !== this.state.groups.join() || !this.state.expanded.includes(thing.id)) return null;
    const left = known.total - this.near(thing.id).size;
    if (left <= 0) return null;
    const text = this.texts.get("more", { left, next: Math.min(left, PAGE) });
    return h("p", {}, h("button", { type: "button", "data-action": "more", onclick: () => void this.expand(thing.id) }, text));
  }

  private actions(thing: Thing): Action[] {
    const { texts } = this;
    const open = this.state.expanded.includes(thing.id);
    const act = (name: string, run: () => void): Action => ({ name, text: texts.get(name), run });
    const found = { id: thing.id, label: thing.label, other: "", kind: thing.kind_label };
    return [
      open ? act("collapse", () => this.collapse(thing.id)) : act("expand", () => void this.expand(thing.id)),
      act("hide", () => this.hide(thing.id)),
      act("only", () => this.only(thing.id)),
      act("path_from_here", () => this.openPath("from", found)),
      act("path_to_here", () => this.openPath("to", found)),
    ];
  }

  // ---- more and less

  private near(id: string): Set<string> {
    const found = new Set<string>();
    for (const tie of this.ties()) {
      if (tie.source === id) found.add(tie.target);
      if (tie.target === id) found.add(tie.source);
    }
    found.delete(id);
    return found;
  }

  private async toggle(id: string, first = false): Promise<void> {
    if (!this.api.things.has(id)) return;
    if (this.state.expanded.includes(id)) this.collapse(id);
    else await this.expand(id, first);
  }

  /** Show the next neighbours that are not shown yet. The server gives them in pages, always in the same order. */
  private async expand(id: string, first = false): Promise<void> {
    await this.run(async () => {
      const shown = new Set(this.state.shown);
      let offset = Math.floor(this.near(id).size / PAGE) * PAGE;
      let page = await this.api.neighbours(id, this.state.groups, offset);
      let fresh = page.nodes.filter((node) => !shown.has(node));
      for (let tries = Math.ceil(page.total / PAGE); !fresh.length && tries > 0; tries -= 1) {
        offset = offset + PAGE < page.total ? offset + PAGE : 0;
        page = await this.api.neighbours(id, this.state.groups, offset);
        fresh = page.nodes.filter((node) => !shown.has(node));
      }
      this.totals.set(id, { total: page.total, groups: this.state.groups.join() });
      if (shown.size + fresh.length > MOST) {
        this.say(this.texts.get("too_many", { most: MOST }));
        return;
      }
      const expanded = [...new Set([...this.state.expanded, id])];
      await this.api.know(fresh);
      this.state = { ...this.state, shown: [...this.state.shown, ...fresh], expanded, selected: id };
      if (first) history.replaceState({ position: this.position, last: this.last }, "", this.codec.write(this.state));
      else this.push();
      await this.show(first);
      const name = this.api.things.get(id)?.label ?? id;
      this.say(fresh.length ? this.texts.get("expanded", { name, new: fresh.length }) : this.texts.get("nothing_new", { name }));
    });
  }

  private async add(id: string): Promise<void> {
    await this.run(async () => {
      await this.api.know([id]);
      const shown = [...new Set([...this.state.shown, id])];
      this.state = { ...this.state, shown, selected: id };
      this.push();
      await this.show();
      this.view.reveal(id);
    });
    this.canvas.focus();
  }

  /** Take away what hangs on this thing alone. */
  private collapse(id: string): void {
    const near = this.near(id);
    const kept = new Set(this.state.expanded.filter((other) => other !== id));
    const gone = [...near].filter((other) => !kept.has(other) && this.near(other).size === 1);
    this.remove(gone, [...kept]);
    this.say(this.texts.get("collapsed", { name: this.api.things.get(id)?.label ?? id }));
  }

  private hide(id: string): void {
    const thing = this.api.things.get(id);
    if (!thing) return;
    const near = [...this.near(id)];
    this.remove([id], this.state.expanded.filter((other) => other !== id));
    if (near[0]) this.select(near[0]);
    this.say(this.texts.get("hidden", { name: thing.label }));
  }

  private only(id: string): void {
    const kept = new Set([id, ...this.near(id)]);
    this.remove(this.state.shown.filter((other) => !kept.has(other)), this.state.expanded.filter((other) => kept.has(other)));
  }

  private remove(gone: string[], expanded: string[]): void {
    const out = new Set(gone);
    const shown = this.state.shown.filter((id) => !out.has(id));
    const selected = out.has(this.state.selected) ? "" : this.state.selected;
    this.state = { ...this.state, shown, expanded, selected };
    this.push();
    void this.run(() => this.show());
  }

  // ---- paths, files, link

  private openPath(end?: "from" | "to", found?: Found): void {
    const form = byId("path-form");
    form.hidden = end ? false : !form.hidden;
    byId("path").setAttribute("aria-expanded", String(!form.hidden));
    if (end && found) this.ends[end].set(found);
    if (!form.hidden) this.ends[end === "from" ? "to" : "from"].focus();
  }

  private async findPath(): Promise<void> {
    const [from, to] = [this.ends.from.value, this.ends.to.value];
    if (!from || !to) return this.sayPath(this.texts.get("path_choose"));
    await this.run(async () => {
      const way = await this.api.path(from.id, to.id, this.state.groups);
      if (!way.nodes.length) return this.sayPath(this.texts.get(way.exhausted ? "path_cut" : "path_none"));
      const shown = [...new Set([...this.state.shown, ...way.nodes])];
      await this.api.know(way.nodes);
      this.state = { ...this.state, shown, path: way.nodes, selected: way.nodes[0] ?? "" };
      this.push();
      await this.show();
      const contested = this.view.cy.edges(".onpath.disputed").length;
      this.sayPath(
        this.texts.get("path_found", { steps: way.nodes.length - 1 }) +
          (contested ? " " + this.texts.get("path_contested", { count: contested }) : ""),
      );
      this.view.fit(".onpath");
    });
  }

  private sayPath(text: string): void {
    byId("path-said").textContent = text;
    this.say(text);
  }

  private async savePicture(format: string): Promise<void> {
    await this.run(async () => {
      const content = format === "svg" ? svg(this.view.cy, document.title) : await png(this.view.cy);
      save(content, `network.${format}`);
      this.say(this.texts.get("saved", { name: `network.${format}` }));
    });
  }

  /** What is shown and not filtered away, as the server writes graph files. */
  private async saveFile(ending: string): Promise<void> {
    await this.run(async () => {
      const hidden = new Set(this.state.hiddenKinds);
      const nodes = this.things().filter((thing) => !hidden.has(thing.kind)).map((thing) => thing.id);
      const file = await this.api.file(nodes, ending);
      save(file.content, file.name);
      this.say(this.texts.get("saved", { name: file.name }));
    });
  }

  private async copy(): Promise<void> {
    try {
      await navigator.clipboard.writeText(location.href);
      this.say(this.texts.get("copied"));
    } catch {
      this.say(this.texts.get("copy_failed"));
    }
  }

  private say(text: string): void {
    byId("said").textContent = text;
  }
}
