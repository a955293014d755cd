// What keys do while the picture has the focus.

export interface Commands {
  move(angle: number): void;
  expand(): void;
  details(): void;
  hide(): void;
  nextTie(): void;
  undo(): void;
  redo(): void;
  zoom(factor: number): void;
  fit(): void;
  find(): void;
  list(): void;
  help(): void;
}

const ANGLES: Record<string, number> = { ArrowRight: 0, ArrowDown: Math.PI / 2, ArrowLeft: Math.PI, ArrowUp: -Math.PI / 2 };

export function listen(place: HTMLElement, commands: Commands): void {
  const keys: Record<string, () => void> = {
    Enter: () => commands.expand(),
    " ": () => commands.details(),
    Delete: () => commands.hide(),
    Backspace: () => commands.hide(),
    e: () => commands.nextTie(),
    z: () => commands.undo(),
    Z: () => commands.redo(),
    y: () => commands.redo(),
    "+": () => commands.zoom(1.25),
    "=": () => commands.zoom(1.25),
    "-": () => commands.zoom(0.8),
    "0": () => commands.fit(),
    "/": () => commands.find(),
    l: () => commands.list(),
    "?": () => commands.help(),
  };
  place.addEventListener("keydown", (event) => {
    if (event.target !== place || event.altKey) return;
    const angle = ANGLES[event.key];
    const name = event.key.length === 1 && !event.shiftKey ? event.key.toLowerCase() : event.key;
    if ((event.ctrlKey || event.metaKey) && name.toLowerCase() !== "z") return;
    const command = angle === undefined ? (keys[name] ?? (event.key === "E" || event.key === "L" ? keys[event.key.toLowerCase()] : undefined)) : () => commands.move(angle);
    if (!command) return;
    event.preventDefault();
    command();
  });
}
