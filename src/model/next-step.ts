import type { Failure } from "../protocol/index.ts";
import type { ProviderSettings } from "./contract.ts";

/** Characters of a key from which on its last four say nothing of the rest; real keys have more. */
const TELLABLE = 20;

/** A final failure with what a person does next. `never_reached`: nothing ever answered at the address. */
export function withNextStep(
  failure: Failure,
  { id, base_url, api_key }: Pick<ProviderSettings, "id" | "base_url" | "api_key">,
  never_reached: boolean,
): Failure {
  const after = (step: string): Failure => ({ ...failure, message: `${failure.message}. ${step}` });
  if (never_reached) {
    const { origin, pathname } = new URL(base_url);
    const step = "Correct base_url where it is wrong; --give-up-after 10m waits for a server that is still to start";
    return { ...failure, message: `never connected to ${origin}${pathname}: ${failure.message}. ${step}` };
  }
  if (failure.kind === "unauthorized" && failure.status !== undefined) return after(keyStep(id, api_key));
  if (failure.status === 404) return after(`\`moat models\` lists what ${id} offers`);
  return failure;
}

function keyStep(id: string, key: string | null): string {
  const save = `\`moat login --provider ${id}\` saves`;
  if (key === null) return `No key was sent: ${save} one`;
  const which = key.length < TELLABLE ? `a key of ${key.length} characters` : `the key that ends in …${key.slice(-4)}`;
  return `Sent was ${which}: \`moat login status\` says where it comes from, ${save} another`;
}
