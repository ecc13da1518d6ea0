// .github/workflows: pinned, with least permissions, and free of text that somebody else may have written.
import { describe, expect, test } from "bun:test";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";

const root = join(import.meta.dir, "..", "..", "..");

interface Step {
  uses?: string;
  run?: string;
  with?: Record<string, unknown>;
}
interface Workflow {
  on: Record<string, unknown>;
  permissions: Record<string, string>;
  jobs: Record<
    string,
    { needs?: string | string[]; permissions?: Record<string, string>; steps: Step[]; "timeout-minutes"?: number }
  >;
}

for (const name of ["ci.yml", "release.yml"]) {
  const text = readFileSync(join(root, ".github", "workflows", name), "utf8");
  const workflow = Bun.YAML.parse(text) as Workflow;
  const jobs = Object.entries(workflow.jobs);
  const steps = jobs.flatMap(([, job]) => job.steps);

  describe(name, () => {
    test("every action is pinned to a commit and says which version that is", () => {
      const uses = [...text.matchAll(/uses: (.*)/g)].map(([, what = ""]) => what);
      expect(uses.length).toBe(steps.filter((step) => step.uses).length);
      for (const what of uses) expect(what).toMatch(/^actions\/[a-z-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/);
    });

    test("nobody may write but the job that publishes", () => {
      expect(workflow.permissions).toEqual({ contents: "read" });
      const more = jobs.filter(([, job]) => job.permissions !== undefined).map(([job]) => job);
      expect(more).toEqual(name === "release.yml" ? ["publish"] : []);
    });

    test("no expression stands in the text of a script; the checkout leaves no credentials", () => {
      for (const { run, uses, with: inputs } of steps) {
        expect(run ?? "").not.toContain("${{");
        if (uses?.startsWith("actions/checkout@")) expect(inputs?.["persist-credentials"]).toBe(false);
      }
    });

    test("jobs wait for jobs that there are, and none runs for hours", () => {
      for (const [, job] of jobs) {
        for (const needed of [job.needs ?? []].flat()) expect(Object.keys(workflow.jobs)).toContain(needed);
        expect(job["timeout-minutes"]).toBeLessThanOrEqual(120);
      }
    });

    test("files that scripts name are there", () => {
      const named = steps.flatMap(({ run = "" }) =>
        [...run.matchAll(/(?:\.\/)?(scripts\/[\w./-]+)/g)].map(([, path = ""]) => path),
      );
      expect(named.length).toBeGreaterThan(0);
      for (const path of named) expect([path, existsSync(join(root, path))]).toEqual([path, true]);
    });
  });
}

test("ci runs the two commands of the README, and nothing is published before it was tried", () => {
  const read = (name: string) =>
    Bun.YAML.parse(readFileSync(join(root, ".github", "workflows", name), "utf8")) as Workflow;
  const runs = Object.values(read("ci.yml").jobs).flatMap(({ steps }) => steps.flatMap(({ run }) => run ?? []));
  expect(runs).toEqual(["./scripts/run demo", "./scripts/test"]);
  const { jobs } = read("release.yml");
  expect(jobs.publish?.needs).toEqual(["smoke", "smoke-windows"]);
  expect(jobs.smoke?.needs).toBe("build");
  expect(jobs.build?.steps.some(({ run }) => run?.includes('= "$GITHUB_REF_NAME"'))).toBe(true);
});
