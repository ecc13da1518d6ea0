// New projects in an empty workspace.
import type { Row } from "../contract.ts";

export const BEGINNINGS: Row[] = [
  { id: "F1", tool: "git init", run: "git init", holds: "git status", light: true },
  {
    id: "F2",
    tool: "git clone X .",
    before: "git init -q ../x && git -C ../x -c user.name=T -c user.email=t@e commit -q --allow-empty -m a",
    run: "git clone ../x .",
    holds: "git log",
    light: true,
  },
  {
    id: "F3",
    tool: "npm create vite .",
    run: "npx --yes create-vite@9.3.0 . --template vanilla --no-interactive",
    flags: ["--net", "full"],
    holds: "test -f index.html",
  },
  {
    id: "F4",
    tool: "create-next-app .",
    npm: ["create-next-app@16.4.3", "node@22.23.3"],
    run: "create-next-app . --yes --skip-install --js --disable-git",
    flags: ["--net", "full"],
    holds: "test -f package.json",
    without_layer: { rule: "writable_roots", grant: null },
    remedy: { run: "XDG_CONFIG_HOME=/tmp/moat-config create-next-app . --yes --skip-install --js --disable-git" },
  },
  {
    id: "F5",
    tool: "cargo init .",
    needs: ["cargo"],
    debian: ["cargo"],
    run: "cargo init --name x .",
    holds: "test -d .git && test -f src/main.rs",
  },
  {
    id: "F6",
    tool: "tar and find in an empty workspace",
    run: 'tar czf /tmp/moat-toolchains-$$.tgz . && tar tzf /tmp/moat-toolchains-$$.tgz && test "$(find . | wc -l)" = 1 && find . -mindepth 1 -delete',
    light: true,
  },
  {
    id: "F7",
    tool: "git clone X sub, npm init in a sub-directory",
    before: "git init -q ../x && git -C ../x -c user.name=T -c user.email=t@e commit -q --allow-empty -m a",
    run: "git clone ../x sub && mkdir a && cd a && npm init -y",
    holds: "git -C sub log && test -f a/package.json",
  },
];
