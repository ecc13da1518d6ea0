// Draws the pictures of the documentation from real runs of dist/moat in a terminal, the model replaced by a script:
// bun scripts/pictures.ts [NAME…]; `themes DIR` draws every theme in every depth of colour instead, to be looked at.
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { LOOKS, type Look } from "./pictures/palette.ts";
import { createStage } from "./pictures/project.ts";
import { ROLES, SCENES, type Scene } from "./pictures/scenes.ts";
import { type Mask, svgOf } from "./pictures/svg.ts";
import { Window, type WindowOptions } from "./pictures/window.ts";

const docs = join(import.meta.dir, "..", "docs");
const TRUECOLOUR = { TERM: "xterm-256color", COLORTERM: "truecolor" };
const MODEL = 'model = "gpt-5.5"\nmodel_reasoning_effort = "high"\n';
/** No picture is larger: a page with many of them must load. */
const MOST_BYTES = 60_000;

interface Shot {
  scene: Scene;
  args: string[];
  columns: number;
  rows: number;
  look: Look;
  env: Record<string, string>;
  config: string;
}

/** Times differ from run to run: each is written as one that could have been, in as much room as it took. So is the home. */
const maskOf =
  (home: string): Mask =>
  (row) => {
    const ended = row.match(/^([✓✗] )(< \d\.\d|[\d.]+) s( · .*)$/);
    if (ended) return `${ended[1]}14 s${ended[3]}`.padEnd(row.length).slice(0, row.length);
    return (
      row
        .replaceAll(home, "/home/ada")
        .padEnd(row.length)
        .replace(/(✗ \d+ · |✓ |running · )?(< \d\.\d|\b\d+\.\d|\b\d+) s\b/g, (found, before = "") =>
          `${before}${found.length - before.length < 5 ? "4 s" : "0.4 s"}`.padStart(found.length),
        )
        // Whether text came fast enough to be measured is chance, too.
        .replace(/([\d.]+ s) · [\d.]+k? tok\/s( · .*)$/, (found, before, after) =>
          `${before}${after}`.padStart(found.length),
        )
    );
  };

/** Runs a scene and draws what the window then shows. */
async function draw({ scene, args, columns, rows, look, env, config }: Shot): Promise<string> {
  using stage = await createStage(scene.script, MODEL + config + (scene.config ?? ""));
  const options: WindowOptions = {
    args: [...args, ...(scene.args ?? [])],
    cwd: stage.project,
    env: { ...stage.env, ...env },
    columns,
    rows,
    background: look.background,
  };
  await using window = new Window(options);
  await scene.act(window);
  await window.settled();
  return svgOf(window, look, scene.about, maskOf(stage.home));
}

async function write(file: string, svg: string): Promise<void> {
  if (svg.length > MOST_BYTES) throw new Error(`${file}: ${svg.length} bytes, more than ${MOST_BYTES}`);
  await Bun.write(file, svg);
  console.log(`${file}  ${(svg.length / 1000).toFixed(1)} kB`);
}

const SIZES = [
  { columns: 80, rows: 30 },
  { columns: 120, rows: 32 },
];

async function drawApp(only: readonly string[]): Promise<void> {
  mkdirSync(join(docs, "app"), { recursive: true });
  const wanted = Object.entries(SCENES).filter(([name]) => only.length === 0 || only.includes(name));
  for (const [name, scene] of wanted)
    for (const size of SIZES)
      for (const look of LOOKS) {
        const shot = {
          scene,
          args: ["tui"],
          ...size,
          rows: scene.rows ?? size.rows,
          look,
          env: TRUECOLOUR,
          config: "",
        };
        await write(join(docs, "app", `${name}-${size.columns}-${look.name}.svg`), await draw(shot));
      }
  if (only.length > 0 && !only.includes("inline")) return;
  for (const look of LOOKS) {
    const shot = {
      scene: SCENES.diff as Scene,
      args: ["interactive"],
      columns: 80,
      rows: 40,
      look,
      env: TRUECOLOUR,
      config: "",
    };
    await write(join(docs, "app", `inline-80-${look.name}.svg`), await draw(shot));
  }
}

const DEPTHS: Record<string, Record<string, string>> = {
  truecolour: TRUECOLOUR,
  "256": { TERM: "xterm-256color" },
  "16": { TERM: "xterm" },
  none: { TERM: "xterm-256color", NO_COLOR: "1" },
};

async function drawThemes(directory: string): Promise<void> {
  for (const theme of ["default", "contrast", "ansi"])
    for (const [depth, env] of Object.entries(DEPTHS))
      for (const look of LOOKS) {
        const config = `tui.theme = "${theme}"\n`;
        const shot = { scene: ROLES, args: ["tui"], columns: 100, rows: 44, look, env, config };
        await write(join(directory, `${theme}-${depth}-${look.name}.svg`), await draw(shot));
      }
}

const [first, ...rest] = process.argv.slice(2);
if (first === "themes") await drawThemes(rest[0] ?? "themes");
else await drawApp(first === undefined ? [] : [first, ...rest]);
