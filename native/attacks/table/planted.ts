import { existsSync } from "node:fs";
import { join } from "node:path";
import { type World, write } from "../world.ts";

/** Runs real git in the workspace, outside of the sandbox, as the user does later; true when that ran what was planted. */
export function gitRunsPlanted(world: World): boolean {
  const run = (...args: string[]) =>
    Bun.spawnSync(
      [
        "git",
        "-C",
        world.inside,
        "-c",
        "user.name=u",
        "-c",
        "user.email=u@example.org",
        "-c",
        "safe.directory=*",
        ...args,
      ],
      {
        env: { PATH: world.env.PATH, HOME: world.root, GIT_CONFIG_NOSYSTEM: "1", GIT_PAGER: "cat" },
        stdio: ["ignore", "ignore", "ignore"],
      },
    );
  run("status");
  run("commit", "--allow-empty", "-m", "x");
  run("log", "-1");
  write(world, "inside/a.txt", "new\n");
  run("add", "a.txt");
  return existsSync(join(world.root, "planted"));
}

/** Runs when git is led to it, and leaves a mark outside of the workspace. */
export const PLANTED = 'printf \'#!/bin/sh\\n: > "%s/planted"\\ncat\\n\' "$HOME" > evil; chmod 755 evil; ';
