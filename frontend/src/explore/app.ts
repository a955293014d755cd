// Ties the parts together: every change makes a new state, every state is an entry of the browser's history.

import { Api, PAGE } from "./api";
import { thingCard, tieCard, type Action } from "./card";
import { Combo } from "./combo";
import { control } from "./controls";
import { Dates } from "./dates";
import { byId, h, Texts } from "./dom";
import { Files } from "./files";
import { listen } from "./keys";
import { drawLegend, entries } from "./legend";
import { drawList } from "./list";
import { Past } from "./past";
import { Codec, initial, type State } from "./state";
import type { Found, Settings, Thing, Tie } from "./types";
import { View } from "./view";
import { Ways } from "./ways";

const MOST = 5000;

export class App {
  private readonly texts: Texts;
  private readonly api: Api;
  private readonly codec: Codec;
  private readonly view: View;
  private readonly past: Past;
  private readonly dates: Dates;
  private readonly ways: Ways;
  private readonly files: Files;
  private state: State;
  private readonly totals = new Map<string, { total: number; groups: string }>();
  private readonly canvas = byId("canvas");
  private turning = ""; // the thing whose ties are gone through
  private work: Promise<unknown> = Promise.resolve();

  constructor(private readonly settings: Settings) {
    this.texts = new Texts(settings.texts);
    this.api = new Api(settings);
    this.codec = new Codec(settings.prefixes);
    this.past = new Past(this.codec);
    this.state = initial(settings.root);
    byId("explorer").hidden = false;
    this.view = new View(this.canvas, {
      select: (id) => this.select(id),
      expand: (id) => void this.toggle(id),
    });
    this.dates = new Dates(this.view, this.texts);
    const find = (text: string): Promise<Found[]> => this.api.find(text);
    const say = (text: string): void => this.say(text);
    const finder = new Combo("find", find, this.texts, say, (found) => {
      finder.set(null);
      void this.add(found.id);
    });
    this.ways = new Ways(find, this.texts, say);
    this.files = new Files(this.view, this.api, this.texts, say);
    this.listen(finder);
    void this.start().finally(() => (byId("explorer").dataset["ready"] = ""));
  }

  private async start(): Promise<void> {
    const told = this.codec.read(location.hash);
    if (told) {
      this.state = told;
      await this.run(() => this.show(true));
    } else if (this.settings.root) {
      await this.run(() => this.show(true));
      await this.toggle(this.settings.root, true);
    } else this.render();
  }

