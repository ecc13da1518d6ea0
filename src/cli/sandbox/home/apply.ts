import { FAILED } from "../../../base/index.ts";
import type { Takeover } from "../../../sandbox/index.ts";
import { loadDialogs, safe, visibleLine } from "../../../term/index.ts";
import type { Flags, Host } from "../../contract.ts";
import { fail } from "../../exits.ts";
import { styleOf } from "../../threads/text.ts";
import { diffText } from "../../undo/shown.ts";
import { leafDiffs } from "./diff.ts";
import { inUse, type LayerPlace } from "./place.ts";

/** Who names a place means something: a script must not take a slip for success. */
const NOTHING_NAMED = "commands left nothing at the places that you named: moat sandbox home list shows what there is";

/** `moat sandbox home apply`: takes over into the home directory what commands left, after it was shown and agreed to. */
export async function applyLayer(host: Host, place: LayerPlace, flags: Flags): Promise<number> {
  const { planTakeover, takeOver } = await import("../../../sandbox/index.ts");
  const order = { ...place, force: flags.force === true };
  const plan = planTakeover(order);
  if (plan.take.length + plan.left.length === 0 && place.named.length > 0) return fail(host, NOTHING_NAMED);
  if (plan.take.length === 0) return told(host, flags, plan);
  if (!(await isAgreed(host, flags, place, plan))) return FAILED;
  const done = takeOver(order, plan);
  return done === null ? fail(host, inUse(place)) : told(host, flags, done);
}

/** Shows what would be taken over, and asks; without a terminal only --yes agrees. */
async function isAgreed(host: Host, flags: Flags, place: LayerPlace, plan: Takeover): Promise<boolean> {
  if (flags.yes === true) return true;
  if (!host.stdin_is_tty || !host.stderr_is_tty) {
    fail(
      host,
      `${plan.take.length} place(s) would be taken over into your home directory: say --yes, nothing was done`,
    );
    return false;
  }
  host.stderr(safe`${diffText(await leafDiffs(place, plan.take), styleOf(host))}\n`);
  host.stderr(lines({ take: [], left: plan.left }));
  const { inDialog, yesOrNo } = await loadDialogs();
  const question = `Take over ${plan.take.length} place(s) into your home directory?`;
  return (await inDialog((dialog) => yesOrNo(dialog, question, host.signal), { output: process.stderr })) === true;
}

/** Exit 1 where something was left: a script must not take a part for the whole. */
function told(host: Host, flags: Flags, done: Takeover): number {
  const taken = done.take.map(({ path, change }) => ({ path, change }));
  if (flags.json === true) host.json({ taken, left: done.left });
  else host.stdout(taken.length + done.left.length === 0 ? "there is nothing to take over\n" : lines(done));
  return done.left.length > 0 ? FAILED : 0;
}

const lines = ({ take, left }: Takeover): string =>
  [
    ...take.map(({ path, change }) => `taken    ~/${visibleLine(path)} (${change})\n`),
    ...left.map(({ path, why }) => `left     ~/${visibleLine(path)}: ${why}\n`),
  ].join("");
