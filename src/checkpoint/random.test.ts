import { expect, test } from "bun:test";
import fc from "fast-check";
import { beginning, operation, perform } from "./random.suite.ts";
import { openLab, picture } from "./simulate.suite.ts";

const runs = process.env.MOAT_TEST_FULL ? 1000 : 25;
const turns = fc.array(fc.array(operation, { minLength: 1, maxLength: 8 }), { minLength: 1, maxLength: 4 });

test("any turns, undone one by one and redone one by one, give the very trees that were there", async () => {
  await fc.assert(
    fc.asyncProperty(beginning, turns, async (files, turns) => {
      using lab = openLab(Object.fromEntries(files.map((name) => [name, `${name}\n`])));
      const pictures = [picture(lab.root)];
      for (const operations of turns) {
        await lab.command((command, root) => {
          for (const each of operations) perform(command, root, each);
        });
        pictures.push(picture(lab.root));
      }
      const clean = { conflicts: [], gaps: [], failures: [] };
      const states = distinct(pictures);
      for (let at = states.length - 2; at >= 0; at--) {
        expect(await lab.undo()).toMatchObject(clean);
        expect(picture(lab.root)).toEqual(states[at] ?? []);
      }
      for (const state of states.slice(1)) {
        expect(await lab.redo()).toMatchObject(clean);
        expect(picture(lab.root)).toEqual(state);
      }
      if (states.length > 1) {
        await lab.undo({ turns: states.length - 1 });
        expect(picture(lab.root)).toEqual(states[0] ?? []);
      }
    }),
    { numRuns: runs },
  );
}, 600_000);

/** Turns that changed nothing are no turns to undo. */
function distinct(pictures: string[][]): string[][] {
  return pictures.filter((each, i) => i === 0 || JSON.stringify(each) !== JSON.stringify(pictures[i - 1]));
}
