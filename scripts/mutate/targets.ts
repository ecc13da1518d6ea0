/** Code that decides something, and the tests that have to notice when it decides otherwise. */
export interface Target {
  name: string;
  /** Globs from the root of the tree. */
  sources: string[];
  tests: string[];
}

/** The one list of what is mutated. A file that moves is followed by its glob or changed here. */
export const TARGETS: Target[] = [
  { name: "policy", sources: ["src/policy/**/*.ts"], tests: ["src/policy/**/*.test.ts"] },
  { name: "sandbox", sources: ["src/sandbox/**/*.ts"], tests: ["src/sandbox/**/*.test.ts"] },
  { name: "patch", sources: ["src/patch/**/*.ts"], tests: ["src/patch/**/*.test.ts"] },
  { name: "session", sources: ["src/session/**/*.ts"], tests: ["src/session/**/*.test.ts"] },
  { name: "retry", sources: ["src/model/retry.ts"], tests: ["src/model/**/*.test.ts"] },
  {
    name: "core",
    sources: ["src/core/call/*.ts", "src/core/item-life.ts"],
    tests: ["src/core/**/*.test.ts"],
  },
];

/** What lies among the sources and serves the tests alone, or declares types only. */
export const NOT_MUTATED = /\.(test|suite|d)\.ts$|\/(fixture|testing|index|contract)\.ts$|\/fixtures\//;

/** Sites that are tried of each target; smaller targets are tried whole. */
export const SITES_PER_TARGET = 200;

/** Share of its mutants that the tests of a target must kill. */
export const LEAST_KILLED = 0.9;