  private listen(finder: Combo): void {
    control({
      click: {
        undo: () => history.back(),
        redo: () => history.forward(),
        fit: () => this.view.fit(),
        arrange: () => {
          this.change({ seed: this.state.seed + 1 });
          this.view.sync(this.things(), this.ties(), this.state.seed, true);
        },
        path: () => this.ways.open(),
        help: () => byId<HTMLDialogElement>("keys").showModal(),
        "as-list": () => this.change({ view: this.state.view === "list" ? "picture" : "list" }),
        "any-day": () => this.change({ day: "" }),
        "copy-link": () => void this.files.copyLink(),
        sheet: () => this.sheet(),
      },
      findPath: () => void this.findPath(),
      savePicture: (format) => void this.run(() => this.files.savePicture(format)),
      saveFile: (ending) => void this.run(() => this.files.saveGraph(this.visible(), ending)),
      groups: (names) => this.change({ groups: names.length ? names : ["entities"] }),
      sliding: (day) => this.dates.show(day),
      day: (day) => this.change({ day }),
    });
    addEventListener("popstate", (event) => {
      this.past.moved(event);
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

  /** Those that are not filtered away. */
  private visible(): Thing[] {
    const hidden = new Set(this.state.hiddenKinds);
    return this.things().filter((thing) => !hidden.has(thing.kind));
  }

  private ties(): Tie[] {
    return this.api.among(this.state.shown);
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
    this.past.push(this.state);
    this.render();
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
    this.dates.reach(things, ties, state.day);
    this.dates.show(state.day);
    this.renderCard();
    const asList = state.view === "list";
    byId("list").hidden = !asList;
    this.canvas.hidden = asList;
    byId("as-list").setAttribute("aria-pressed", String(asList));
    if (asList) {
      drawList(byId("list"), this.visible(), (id) => this.degree(id), state.selected, (id) => this.select(id), (thing) => this.actions(thing), this.texts);
    } else if (view.cy.width() === 0 && things.length) {
      view.fit();
    }
    byId<HTMLButtonElement>("undo").disabled = this.past.atStart;
    byId<HTMLButtonElement>("redo").disabled = this.past.atEnd;
    byId("explorer").dataset["things"] = String(things.length);
    byId("explorer").dataset["ties"] = String(ties.length);
  }

  private filter(list: "hiddenKinds" | "hiddenTies", name: string, on: boolean): void {
    const others = this.state[list].filter((known) => known !== name);
    this.change({ [list]: on ? others : [...others, name] });
  }

  // ---- selecting

  private select(id: string, reveal = false): void {
    if (id === this.state.selected && !reveal) return;
    this.state = { ...this.state, selected: id };
    this.past.replace(this.state);
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
    const left = known.total - this.api.near(this.state.shown, thing.id).size;
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
      act("path_from_here", () => this.ways.open("from", found)),
      act("path_to_here", () => this.ways.open("to", found)),
    ];
  }

  // ---- more and less

  private async toggle(id: string, first = false): Promise<void> {
    if (!this.api.things.has(id)) return;
    if (this.state.expanded.includes(id)) this.collapse(id);
    else await this.expand(id, first);
  }

  /** Show the next neighbours that are not shown yet. The server gives them in pages, always in the same order. */
  private async expand(id: string, first = false): Promise<void> {
    await this.run(async () => {
      const shown = new Set(this.state.shown);
      let offset = Math.floor(this.api.near(this.state.shown, id).size / PAGE) * PAGE;
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
      if (first) this.past.replace(this.state);
      else this.past.push(this.state);
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
      this.past.push(this.state);
      await this.show();
      this.view.reveal(id);
    });
    this.canvas.focus();
  }

  /** Take away what hangs on this thing alone. */
  private collapse(id: string): void {
    const near = this.api.near(this.state.shown, id);
    const kept = new Set(this.state.expanded.filter((other) => other !== id));
    const gone = [...near].filter((other) => !kept.has(other) && this.api.near(this.state.shown, other).size === 1);
    this.remove(gone, [...kept]);
    this.say(this.texts.get("collapsed", { name: this.api.things.get(id)?.label ?? id }));
  }

  private hide(id: string): void {
    const thing = this.api.things.get(id);
    if (!thing) return;
    const near = [...this.api.near(this.state.shown, id)];
    this.remove([id], this.state.expanded.filter((other) => other !== id));
    if (near[0]) this.select(near[0]);
    this.say(this.texts.get("hidden", { name: thing.label }));
  }

  private only(id: string): void {
    const kept = new Set([id, ...this.api.near(this.state.shown, id)]);
    this.remove(this.state.shown.filter((other) => !kept.has(other)), this.state.expanded.filter((other) => kept.has(other)));
  }

  private remove(gone: string[], expanded: string[]): void {
    const out = new Set(gone);
    const shown = this.state.shown.filter((id) => !out.has(id));
    const selected = out.has(this.state.selected) ? "" : this.state.selected;
    this.state = { ...this.state, shown, expanded, selected };
    this.past.push(this.state);
    void this.run(() => this.show());
  }

  // ---- paths

  private async findPath(): Promise<void> {
    const ends = this.ways.chosen;
    if (!ends) return this.ways.say(this.texts.get("path_choose"));
    await this.run(async () => {
      const way = await this.api.path(ends[0].id, ends[1].id, this.state.groups);
      if (!way.nodes.length) return this.ways.say(this.texts.get(way.exhausted ? "path_cut" : "path_none"));
      const shown = [...new Set([...this.state.shown, ...way.nodes])];
      await this.api.know(way.nodes);
      this.state = { ...this.state, shown, path: way.nodes, selected: way.nodes[0] ?? "" };
      this.past.push(this.state);
      await this.show();
      const contested = this.view.cy.edges(".onpath.disputed").length;
      this.ways.say(
        this.texts.get("path_found", { steps: way.nodes.length - 1 }) +
          (contested ? " " + this.texts.get("path_contested", { count: contested }) : ""),
      );
      this.view.fit(".onpath");
    });
  }

  private say(text: string): void {
    byId("said").textContent = text;
  }
}
