// Puts the query editor together.

import { byId, h, Texts } from "../explore/dom";
import { Completion } from "./completion";
import { createEditor, Mark, type Document, type Editor } from "./editor";
import { Info } from "./info";
import { Names } from "./names";
import { Output, size, type Shown } from "./output";
import { ask, Failed, MOST_BYTES, Trouble, type Answer } from "./run";
import { Side } from "./side";
import { loadTabs, newTab, remember, saveTabs, type Tab } from "./store";
import { arrows, select } from "./tablist";
import type { Problem, Settings } from "./types";

interface Open {
  tab: Tab;
  document: Document;
  shown: Shown | null;
  account: string;
}

export class App {
  private readonly texts: Texts;
  private readonly names: Names;
  private readonly editor: Editor;
  private readonly mark: Mark;
  private readonly output: Output;
  private readonly side: Side;
  private readonly opened: Open[] = [];
  private active = 0;
  private running: AbortController | null = null;

  constructor(private readonly settings: Settings) {
    byId("workbench").hidden = false;
    document.getElementById("static")?.remove();
    this.texts = new Texts(settings.texts);
    this.names = new Names(settings);
    this.editor = createEditor(byId("editor"), this.texts, settings.prefixes, {
      "Ctrl-Enter": () => void this.run(),
      "Cmd-Enter": () => void this.run(),
      "Ctrl-Space": () => void this.completion.show(),
    });
    this.completion = new Completion(this.editor, this.names, this.texts);
    this.mark = new Mark(this.editor);
    this.output = new Output(this.names, this.texts, (text) => this.say(text), () => this.save());
    this.side = new Side(settings.examples, this.texts, (query, title) => this.load(query, title));
    new Info(this.editor, this.names, this.texts);
    this.begin();
    this.editor.on("change", () => this.later());
    byId("run").addEventListener("click", () => void this.run());
    byId("stop").addEventListener("click", () => this.stop());
    byId("format-query").addEventListener("click", () => this.editor.autoformat());
    byId("share").addEventListener("click", () => this.share());
    byId("close-tab").addEventListener("click", () => this.close(this.active));
    byId("new-tab").addEventListener("click", () => this.add(newTab("")));
    document.addEventListener("keydown", (event) => {
      if (event.key === "Escape" && this.running && !this.editor.state.completionActive) this.stop();
    });
    addEventListener("pagehide", () => this.save());
    arrows(byId("tabs"), (tab) => this.choose(Number(tab.dataset["tab"]), true));
    void this.names.load();
    if (settings.run) void this.run();
  }

  private readonly completion: Completion;
  private timer = 0;

  /** The tabs of last time, and one for the query of the address unless it is there already. */
  private begin(): void {
    const { tabs, active } = loadTabs();
    const { query, examples } = this.settings;
    if (!tabs.length && !query) tabs.push(newTab(examples[0]?.query ?? ""));
    let chosen = Math.min(active, Math.max(0, tabs.length - 1));
    if (query) {
      chosen = tabs.findIndex((tab) => tab.query.trim() === query.trim());
      if (chosen < 0) chosen = tabs.push({ ...newTab(query), title: examples.find((one) => one.query === query)?.title ?? "" }) - 1;
    }
    for (const tab of tabs) this.opened.push(this.open(tab));
    this.choose(chosen, false);
    // It is in a tab now; loaded again or in the other language, the page shows that tab and runs nothing.
    const without = (address: string): string => {
      const url = new URL(address);
      for (const name of ["query", "run"]) url.searchParams.delete(name);
      return url.href;
    };
    history.replaceState(null, "", without(location.href));
    for (const other of document.querySelectorAll<HTMLAnchorElement>("header a[hreflang]")) other.href = without(other.href);
  }

  private open(tab: Tab): Open {
    const made = this.editor.getDoc().copy(false);
    made.setValue(tab.query);
    made.clearHistory();
    return { tab, document: made, shown: null, account: "" };
  }

  private get now(): Open {
    return this.opened[this.active] as Open;
  }

