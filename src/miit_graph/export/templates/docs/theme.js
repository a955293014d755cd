// Light or dark: what the reader chose, here or on the pages of the same server, else what the system prefers.
{
  const KEY = "theme";
  const root = document.documentElement;
  const dark = () => (root.dataset.theme ?? (matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light")) === "dark";
  try {
    const kept = localStorage.getItem(KEY);
    if (kept === "dark" || kept === "light") root.dataset.theme = kept;
  } catch {
    // storage may be forbidden; the system's preference then stands
  }
  document.addEventListener("DOMContentLoaded", () => {
    const button = document.querySelector("#theme");
    if (!button) return;
    button.disabled = false;
    button.setAttribute("aria-pressed", String(dark()));
    button.addEventListener("click", () => {
      root.dataset.theme = dark() ? "light" : "dark";
      button.setAttribute("aria-pressed", String(dark()));
      try {
        localStorage.setItem(KEY, root.dataset.theme);
      } catch {
        // it lasts for this page only
      }
    });
  });
}
