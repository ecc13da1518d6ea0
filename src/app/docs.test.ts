// The pages with pictures of the app: what they name is there, and what is there is shown.
import { expect, test } from "bun:test";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

const root = join(import.meta.dir, "..", "..");
const text = (file: string) => readFileSync(join(root, file), "utf8");
const pictures = readdirSync(join(root, "docs", "app"));
/** Names of pictures that a page shows. */
const named = (file: string) => [...text(file).matchAll(/(?:docs\/)?app\/([\w-]+\.svg)/g)].map(([, name = ""]) => name);

test.each(["docs/app.md", "README.md"])("%s names pictures that are there, dark and light", (page) => {
  const shown = named(page);
  expect(shown.length).toBeGreaterThan(0);
  for (const name of shown) expect(pictures).toContain(name);
  const other = (name: string) =>
    name.includes("-dark") ? name.replace("-dark", "-light") : name.replace("-light", "-dark");
  for (const name of shown) expect(shown).toContain(other(name));
});

test("every screen is there at its widths, dark and light, small, and tells nothing of the machine it was drawn on", () => {
  const screens = ["start", "turn", "approval", "diff", "menu", "plan"];
  const wanted = [...screens.flatMap((name) => [`${name}-80`, `${name}-120`]), "inline-80"];
  expect([...pictures].sort()).toEqual(wanted.flatMap((name) => [`${name}-dark.svg`, `${name}-light.svg`]).sort());
  for (const name of pictures) {
    const picture = text(join("docs", "app", name));
    expect(picture.length, name).toBeLessThan(60_000);
    expect(picture, name).not.toContain("/tmp/");
  }
});
