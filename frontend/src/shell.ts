// The theme of the pages: what the reader chose, else what the system prefers. Loaded before the first paint.

const KEY = "theme";
const root = document.documentElement;

function chosen(): string | null {
  try {
    return localStorage.getItem(KEY);
  } catch {
    return null; // storage may be forbidden; the system's preference then stands
  }
}

function isDark(): boolean {
  const theme = root.dataset["theme"];
  return theme ? theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
}

function show(theme: string | null): void {
  if (theme === "dark" || theme === "light") root.dataset["theme"] = theme;
}

show(chosen());

document.addEventListener("DOMContentLoaded", () => {
  const button = document.querySelector<HTMLButtonElement>("#theme");
  if (!button) return;
  button.disabled = false;
  button.setAttribute("aria-pressed", String(isDark()));
  button.addEventListener("click", () => {
    const theme = isDark() ? "light" : "dark";
    show(theme);
    button.setAttribute("aria-pressed", String(theme === "dark"));
    try {
      localStorage.setItem(KEY, theme);
    } catch {
      // it lasts for this page only
    }
    document.dispatchEvent(new CustomEvent("theme", { detail: theme }));
  });
});
