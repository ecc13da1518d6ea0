import { expect, test } from "bun:test";
import { droppedNames } from "../environment.ts";
import { lackOfVariables, variableFlags } from "./variables.ts";

const dropped = ["AWS_SECRET_ACCESS_KEY", "GITHUB_TOKEN", "NPM_TOKEN", "TOKEN"];
const lack = (output: string, command = "x") => lackOfVariables(output, command, dropped)?.target ?? null;

test("a variable that was dropped is named when the output or the command is about it", () => {
  expect(lack("Failed to replace env in config: $" + "{NPM_TOKEN}")).toBe("NPM_TOKEN");
  expect(lack("KeyError", "python3 -c 'import os; os.environ[\"GITHUB_TOKEN\"]'")).toBe("GITHUB_TOKEN");
  expect(lack("npm error code ENEEDAUTH")).toBe("NPM_TOKEN");
  expect(lack("Unable to locate credentials. You can configure credentials by running")).toBe("AWS_SECRET_ACCESS_KEY");
  expect(lack("To get started with GitHub CLI, please run:  gh auth login")).toBe("GITHUB_TOKEN");
  expect(lack("MY_TOKEN and TOKENS are missing")).toBeNull();
  expect(lack("1 test failed")).toBeNull();
});

test("names alone are told, with what hands them on", () => {
  const env = { NPM_TOKEN: "npm_planted", HOME: "/h", LD_PRELOAD: "x", CODEX_SANDBOX: "x", EMPTY_KEY: "" };
  const policy = { inherit: "all", ignore_default_excludes: false, exclude: [], set: {}, include_only: [] } as const;
  const names = droppedNames({ env, policy }, { HOME: "/h" });
  expect(names).toEqual(["NPM_TOKEN"]);
  const denial = lackOfVariables("ENEEDAUTH", "npm publish", names);
  expect(JSON.stringify(denial)).not.toContain("npm_planted");
  expect(denial?.explanation).toContain("NPM_TOKEN");
  expect(variableFlags("A_KEY, B_KEY")).toBe(
    '-c shell_environment_policy.set.A_KEY="$A_KEY" -c shell_environment_policy.set.B_KEY="$B_KEY"',
  );
});
