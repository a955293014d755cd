// Small helpers for the document.

type Child = Node | string | null | undefined | false;
type Properties = Record<string, string | boolean | number | ((event: Event) => void) | undefined>;

/** An element with attributes (or `on…` handlers) and children; what is null or false is left out. */
export function h<K extends keyof HTMLElementTagNameMap>(
  name: K,
  properties: Properties = {},
  ...children: Child[]
): HTMLElementTagNameMap[K] {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(properties)) {
    if (typeof value === "function") element.addEventListener(key.slice(2), value);
    else if (value === true) element.setAttribute(key, "");
    else if (value !== false && value !== undefined) element.setAttribute(key, String(value));
  }
  element.append(...children.filter((child): child is Node | string => Boolean(child)));
  return element;
}

export function byId<T extends HTMLElement>(id: string): T {
  const found = document.getElementById(id);
  if (!found) throw new Error(`the page lacks #${id}`);
  return found as T;
}

/** Texts in the page's language, with values put in. */
export class Texts {
  constructor(private readonly texts: Record<string, string>) {}

  has(key: string): boolean {
    return key in this.texts;
  }

  get(key: string, values: Record<string, string | number> = {}): string {
    return (this.texts[key] ?? key).replace(/\{(\w+)\}/g, (whole, name: string) => String(values[name] ?? whole));
  }
}

/** Only web addresses may become links. */
export function link(address: string, text: string): HTMLElement | string {
  return /^(https?:|\/(?!\/)|\?)/.test(address) ? h("a", { href: address }, text) : text;
}
