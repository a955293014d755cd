// The query editor, on the page at /query. Without it the page shows a form.

import { App } from "./query/app";
import type { Settings } from "./query/types";

const data = document.getElementById("query-data")?.textContent;
if (data) new App(JSON.parse(data) as Settings);
