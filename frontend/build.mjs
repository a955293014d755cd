// Bundles each src/*.ts into ../src/miit_graph/web/static/built, where the server finds it.
import { build } from "esbuild";
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { join } from "node:path";

const here = fileURLToPath(new URL(".", import.meta.url));
const target = join(here, "..", "src", "miit_graph", "web", "static", "built");

rmSync(target, { recursive: true, force: true });
const { metafile } = await build({
  metafile: true,
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

// The licences of the packages of which something is in the bundles, with their texts, go along.
const packages = new Set(
  Object.keys(metafile.inputs).flatMap((path) => path.match(/node_modules\/((?:@[^/]+\/)?[^/]+)/)?.[1] ?? []),
);
const texts = [...packages].sort().map((name) => {
  const folder = join(here, "node_modules", name);
  const { version, license } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
  const file = readdirSync(folder).find((entry) => /^(licen[cs]e|copying)/i.test(entry));
  const text = file && existsSync(join(folder, file)) ? readFileSync(join(folder, file), "utf8").trim() : "";
  return `${name} ${version} (${license})\n\n${text}\n`;
});
writeFileSync(join(target, "LICENSES.txt"), texts.join(`\n${"-".repeat(72)}\n\n`));
