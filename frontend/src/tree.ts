// Opens and closes all branches of a tree of <details>.

for (const tools of document.querySelectorAll<HTMLElement>("[data-tree]")) {
  const tree = document.getElementById(tools.dataset["tree"] ?? "");
  if (!tree) continue;
  tools.addEventListener("click", (event) => {
    const button = (event.target as Element).closest<HTMLButtonElement>("button[data-open]");
    if (!button) return;
    const open = button.dataset["open"] === "true";
    for (const branch of tree.querySelectorAll("details")) {
      // The way to the kinds of unit stays visible: only they are closed.
      if (open || branch.classList.contains("group")) branch.open = open;
    }
  });
}
