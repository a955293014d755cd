// What is shown, as text in the address: a link to it shows the same again, and the browser's history undoes it.

export interface State {
  shown: string[];
  expanded: string[];
  path: string[];
  hiddenKinds: string[];
  hiddenTies: string[];
  groups: string[];
  day: string;
  selected: string;
  view: "picture" | "list";
  seed: number;
}

export function initial(root: string): State {
  return {
    shown: root ? [root] : [],
    expanded: [],
    path: [],
    hiddenKinds: [],
    hiddenTies: [],
    groups: ["entities"],
    day: "",
    selected: root,
    view: "picture",
    seed: 1,
  };
}

const LISTS = { n: "shown", x: "expanded", p: "path", k: "hiddenKinds", t: "hiddenTies", g: "groups" } as const;
const IRIS = "nxp"; // the lists of IRIs; the others hold names as the server gives them

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text; // not written by us: taken as it is
  }
}

export class Codec {
  private readonly namespaces: [string, string][];

  constructor(private readonly prefixes: Record<string, string>) {
    this.namespaces = Object.entries(prefixes).sort((a, b) => b[1].length - a[1].length);
  }

  /** The state as the part of an address behind `#`. */
  write(state: State): string {
    const parts: string[] = [];
    for (const [key, name] of Object.entries(LISTS)) {
      const items = state[name as (typeof LISTS)[keyof typeof LISTS]];
      if (items.length && !(key === "g" && items.join() === "entities")) {
        parts.push(`${key}=${items.map((item) => (IRIS.includes(key) ? this.short(item) : encodeURIComponent(item))).join(",")}`);
      }
    }
    if (state.day) parts.push(`d=${state.day}`);
    if (state.selected) parts.push(`s=${this.short(state.selected)}`);
    if (state.view === "list") parts.push("v=list");
    if (state.seed !== 1) parts.push(`r=${state.seed}`);
    return "#" + parts.join("&");
  }

  /** The state that an address tells; null if it tells none. What can't be read is passed over. */
  read(hash: string): State | null {
    const state = initial("");
    let told = false;
    for (const part of hash.replace(/^#/, "").split("&")) {
      const cut = part.indexOf("=");
      const [key, value] = [part.slice(0, cut), part.slice(cut + 1)];
      if (cut < 1 || !value) continue;
      if (key in LISTS) {
        const names = value.split(",").filter(Boolean).map((item) => (IRIS.includes(key) ? this.long(item) : decoded(item)));
        state[LISTS[key as keyof typeof LISTS]] = [...new Set(names)];
        told = true;
      } else if (key === "d" && /^\d{4}-\d\d-\d\d$/.test(value)) state.day = value;
      else if (key === "s") state.selected = this.long(value);
      else if (key === "v" && value === "list") state.view = "list";
      else if (key === "r" && /^\d{1,9}$/.test(value)) state.seed = Number(value);
    }
    return told && state.shown.length ? state : null;
  }

  private short(name: string): string {
    for (const [prefix, namespace] of this.namespaces) {
      const local = name.slice(namespace.length);
      if (name.startsWith(namespace) && /^[\w.-]+$/.test(local)) return `${prefix}:${local}`;
    }
    return encodeURIComponent(name);
  }

  private long(text: string): string {
    const name = decoded(text);
    const cut = name.indexOf(":");
    const namespace = this.prefixes[name.slice(0, cut)];
    return cut > 0 && namespace && !name.startsWith("//", cut + 1) ? namespace + name.slice(cut + 1) : name;
  }
}
