// The editor: Yasqe, with what reads its mistakes and takes care of tabs, marks and keys in our own words.

import Yasqe from "@zazuko/yasqe";
import "@zazuko/yasqe/build/yasqe.min.css";
import type { Texts } from "../explore/dom";
import { h } from "../explore/dom";

export interface Position {
  line: number;
  ch: number;
}

interface Token {
  string: string;
  start: number;
  end: number;
  type: string | null;
  state: { OK: boolean; errorMsg?: string; possibleCurrent?: string[]; prefixes: Record<string, string> };
}

/** The history and text of one tab. */
export interface Document {
  getValue(): string;
  setValue(text: string): void;
  clearHistory(): void;
  copy(history: boolean): Document;
}

export interface Hint {
  text: string;
  render: (element: HTMLElement) => void;
  hint?: (editor: unknown, data: unknown, self: Hint) => void;
}

export interface Hints {
  list: Hint[];
  from: Position;
  to: Position;
}

/** What is used of Yasqe, which is a CodeMirror 5. */
export interface Editor {
  checkSyntax: () => void;
  getValue(): string;
  getDoc(): Document;
  swapDoc(doc: Document): Document;
  getCursor(): Position;
  setCursor(position: Position): void;
  getLine(line: number): string;
  lineCount(): number;
  getRange(from: Position, to: Position): string;
  replaceRange(text: string, from: Position, to?: Position): void;
  getTokenAt(position: Position, precise?: boolean): Token;
  coordsChar(place: { left: number; top: number }): Position;
  scrollIntoView(position: Position, margin: number): void;
  addPrefixes(prefixes: Record<string, string>): void;
  getPrefixesFromQuery(): Record<string, string>;
  autoformat(): void;
  operation(work: () => void): void;
  setGutterMarker(line: number, gutter: string, element: HTMLElement): void;
  clearGutter(gutter: string): void;
  markText(from: Position, to: Position, options: object): { clear(): void };
  addLineClass(line: number, where: string, name: string): void;
  removeLineClass(line: number, where: string, name: string): void;
  showHint(options: object): void;
  focus(): void;
  hasFocus(): boolean;
  refresh(): void;
  on(event: string, work: (...values: never[]) => void): void;
  getWrapperElement(): HTMLElement;
  getInputField(): HTMLElement;
  state: { completionActive?: unknown };
  execCommand(name: string): void;
}

const GUTTER = "gutterErrorBar";
/** What the grammar of Yasqe, which is that of SPARQL 1.1, doesn't know though the server does. */
const NEWER = /<<|\{\||\|\}|~|^\s*VERSION\b|--(ltr|rtl)/im;

/** Separators of lines and paragraphs, which are letters like others to SPARQL, but end a line to the grammar's patterns. */
const SEPARATORS = /[\u2028\u2029]/g;

interface Stream {
  string: string;
  sol(): boolean;
}
interface Mode {
  token(stream: Stream, state: unknown): string | null;
}
interface Modes {
  modes: Record<string, (config: unknown, options: unknown) => Mode>;
  defineMode(name: string, mode: (config: unknown, options: unknown) => Mode): void;
}

/** Let the grammar see a space for each separator: as long, and of no meaning. */
function mendMode({ modes, defineMode }: Modes): void {
  const plain = modes["sparql11"];
  if (!plain) return;
  defineMode("sparql11", (config, options) => {
    const mode = plain(config, options);
    const token = mode.token;
    mode.token = (stream, state) => {
      if (stream.sol()) stream.string = stream.string.replace(SEPARATORS, " ");
      return token(stream, state);
    };
    return mode;
  });
}

export function createEditor(place: HTMLElement, texts: Texts, known: Record<string, string>, keys: Record<string, () => void>): Editor {
  mendMode(Yasqe as unknown as Modes);
  Yasqe.defaults.autocompleters = []; // those of Yasqe ask other servers
  const yasqe = new Yasqe(place, {
    value: "ASK {}",
    persistenceId: null,
    consumeShareLink: null,
    createShareableLink: undefined,
    showQueryButton: false,
    resizeable: false,
    editorHeight: "auto",
    lineWrapping: true,
    indentUnit: 2,
    viewportMargin: Infinity,
    screenReaderLabel: texts.get("editor"),
    extraKeys: { Tab: false, "Shift-Tab": false, "Ctrl-]": "indentMore", "Ctrl-[": "indentLess", "Ctrl-S": false, Esc: false, ...keys },
  } as never) as unknown as { checkSyntax: () => void; doc: unknown; getWrapperElement(): { CodeMirror: Editor & { doc: unknown } } };
  // Yasqe is a copy of the editor that it makes: it has the same parts, but doesn't notice when that one gets another text.
  const editor = yasqe.getWrapperElement().CodeMirror;
  const swap = editor.swapDoc.bind(editor);
  editor.swapDoc = (document) => {
    const old = swap(document);
    yasqe.doc = editor.doc;
    return old;
  };
  const declarations = Object.entries(known)
    .map(([prefix, space]) => `PREFIX ${prefix}: <${space}>`)
    .join(" ");
  // Yasqe explains mistakes in English only, in markup with styles of its own that the page's policy refuses.
  yasqe.checkSyntax = editor.checkSyntax = () => check(editor, texts, declarations);
  return editor;
}

/** Mark the first line that is no SPARQL 1.1. The server's prefixes need no declaration, but the grammar wants one. */
function check(editor: Editor, texts: Texts, declarations: string): void {
  editor.clearGutter(GUTTER);
  const text = editor.getValue();
  if (!text.trim() || NEWER.test(text)) return;
  let line = -1;
  let expected = "";
  const look = (_: string, __: string | null, row: number, ___: number, state?: Token["state"]): void => {
    if (line >= 0 || !state || state.OK) return;
    line = row - 1;
    expected = (state.possibleCurrent ?? []).slice(0, 12).join("  ");
  };
  Yasqe.runMode(`${declarations}\n${text}`, "sparql11", look);
  if (line < 0) return;
  const words = expected ? texts.get("not_expected", { expected }) : texts.get("not_sparql");
  editor.setGutterMarker(line, GUTTER, h("span", { class: "mistake", role: "img", title: words, "aria-label": words }, "!"));
}

/** Mark where the server says that a query fails, until the text changes; lines and columns count from 1. */
export class Mark {
  private mark: { clear(): void } | null = null;
  private line = -1;

  constructor(private readonly editor: Editor) {
    editor.on("change", () => this.clear());
    editor.on("swapDoc", () => this.clear());
  }

  show(line: number, column: number): void {
    this.clear();
    const { editor } = this;
    const row = Math.min(line, editor.lineCount()) - 1;
    const length = editor.getLine(row).length;
    const from = { line: row, ch: Math.max(0, Math.min(column - 1, length - 1)) };
    const word = /^[\p{L}\p{N}_:?$-]+/u.exec(editor.getLine(row).slice(from.ch))?.[0].length ?? 1;
    this.mark = editor.markText(from, { line: row, ch: from.ch + word }, { className: "fault" });
    this.line = row;
    editor.addLineClass(row, "background", "fault-line");
    editor.scrollIntoView(from, 60);
  }

  go(line: number, column: number): void {
    this.editor.focus();
    this.editor.setCursor({ line: line - 1, ch: column - 1 });
  }

  clear(): void {
    this.mark?.clear();
    if (this.line >= 0 && this.line < this.editor.lineCount()) this.editor.removeLineClass(this.line, "background", "fault-line");
    this.mark = null;
    this.line = -1;
  }
}
