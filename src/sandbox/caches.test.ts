import { afterAll, expect, test } from "bun:test";
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { cacheOf, privateCaches } from "./caches.ts";

/** For tests in which they can be made. */
function made(...where: Parameters<typeof privateCaches>) {
  const caches = privateCaches(...where);
  if (!caches) throw new Error("the private caches cannot be made");
  return caches;
}

const base = mkdtempSync(join(tmpdir(), "moat-caches-"));
afterAll(() => rmSync(base, { recursive: true, force: true }));

const home = join(base, "home");
mkdirSync(join(home, ".cargo"), { recursive: true });
mkdirSync(join(home, ".gradle", "caches"), { recursive: true });
writeFileSync(join(home, ".cargo", "config.toml"), "");

test("each workspace has its own directory, which only its owner reads", () => {
  const one = made(join(base, "cache"), "/w/one", home, "none");
  const two = made(join(base, "cache"), "/w/two", home, "none");
  expect(one.directory).not.toBe(two.directory);
  expect(made(join(base, "cache"), "/w/one", home, "none")).toEqual(one);
  expect(statSync(one.directory).mode & 0o777).toBe(0o700);
  for (const [name, value] of Object.entries(one.env)) {
    if (name !== "GRADLE_RO_DEP_CACHE" && name !== "MAVEN_OPTS") expect(value).toStartWith(`${one.directory}/`);
  }
  expect(one.env).toMatchObject({ GRADLE_RO_DEP_CACHE: join(home, ".gradle/caches") });
});

test("what was downloaded before is moved away from only where it can be downloaded again", () => {
  expect(made(join(base, "cache"), "/w/off", home, "none").env.CARGO_HOME).toBeUndefined();
  const { env } = made(join(base, "cache"), "/w/on", home, "full");
  expect(Object.keys(env)).toContain("GOMODCACHE");
  expect(readlinkSync(join(env.CARGO_HOME ?? "", "config.toml"))).toBe(join(home, ".cargo/config.toml"));
});

test("of ~/.npmrc only what is no secret is told", () => {
  const lines = [
    "registry=https://registry.example.com/",
    "@team:registry = https://npm.example.com",
    "//registry.example.com/:_authToken=npm_secret",
    "_auth=c2VjcmV0",
    "proxy=http://me:secret@proxy.example.com",
    "email=me@example.com",
  ];
  writeFileSync(join(home, ".npmrc"), lines.join("\n"));
  const { env } = made(join(base, "cache"), "/w/npm", home, "none");
  expect(readFileSync(env.npm_config_userconfig ?? "", "utf8")).toBe(lines.slice(0, 2).join("\n"));
});

test("what a command planted in its caches is not followed", () => {
  const cache = join(base, "planted");
  const { directory } = made(cache, "/w/planted", home, "full");
  rmSync(join(directory, "cargo"), { recursive: true });
  symlinkSync(join(base, "victim"), join(directory, "cargo"));
  mkdirSync(join(base, "victim"));
  made(cache, "/w/planted", home, "full");
  expect(readdirSync(join(base, "victim"))).toEqual([]);
});

test("grants name a tool's cache, never all of ~/.cache or a directory of programs", () => {
  expect(cacheOf("/home/u/.npm/_cacache/x", "/home/u")).toBe("/home/u/.npm");
  expect(cacheOf("/home/u/.cargo/registry/index/x", "/home/u")).toBe("/home/u/.cargo/registry");
  expect(cacheOf("/home/u/.cargo/bin/cargo", "/home/u")).toBeNull();
  expect(cacheOf("/home/u/.cache/other/x", "/home/u")).toBeNull();
});

test("in a home directory that takes nothing there are none, and nothing fails", () => {
  expect(privateCaches("/proc/moat", "/w/one", "/proc", "none")).toBeNull();
});

test("a cache that was granted by name is really used", () => {
  const granted = (...named: string[]) => made(join(base, "cache"), "/w/one", home, "full", named).env;
  expect(granted(join(home, ".npm")).npm_config_cache).toBeUndefined();
  expect(granted("~/.npm").npm_config_cache).toBeUndefined();
  expect(granted("~/.npm").PIP_CACHE_DIR).toBeString();
  const pnpm = granted("~/.local/share/pnpm/store");
  expect([pnpm.PNPM_HOME, pnpm.pnpm_config_store_dir]).toEqual([undefined, join(home, ".local/share/pnpm/store")]);
  expect(granted("~/.gradle")).not.toContainAnyKeys(["GRADLE_USER_HOME", "GRADLE_RO_DEP_CACHE"]);
  expect(granted("~/other").npm_config_cache).toBeString();
});

test("yarn's cache stays where the project has it, also in a directory below", () => {
  const project = join(base, "yarn", "packages", "a");
  mkdirSync(project, { recursive: true });
  const folder = () => made(join(base, "cache"), project, home, "none").env.YARN_CACHE_FOLDER;
  expect(folder()).toBeString();
  writeFileSync(join(base, "yarn", ".yarnrc.yml"), "enableGlobalCache: false\n");
  expect(folder()).toBeUndefined();
});

test("state that tools make in the home directory has a place of its own", () => {
  const { env, directory } = made(join(base, "cache"), "/w/one", home, "none");
  for (const name of ["CHROME_CONFIG_HOME", "PM2_HOME", "SCREENDIR", "ANSIBLE_LOCAL_TEMP", "pnpm_config_store_dir"])
    expect(env[name]).toStartWith(`${directory}/`);
});

test("Maven's repository is moved by its options, and the user's is read behind it; a path with a blank cannot be said", () => {
  const repository = join(home, ".m2/repository");
  const opts = (workspace: string, ...named: string[]) =>
    made(join(base, workspace), "/w/mvn", home, "none", named).env.MAVEN_OPTS;
  const { directory } = made(join(base, "mvn"), "/w/mvn", home, "none");
  expect(opts("mvn")).toBe(`-Dmaven.repo.local=${directory}/m2`);
  mkdirSync(repository, { recursive: true });
  expect(opts("mvn")).toBe(`-Dmaven.repo.local=${directory}/m2 -Dmaven.repo.local.tail=${repository}`);
  expect(opts("mvn", repository)).toBeUndefined();
  expect(opts("with blank")).toBeUndefined();
});