  private add(tab: Tab): void {
    this.opened.push(this.open(tab));
    this.choose(this.opened.length - 1, false);
    this.editor.focus();
  }

  private choose(at: number, focus: boolean): void {
    this.stop();
    this.active = at;
    this.editor.swapDoc(this.now.document);
    this.editor.checkSyntax();
    this.drawTabs(focus);
    byId("problem").replaceChildren();
    byId("share-panel").hidden = true;
    byId("share").setAttribute("aria-expanded", "false");
    this.output.show(this.now.shown, this.now.tab);
    this.say(this.now.account);
    this.save();
  }

  private title({ tab }: Open, at: number): string {
    return tab.title || this.texts.get("untitled", { n: at + 1 });
  }

  private drawTabs(focus: boolean): void {
    const list = byId("tabs");
    const items = this.opened.map((opened, at) => {
      const title = this.title(opened, at);
      const tab = h("button", { type: "button", role: "tab", "data-tab": at, "aria-controls": "editor", onclick: () => this.choose(at, true) }, title);
      const rename = (): void => {
        const name = prompt(this.texts.get("rename"), title);
        if (name === null) return;
        opened.tab.title = name.trim().slice(0, 60);
        this.drawTabs(true);
        this.save();
      };
      tab.addEventListener("dblclick", rename);
      tab.addEventListener("keydown", (event) => {
        if (event.key === "F2") rename();
        if (event.key === "Delete") this.close(at);
      });
      return tab;
    });
    const close = byId("close-tab");
    const name = this.texts.get("close", { title: this.title(this.now, this.active) });
    close.hidden = this.opened.length < 2;
    close.title = name;
    close.setAttribute("aria-label", name);
    list.replaceChildren(...items);
    const current = list.querySelector<HTMLElement>(`[data-tab="${this.active}"]`);
    if (current) {
      select(list, current);
      if (focus) current.focus();
    }
  }

  private close(at: number): void {
    if (this.opened.length < 2) return;
    this.opened.splice(at, 1);
    this.choose(Math.min(this.active > at ? this.active - 1 : this.active, this.opened.length - 1), true);
  }

  private later(): void {
    clearTimeout(this.timer);
    this.timer = window.setTimeout(() => this.save(), 400);
  }

  private save(): void {
    for (const opened of this.opened) opened.tab.query = opened.document.getValue();
    saveTabs(this.opened.map(({ tab }) => tab), this.active);
  }

  /** Put a query in place of the one here; undo brings that back. */
  private load(query: string, title: string): void {
    const last = { line: this.editor.lineCount() - 1, ch: Infinity };
    this.editor.operation(() => this.editor.replaceRange(query, { line: 0, ch: 0 }, last));
    this.editor.setCursor({ line: 0, ch: 0 });
    this.now.tab.title = title;
    this.now.tab.chart = {};
    this.drawTabs(false);
    this.save();
    this.editor.focus();
    this.say(this.texts.get("loaded", { title }));
  }

  private say(text: string): void {
    byId("status").textContent = text;
  }

  private stop(): void {
    this.running?.abort();
  }

  private async run(): Promise<void> {
    this.stop();
    const opened = this.now;
    const query = this.editor.getValue();
    const control = (this.running = new AbortController());
    this.mark.clear();
    byId("problem").replaceChildren();
    this.busy(true);
    this.say(this.texts.get("running"));
    let told = 0;
    try {
      const answer = await ask(this.settings.endpoint, query, control.signal, (bytes) => {
        if (performance.now() - told < 500) return;
        told = performance.now();
        this.say(this.texts.get("received", { size: size(bytes) }));
      });
      opened.shown = { result: answer.result, query };
      opened.account = this.account(answer);
      remember({ query, when: new Date().toISOString(), note: this.count(answer) });
      this.side.drawHistory();
      if (opened !== this.now) return;
      if (answer.result.kind === "graph" && opened.tab.view === "chart") opened.tab.view = "table";
      this.output.show(opened.shown, opened.tab);
      this.say(opened.account);
    } catch (error) {
      if (opened !== this.now) return;
      if (control.signal.aborted) this.say(this.texts.get("stopped"));
      else this.fail(error);
    } finally {
      if (this.running === control) {
        this.running = null;
        this.busy(false);
      }
    }
  }

