import { once } from "../../base/index.ts";
import { simpleCommands } from "./script.ts";

/**
 * Commands that run tests, by their first words; `*` ends a word that may go on. docs/exec.md shows this table, and a
 * test holds the two together.
 */
export const TEST_RUNNERS: Record<string, string[]> = {
  npm: ["npm test", "npm t", "npm run test*", "npm run-script test*"],
  pnpm: ["pnpm test*", "pnpm t", "pnpm run test*"],
  yarn: ["yarn test*", "yarn run test*"],
  bun: ["bun test", "bun run test*"],
  deno: ["deno test", "deno task test*"],
  node: ["node --test"],
  vitest: ["vitest"],
  jest: ["jest"],
  mocha: ["mocha"],
  ava: ["ava"],
  playwright: ["playwright test"],
  cypress: ["cypress run"],
  pytest: ["pytest", "py.test", "python -m pytest", "python3 -m pytest"],
  unittest: ["python -m unittest", "python3 -m unittest", "python manage.py test", "python3 manage.py test"],
  tox: ["tox"],
  nox: ["nox"],
  cargo: ["cargo test", "cargo t", "cargo nextest"],
  go: ["go test", "gotestsum"],
  make: ["make test*", "make check*"],
  just: ["just test*"],
  ctest: ["ctest"],
  meson: ["meson test"],
  bazel: ["bazel test", "bazelisk test"],
  maven: ["mvn test", "mvn verify", "./mvnw test", "./mvnw verify"],
  gradle: ["gradle test", "gradle check", "./gradlew test", "./gradlew check"],
  dotnet: ["dotnet test"],
  rspec: ["rspec"],
  rails: ["rails test", "bin/rails test", "rake test*", "rake spec"],
  phpunit: ["phpunit", "vendor/bin/phpunit"],
  pest: ["pest", "vendor/bin/pest"],
  composer: ["composer test*"],
  mix: ["mix test"],
  sbt: ["sbt test"],
  swift: ["swift test"],
  zig: ["zig build test", "zig test"],
  dart: ["dart test", "flutter test"],
  bats: ["bats"],
};

/** Words that only say how the runner is started; the runner comes after them. */
const STARTERS = [
  ["npx"],
  ["bunx"],
  ["pnpm", "exec"],
  ["pnpm", "dlx"],
  ["yarn", "exec"],
  ["npm", "exec", "--"],
  ["uv", "run"],
  ["poetry", "run"],
  ["pipenv", "run"],
  ["bundle", "exec"],
  ["time"],
  ["env"],
];

/** The runner that a script calls, or null. The first one counts when there are several. */
export function testRunner(script: string): string | null {
  for (const words of simpleCommands(script)) {
    const runner = runnerOf(stripped(words));
    if (runner !== null) return runner;
  }
  return null;
}

/** Without `NAME=value` and the starters before the program. */
function stripped(words: string[]): string[] {
  const [first = ""] = words;
  if (/^[A-Za-z_]\w*=/.test(first)) return stripped(words.slice(1));
  const starter = STARTERS.find((start) => start.every((word, index) => words[index] === word));
  return starter ? stripped(words.slice(starter.length)) : words;
}

interface Pattern {
  runner: string;
  /** Words behind the first one. */
  more: string[];
}

/** The patterns by their first word, which each command is held against. */
const byProgram = once(() => {
  const found = new Map<string, Pattern[]>();
  for (const [runner, patterns] of Object.entries(TEST_RUNNERS))
    for (const pattern of patterns) {
      const [program = "", ...more] = pattern.split(" ");
      found.set(program, [...(found.get(program) ?? []), { runner, more }]);
    }
  return found;
});

function runnerOf([program = "", ...words]: string[]): string | null {
  const fits = (wanted: string, index: number) =>
    wanted.endsWith("*") ? words[index]?.startsWith(wanted.slice(0, -1)) : words[index] === wanted;
  return (
    byProgram()
      .get(program)
      ?.find(({ more }) => more.every(fits))?.runner ?? null
  );
}
