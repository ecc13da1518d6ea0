import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { root } from "../build/binary.ts";
import { RUNTIME_PARTS } from "./runtime.ts";

/** A package that is in the bundle. */
export interface Bundled {
  name: string;
  version: string;
  license: string;
  /** Its licence and notice files, one after the other; empty where it brings none. */
  text: string;
}

/** Reads the packages of a bundle from the directories that went into it. Throws for one without a licence. */
export function readPackages(directories: string[]): Bundled[] {
  return directories.map((directory) => {
    const { name, version, license } = JSON.parse(readFileSync(join(root, directory, "package.json"), "utf8"));
    if (typeof license !== "string") throw new Error(`${directory} names no licence: it must not be shipped`);
    return { name, version, license, text: licenceText(join(root, directory)) };
  });
}

function licenceText(directory: string): string {
  const files = readdirSync(directory).filter((file) => /^(licen[cs]e|copying|notice)/i.test(file));
  return files
    .sort()
    .map((file) => readFileSync(join(directory, file), "utf8").trim())
    .join("\n\n");
}

/** THIRD_PARTY.txt: what moat is made of that others wrote, with their licences. */
export function thirdParty(packages: Bundled[], bun: string): string {
  const rule = "=".repeat(80);
  return [
    "moat contains software of others. What moat itself is under stands in LICENSE.",
    "",
    rule,
    `The runtime: Bun ${bun} (https://bun.com), with the libraries that are linked into it`,
    rule,
    ...RUNTIME_PARTS.map(({ name, license }) => `${name.padEnd(48)} ${license}`),
    "",
    "Bun's LICENSE.md (https://github.com/oven-sh/bun/blob/main/LICENSE.md) has the addresses of their sources, and says how to",
    "build Bun with a changed JavaScriptCore, as the LGPL lets you; moat's sources and `bun run build` then put moat on top of it.",
    "",
    ...packages.flatMap(({ name, version, license, text }) => [
      rule,
      `${name} ${version} (${license})`,
      rule,
      text || `The package brings no text of its licence; its package.json says ${license}.`,
      "",
    ]),
  ].join("\n");
}
