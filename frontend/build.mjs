// Bundles each src/*.ts into ../src/miit_graph/web/static/built, where the server finds it.
import { build } from "esbuild";
import { readdirSync, rmSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { join } from "node:path";

const here = fileURLToPath(new URL(".", import.meta.url));
const target = join(here, "..", "src", "miit_graph", "web", "static", "built");

rmSync(target, { recursive: true, force: true });
await build({
  entryPoints: readdirSync(join(here, "src"))
    .filter((name) => name.endsWith(".ts") && !name.endsWith(".d.ts"))
    .map((name) => join(here, "src", name)),
  outdir: target,
  bundle: true,
  splitting: true, // what is only wanted later, as the network of a result, is loaded then
  minify: true,
  sourcemap: false,
  format: "esm",
  target: ["es2022"],
  loader: { ".svg": "dataurl", ".woff2": "file" },
  legalComments: "linked",
  logLevel: "warning",
});
