// Suggestions under a search box while typing: a combobox with a list, as the ARIA Authoring Practices describe it
// (editable combobox with list autocomplete, manual selection). Without this the box is a plain form.

type Suggestions = [string, string[], string[], string[]];

const WAIT = 120; // milliseconds of rest before the server is asked
let boxes = 0;

class Suggest {
  private readonly list = document.createElement("ul");
  private readonly status = document.createElement("div");
  private readonly known = new Map<string, Suggestions>();
  private pages: string[] = [];
  private active = -1;
  private typed = "";
  private timer = 0;
  private asking: AbortController | null = null;

  constructor(private readonly input: HTMLInputElement, private readonly address: string) {
    const id = `suggestions-${++boxes}`;
    this.list.id = id;
    this.list.className = "suggestions";
    this.list.hidden = true;
    this.list.setAttribute("role", "listbox");
    this.list.setAttribute("aria-label", input.dataset["suggestions"] ?? "");
    this.status.className = "hidden";
    this.status.setAttribute("role", "status");
    input.setAttribute("role", "combobox");
    input.setAttribute("aria-autocomplete", "list");
    input.setAttribute("aria-expanded", "false");
    input.setAttribute("aria-controls", id);
    input.form?.append(this.list, this.status);
    input.addEventListener("input", () => this.later());
    input.addEventListener("keydown", (event) => this.key(event));
    input.addEventListener("blur", () => this.close());
    // Keeps the focus in the box, so that a click is not a blur first.
    this.list.addEventListener("mousedown", (event) => event.preventDefault());
    this.list.addEventListener("click", (event) => {
      const option = (event.target as Element).closest<HTMLElement>("[role=option]");
      if (option) this.go(Number(option.dataset["number"]));
    });
  }

  private later(): void {
    this.typed = this.input.value;
    this.activate(-1, false);
    clearTimeout(this.timer);
    this.timer = window.setTimeout(() => void this.ask(), WAIT);
  }

  private async ask(): Promise<void> {
    const question = this.input.value.trim();
    this.asking?.abort();
    if (!question) return this.close();
    const known = this.known.get(question);
    if (known) return this.show(known);
    this.asking = new AbortController();
    try {
      const address = new URL(this.address, location.href);
      address.searchParams.set("q", question);
      const reply = await fetch(address, { signal: this.asking.signal });
      if (!reply.ok) return this.close();
      const found = (await reply.json()) as Suggestions;
      this.known.set(question, found);
      if (this.input.value.trim() === question && document.activeElement === this.input) this.show(found);
    } catch {
      // Broken off by the next letter, or no network: the form still works.
    }
  }

  private show([, names, descriptions, pages]: Suggestions): void {
    this.pages = pages;
    this.active = -1;
    this.list.replaceChildren(
      ...names.map((name, number) => {
        const option = document.createElement("li");
        option.id = `${this.list.id}-${number}`;
        option.dataset["number"] = String(number);
        option.setAttribute("role", "option");
        option.setAttribute("aria-selected", "false");
        const called = document.createElement("span");
        called.textContent = name;
        const about = document.createElement("small");
        about.textContent = descriptions[number] ?? "";
        option.append(called, " ", about);
        return option;
      }),
    );
    const text = names.length ? this.input.dataset["count"] : this.input.dataset["none"];
    this.status.textContent = (text ?? "").replace("{count}", String(names.length));
    if (names.length) this.open();
    else this.close(false);
  }

  private open(): void {
    this.list.hidden = false;
    this.input.setAttribute("aria-expanded", "true");
  }

  private close(quiet = true): void {
    clearTimeout(this.timer);
    this.list.hidden = true;
    this.active = -1;
    this.input.setAttribute("aria-expanded", "false");
    this.input.removeAttribute("aria-activedescendant");
    if (quiet) this.status.textContent = "";
  }

  private activate(number: number, write = true): void {
    const options = this.list.children;
    options[this.active]?.setAttribute("aria-selected", "false");
    this.active = number;
    const option = options[number];
    if (!option) {
      this.input.removeAttribute("aria-activedescendant");
      if (write) this.input.value = this.typed;
      return;
    }
    option.setAttribute("aria-selected", "true");
    option.scrollIntoView({ block: "nearest" });
    this.input.setAttribute("aria-activedescendant", option.id);
    if (write) this.input.value = option.firstElementChild?.textContent ?? this.typed;
  }

  private go(number: number): void {
    const page = this.pages[number];
    if (page) location.assign(page);
    else this.input.form?.requestSubmit();
  }

  private key(event: KeyboardEvent): void {
    if (event.isComposing) return; // the keys are an input method's: pinyin being turned into characters
    const count = this.list.children.length;
    const open = !this.list.hidden;
    if ((event.key === "ArrowDown" || event.key === "ArrowUp") && count && this.input.value.trim()) {
      event.preventDefault();
      if (!open) this.open();
      const step = event.key === "ArrowDown" ? 1 : -1;
      // One place more than there are suggestions: what was typed.
      this.activate(((this.active + 1 + step + count + 1) % (count + 1)) - 1);
    } else if (event.key === "Escape" && open) {
      event.preventDefault();
      this.input.value = this.typed;
      this.close();
    } else if (event.key === "Enter" && open && this.active >= 0) {
      event.preventDefault();
      this.go(this.active);
    }
  }
}

for (const input of document.querySelectorAll<HTMLInputElement>("input[data-suggest]")) {
  const address = input.dataset["suggest"];
  if (address) new Suggest(input, address);
}