  private busy(busy: boolean): void {
    const [run, stop] = [byId("run"), byId("stop")];
    const focused = document.activeElement === run || document.activeElement === stop;
    run.hidden = busy;
    stop.hidden = !busy;
    byId("result").setAttribute("aria-busy", String(busy));
    if (focused) (busy ? stop : run).focus();
  }

  private count({ result }: Answer): string {
    if (result.kind === "truth") return this.texts.get(result.truth ? "yes" : "no");
    const n = result.rows.length.toLocaleString();
    return result.kind === "graph" ? this.texts.get("triples", { n }) : this.texts.get(result.rows.length === 1 ? "row" : "rows", { n });
  }

  /** How the answer came about, in words. */
  private account(answer: Answer): string {
    const { total, server, bytes, cache } = answer.account;
    const round = (value: number): string => (value < 10 ? value.toFixed(1) : Math.round(value).toLocaleString());
    return [
      this.count(answer),
      this.texts.get("time", { total: round(total) }),
      server !== null && this.texts.get("server_time", { server: round(server) }),
      size(bytes),
      this.texts.get({ hit: "cached", miss: "computed", unknown: "cache_unknown" }[cache]),
      this.texts.get("version", { version: this.settings.version.slice(0, 12) }),
    ]
      .filter(Boolean)
      .join(" · ");
  }

  private fail(error: unknown): void {
    this.say("");
    const problem: Problem =
      error instanceof Failed ? error.problem : { title: this.texts.get(error instanceof Trouble ? error.message : "unreachable", { size: size(MOST_BYTES) }), detail: "", slug: "" };
    const { line, column, slug } = problem;
    const title = this.settings.errors[slug] ?? problem.title;
    const place = line !== undefined && this.texts.get("place", { line, column: column ?? 1 });
    const go = h("button", { type: "button", class: "quiet", onclick: () => this.mark.go(line ?? 1, column ?? 1) }, this.texts.get("go_there"));
    byId("problem").replaceChildren(
      h(
        "div",
        { class: "card problem" },
        h("p", {}, h("b", { class: "trouble" }, title)),
        problem.detail && h("p", {}, h("span", { lang: problem.language ?? "en" }, problem.detail), place && " ", place && go),
        place && !problem.detail && h("p", {}, place, " ", go),
        slug && h("p", {}, h("a", { href: `${this.settings.problems}#${slug}` }, this.texts.get("error_means"))),
      ),
    );
    if (line !== undefined) this.mark.show(line, column ?? 1);
  }

  private share(): void {
    const panel = byId("share-panel");
    panel.hidden = !panel.hidden;
    byId("share").setAttribute("aria-expanded", String(!panel.hidden));
    if (panel.hidden) return;
    const address = h("input", { type: "text", id: "share-link", readonly: true });
    const run = h("input", { type: "checkbox", id: "share-run" });
    const length = h("span", { class: "soft" });
    const draw = (): void => {
      const parameters = new URLSearchParams({ query: this.editor.getValue(), ...(run.checked ? { run: "1" } : {}) });
      address.value = `${location.origin}${location.pathname}?${parameters}`;
      length.textContent = this.texts.get("share_length", { n: address.value.length.toLocaleString() });
    };
    run.addEventListener("change", draw);
    draw();
    const copy = (): void => {
      navigator.clipboard.writeText(address.value).then(
        () => this.say(this.texts.get("copied")),
        () => this.say(this.texts.get("copy_failed")),
      );
    };
    panel.replaceChildren(
      h("label", { for: "share-link" }, this.texts.get("share_link")),
      h("span", { class: "row" }, address, h("button", { type: "button", onclick: copy }, this.texts.get("copy"))),
      h("span", { class: "row" }, h("label", { for: "share-run" }, run, ` ${this.texts.get("share_run")}`), length),
    );
    address.focus();
    address.select();
  }
}
