import { expect, test } from "bun:test";
import fc from "fast-check";
import { isBeneath } from "../base/index.ts";
import { outermost } from "./paths.ts";

const plain = fc
  .array(fc.constantFrom("a", "b", "ab", ".git", "..a"), { maxLength: 4 })
  .map((parts) => `/${parts.join("/")}`);

test("of places, those are outermost that lie beneath no other", () => {
  fc.assert(
    fc.property(fc.array(plain, { maxLength: 8 }), (places) => {
      const wanted = [...new Set(places)].filter((one) => !places.some((other) => isBeneath(one, other)));
      expect(outermost(places)).toEqual(wanted);
    }),
  );
});
