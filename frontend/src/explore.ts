// The network explorer, on the page at /explore. Without it the page shows the same neighbourhood as a table.

import { App } from "./explore/app";
import type { Settings } from "./explore/types";

const data = document.getElementById("explore-data")?.textContent;
try {
  if (data) new App(JSON.parse(data) as Settings);
} catch (error) {
  document.body.classList.remove("scripted"); // shows the table instead
  throw error;
}
