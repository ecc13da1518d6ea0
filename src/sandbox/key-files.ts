import { readdirSync } from "node:fs";
import { join } from "node:path";
import { NOT_A_FILE, readRegular } from "../base/index.ts";
import { pathExists } from "./paths.ts";
import { noted } from "./witness.ts";

/** Largest file that is looked into; what is larger is taken for one that holds a key. Real ones have a few kilobytes. */
const MAX_BYTES = 4 * 1024 * 1024;

/** A registry's password or token in an `.npmrc`. */
const NPM_SECRET = /_auth|_password|\/\/[^/\s]*@/i;

/** Settings that only name the variable which holds a key. */
const NAMES_OF_VARIABLES = /\b(?:env_key(?:_instructions)?|bearer_token_env_var|env_http_headers)\b/g;

/**
 * Settings that hold a key, or may: tokens, headers, parameters, variables of servers, whatever is called a key or a secret, and
 * passwords in addresses. In TOML, JSON and YAML.
 */
const SETTING_SECRET =
  /experimental_bearer_token|http_headers|query_params|\benv["']?[ \t]*[=:.\]]|(?:key|token|secret|password|passwd|credential|auth)\w*["']?[ \t]*[=:][ \t]*(?!true\b|false\b)["'a-z]|:\/\/[^\s/"']*@/i;

/**
 * Files that some hold keys and some do not, of the user: those that do. They are hidden like the stores of credentials; the
 * others are left readable, because tools need them (yarn does not start when it cannot read `.npmrc`). An `.npmrc` that is yet to
 * come may hold one.
 */
export function keyFiles(home: string, moat_home: string): string[] {
  const npmrc = join(home, ".npmrc");
  return [
    ...(!pathExists(npmrc) || holds(npmrc, NPM_SECRET) ? [npmrc] : []),
    // What was trusted of projects is kept as a copy.
    ...[moat_home, join(moat_home, "trust"), join(home, ".codex")]
      .flatMap(settingsIn)
      .filter((file) => holds(file, SETTING_SECRET)),
  ];
}

/** Configuration in a directory, drafts and backups of it too; in `trust` the files are called by their hashes. */
function settingsIn(directory: string): string[] {
  try {
    return readdirSync(noted(directory, true))
      .filter((name) => /\.(?:toml|json|ya?ml)(?:$|[.~])|^[0-9a-f]{64}$/.test(name))
      .map((name) => join(directory, name));
  } catch {
    // There is none, or it is not for us to read.
    return [];
  }
}

/** A file that cannot be looked into may hold anything. */
function holds(file: string, secret: RegExp): boolean {
  const source = readRegular(noted(file, true), MAX_BYTES);
  if (!source.ok) return source.code !== NOT_A_FILE;
  return secret.test(source.bytes.toString("utf8").replace(NAMES_OF_VARIABLES, ""));
}
