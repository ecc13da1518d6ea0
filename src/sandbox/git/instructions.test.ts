import { afterAll, expect, test } from "bun:test";
import { tempProject } from "../../testkit/index.ts";
import { instructions } from "./instructions.ts";

const one = tempProject();
afterAll(() => one.remove());

test.each([
  ["rebase-merge/git-rebase-todo", "pick 1 exec\n\texec make\nx\n", ["\texec make", "x"]],
  ["rebase-merge/strategy", "evil\n", ["evil"]],
  ["rebase-merge/strategy", "ort\n", undefined],
  ["sequencer/todo", "exec make\n", ["exec make"]],
  ["sequencer/opts", "[options]\n\tstrategy = evil\n", ["evil"]],
  ["sequencer/opts", "[options]\n\tstrategy = ours\n\tedit = evil\n", undefined],
  ["BISECT_NAMES", "'a b' '--' $(evil)", ["$(evil)"]],
])("%s acts by its words alone: %j", (name, text, words) => {
  one.write(name, text);
  expect(instructions(one.dir).get(one.path(name))).toEqual(words);
});
