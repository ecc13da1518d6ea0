// Node's tools: package managers, test runners, monorepos.
import type { Row } from "../contract.ts";

/** For tools that refuse Node 20. */
const NODE_22 = "node@22.23.3";
const PACKAGE = '{"name":"x","version":"1.0.0","private":true}';
/** Depends on a directory beside: nothing is downloaded. */
const LOCAL = '{"name":"x","version":"1.0.0","dependencies":{"dep":"file:./dep"}}';
const DEP = '{"name":"dep","version":"1.0.0","main":"index.js"}';
const SMALL = '{"name":"x","version":"1.0.0","private":true,"dependencies":{"is-number":"7.0.0"}}';

export const JAVASCRIPT: Row[] = [
  {
    id: "N1",
    tool: "npm install of a directory, npm test",
    files: {
      "package.json": LOCAL.replace(/}$/, ',"scripts":{"test":"node -e \\"require(\'dep\')\\""}}'),
      "dep/package.json": DEP,
      "dep/index.js": "module.exports = 1;",
    },
    run: "npm install --no-audit --offline && npm test",
    holds: "test -e node_modules/dep/index.js",
    light: true,
  },
  {
    id: "T2",
    tool: "vitest 5.1.2, threads and forks",
    npm: ["vitest@5.1.2", "vite@8.3.8", NODE_22],
    modules: true,
    files: {
      "package.json": PACKAGE,
      "a.test.js": "import { expect, test } from 'vitest'; test('a', () => expect(1).toBe(1));",
    },
    run: "vitest run --pool=threads && vitest run --pool=forks",
  },
  {
    id: "T3",
    tool: "jest 30.5.2",
    npm: ["jest@30.5.2"],
    modules: true,
    files: {
      "package.json": PACKAGE,
      "a.test.js": "test('a', () => expect(1).toBe(1));",
      "b.test.js": "test('b', () => {});",
    },
    run: "jest",
  },
  {
    id: "T4",
    tool: "tsx 4.23.15, tsc 7.0.2",
    npm: ["tsx@4.23.15", "typescript@7.0.2"],
    files: { "a.ts": "const a: number = 1; console.log(a);" },
    run: "tsc a.ts && tsx a.ts",
    holds: "test -f a.js",
  },
  {
    id: "T5",
    tool: "playwright-core 1.65.1 with chromium, its sandbox off",
    needs: ["chromium"],
    debian: ["chromium"],
    npm: ["playwright-core@1.65.1"],
    modules: true,
    files: {
      "a.js": `const { chromium } = require("playwright-core");
(async () => {
  const browser = await chromium.launch({ executablePath: "/usr/bin/chromium", args: ["--no-sandbox"] });
  const page = await browser.newPage();
  await page.setContent("<p>hello</p>");
  await page.screenshot({ path: "a.png" });
  await browser.close();
})();`,
    },
    run: "node a.js",
    holds: "test -s a.png",
  },
  {
    id: "T5b",
    tool: "chromium with its own sandbox",
    needs: ["chromium"],
    debian: ["chromium"],
    as: "nobody",
    run: "chromium --headless --disable-gpu --dump-dom 'data:text/html,<p>hello</p>'",
    refused: { rule: "namespaces", grant: null },
  },
  {
    id: "T5c",
    tool: "chromium --headless --no-sandbox --dump-dom",
    needs: ["chromium"],
    debian: ["chromium"],
    run: "chromium --headless --no-sandbox --disable-gpu --dump-dom 'data:text/html,<p>hello</p>' 2>/dev/null | grep -c hello",
  },
  {
    id: "T6",
    tool: "node-gyp 13.1.0 with --nodedir",
    needs: ["/usr/include/node/node.h", "make"],
    npm: ["node-gyp@13.1.0", NODE_22],
    files: {
      "package.json": PACKAGE,
      "binding.gyp": '{"targets":[{"target_name":"a","sources":["a.c"]}]}',
      "a.c": "#include <node_api.h>\nNAPI_MODULE_INIT() { return exports; }\n",
    },
    run: "node-gyp rebuild --nodedir=/usr",
    holds: "test -f build/Release/a.node",
  },
  {
    id: "T7",
    tool: "pnpm 12.21.0 --offline from a warm store",
    npm: ["pnpm@12.21.0", NODE_22],
    files: { "package.json": SMALL },
    before: "pnpm install && rm -rf node_modules",
    run: "pnpm install --offline",
    holds: "test -d node_modules/is-number",
    refused: { rule: "private_caches", grant: "--add-dir ~/.local/share/pnpm/store" },
    remedy: { flags: ["--add-dir", "~/.local/share/pnpm/store"] },
  },
  {
    id: "T7b",
    tool: "pnpm 12.21.0 with a network",
    npm: ["pnpm@12.21.0", NODE_22],
    files: { "package.json": SMALL },
    run: "pnpm install",
    flags: ["--net", "full"],
    holds: "test -d node_modules/is-number && ! test -d node_modules/.pnpm-store",
  },
  {
    id: "T8",
    tool: "yarn 4.18.1, PnP, archives in the project",
    npm: ["@yarnpkg/cli-dist@4.18.1", NODE_22],
    files: {
      "package.json": SMALL,
      ".yarnrc.yml": "enableGlobalCache: false\nenableTelemetry: false\n",
      "yarn.lock": "",
    },
    before: "yarn install && rm .pnp.cjs",
    run: "yarn install --immutable-cache && yarn node -e 'require(\"is-number\")'",
    holds: "test -f .pnp.cjs && ! grep -q cache/moat .pnp.cjs",
  },
  {
    id: "T8b",
    tool: "yarn 4.18.1, PnP, with a network",
    npm: ["@yarnpkg/cli-dist@4.18.1", NODE_22],
    files: {
      "package.json": SMALL,
      ".yarnrc.yml": "enableGlobalCache: false\nenableTelemetry: false\n",
      "yarn.lock": "",
    },
    run: "yarn install",
    flags: ["--net", "full"],
    holds: "test -f .pnp.cjs && ls .yarn/cache/is-number* && ! grep -q cache/moat .pnp.cjs",
  },
  {
    id: "T9",
    tool: "turbo 2.11.11 with its daemon",
    npm: ["turbo@2.11.11"],
    modules: true,
    files: {
      "package.json": '{"name":"x","private":true,"packageManager":"npm@10.8.2","workspaces":["a"]}',
      "turbo.json": '{"tasks":{"build":{"outputs":["out"]}}}',
      "a/package.json": '{"name":"a","version":"1.0.0","scripts":{"build":"touch out"}}',
      "package-lock.json": '{"name":"x","lockfileVersion":3,"packages":{}}',
    },
    before: "git init -q",
    run: "turbo run build --daemon",
    holds: "test -e a/out",
  },
  {
    id: "T10",
    tool: "nx 24.0.6 with its daemon",
    npm: ["nx@24.0.6", NODE_22],
    modules: true,
    files: {
      "package.json": PACKAGE,
      "nx.json": "{}",
      "a/project.json": '{"name":"a","targets":{"build":{"command":"touch a/out"}}}',
    },
    run: "NX_DAEMON=true NX_NO_CLOUD=true nx run a:build --tuiAutoExit; test -e a/out",
    holds: "test -e a/out",
  },
  {
    id: "T25",
    tool: "bun 1.4.5: install file:, test, build --compile",
    npm: ["bun@1.4.5"],
    files: {
      "package.json": LOCAL,
      "dep/package.json": DEP,
      "dep/index.js": "",
      "a.test.js": 'import { test } from "bun:test"; test("a", () => {});',
    },
    run: "bun install && bun test && bun build --compile --outfile out dep/index.js",
    holds: "test -x out && test -e node_modules/dep",
  },
  {
    id: "T26",
    tool: "deno 2.9.6 run, test, check",
    npm: ["deno@2.9.6"],
    files: { "a.ts": "console.log(1);", "a_test.ts": "Deno.test('a', () => {});" },
    run: "deno run a.ts && deno test && deno check a.ts",
  },
  {
    id: "T43",
    tool: "node with io_uring",
    files: {
      "a.js":
        "require('fs').promises.readdir('.').then((all) => require('fs').promises.writeFile('out', String(all.length)));",
    },
    run: "UV_USE_IO_URING=1 node a.js",
    holds: "test -s out",
    light: true,
  },
  {
    id: "E8",
    tool: "npm version patch",
    files: { "package.json": PACKAGE },
    before: "git init -q && git config user.name T && git config user.email t@e && git add -A && git commit -qm a",
    run: "npm version patch",
    holds: "git rev-parse v1.0.1",
    refused: { rule: "protected", grant: "--add-dir ./.git" },
    remedy: { flags: ["--add-dir", ".git"] },
  },
  {
    id: "E12",
    tool: "@duckdb/node-api 1.5.6",
    npm: ["@duckdb/node-api@1.5.6-r.1"],
    modules: true,
    files: {
      "a.mjs":
        'import { DuckDBInstance } from "@duckdb/node-api"; const c = await (await DuckDBInstance.create("a.db")).connect(); await c.run("create table t as select 1");',
    },
    run: "node a.mjs",
    holds: "test -s a.db",
  },
  {
    id: "E13",
    tool: "pm2 7.0.4 start",
    npm: ["pm2@7.0.4"],
    files: { "a.js": "require('fs').writeFileSync('out', '1'); setInterval(() => {}, 1000);" },
    run: "pm2 start a.js && sleep 2 && pm2 kill",
    holds: "test -s out",
  },
  {
    id: "E19",
    tool: "npm ci --offline from a warm ~/.npm",
    files: { "package.json": SMALL },
    before: "npm install --no-audit && rm -rf node_modules",
    run: "npm ci --offline --no-audit",
    holds: "test -d node_modules/is-number",
    refused: { rule: "private_caches", grant: "--add-dir ~/.npm" },
    remedy: { flags: ["--add-dir", "~/.npm"] },
  },
];
