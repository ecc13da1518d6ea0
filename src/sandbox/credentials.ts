import { readdirSync } from "node:fs";
import { join } from "node:path";
import { isBeneath } from "../base/index.ts";
import { keyFiles } from "./key-files.ts";
import { outermost, realPathsOfNew } from "./paths.ts";
import { noted } from "./witness.ts";

/**
 * Places in the home directory that hold secrets and that no build or test has a reason to read. What ordinary tools read
 * at every start, such as `~/.gitconfig`, is not among them.
 */
const STORES = [
  // Keys and what opens other machines.
  ".ssh",
  ".gnupg",
  ".netrc",
  ".git-credentials",
  ".config/git/credentials",
  ".password-store",
  ".local/share/keyrings",
  ".kube",
  ".docker/config.json",
  ".config/containers/auth.json",
  ".vault-token",
  // Clouds and forges.
  ".aws",
  ".azure",
  ".config/gcloud",
  ".config/gh",
  ".config/hub",
  ".config/glab-cli",
  ".config/doctl",
  ".config/op",
  ".fly",
  ".terraform.d/credentials.tfrc.json",
  // Package registries.
  ".pypirc",
  ".cargo/credentials",
  ".cargo/credentials.toml",
  ".gem/credentials",
  ".composer/auth.json",
  ".cache/huggingface/token",
  // Other agents.
  ".codex/auth.json",
  ".claude/.credentials.json",
  ".gemini/oauth_creds.json",
  ".local/share/opencode/auth.json",
  // Browsers: cookies and saved passwords.
  ".mozilla",
  ".config/google-chrome",
  ".config/chromium",
  ".config/BraveSoftware",
  ".config/microsoft-edge",
  "snap/firefox",
  "Library/Keychains",
  "Library/Cookies",
  "Library/Application Support/Google/Chrome",
  "Library/Application Support/Firefox",
  "Library/Application Support/BraveSoftware",
  "Library/Safari",
];

/** Beneath MOAT_HOME: the keys that `moat login` and `moat mcp login` stored, and the sockets that add credentials to requests. */
const AUTH_FILES = ["auth.json", "mcp-auth.json", "broker"];

/**
 * The credential stores, and files of settings that hold a key, with symlinks resolved; also stores that do not exist, because one
 * may come into being while a command runs. `named`: files that are known to hold a key.
 */
export function credentialStores(home: string, moat_home: string, named: readonly string[] = []): string[] {
  const stores = [...STORES.map((store) => join(home, store)), ...AUTH_FILES.map((file) => join(moat_home, file))];
  const found = [...stores, ...keyFiles(home, moat_home), ...named]
    .map(realPathsOfNew())
    .filter((path) => path !== "/");
  return outermost(found);
}

/**
 * The stores with some files of theirs left out, which a person granted: of a directory that holds one, everything else in it is
 * named in its place. What comes into being beside it later is reached by no rule either (native/src/landlock.c).
 */
export function withoutOpened(stores: readonly string[], opened: readonly string[]): string[] {
  return stores.flatMap((store) => {
    if (opened.includes(store)) return [];
    if (!opened.some((path) => isBeneath(path, store))) return [store];
    const entries = entriesOf(store);
    return entries === null ? [store] : withoutOpened(entries, opened);
  });
}

function entriesOf(directory: string): string[] | null {
  try {
    return readdirSync(noted(directory, true)).map((name) => join(directory, name));
  } catch {
    return null; // What cannot be listed stays closed as a whole.
  }
}
