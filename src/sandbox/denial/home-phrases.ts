// Messages that name no path: what they are about lies in the home directory.

/** A tool's directory of its own, beneath the home directory, by what it says when it cannot make it. */
const DIRECTORIES: [RegExp, string][] = [
  [/user installation could not be completed/i, ".config/libreoffice"],
  [/failed to create headless user data directory container/i, ".config/chromium"],
];

/** What a tool says when a package is not in its cache and must not be downloaded. */
const MISSES: [RegExp, tool: string, place: string][] = [
  [/\bENOTCACHED\b/, "npm", ".npm"],
  [/\bERR_PNPM_NO_OFFLINE_(?:TARBALL|META)\b/, "pnpm", ".local/share/pnpm/store"],
];

/** Places beneath the home directory that a line is about. */
export function atHome(line: string): string[] {
  return DIRECTORIES.filter(([said]) => said.test(line)).map(([, place]) => place);
}

/** Caches that a line misses something in. */
export function cacheMisses(line: string): { kind: "cache"; tool: string; place: string }[] {
  return MISSES.filter(([said]) => said.test(line)).map(([, tool, place]) => ({ kind: "cache", tool, place }));
}
