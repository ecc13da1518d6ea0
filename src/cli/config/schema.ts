import { USAGE } from "../../base/index.ts";
import { loadSchemas } from "../../protocol/index.ts";
import type { CommandRun } from "../contract.ts";

/** `moat schema events|ops|config|rollout`: the public formats as JSON Schema. */
export const run: CommandRun = async ({ args, host }) => {
  const [which, ...more] = args;
  const schema = more.length === 0 ? await schemaOf(which) : null;
  if (schema === null) {
    host.stderr("moat: say which schema: moat schema events, ops, config or rollout\n");
    return USAGE;
  }
  host.json(schema, 2);
  return 0;
};

async function schemaOf(which: string | undefined): Promise<object | null> {
  if (which === "config") return (await import("../../config/editing.ts")).configJsonSchema();
  if (which === "ops") return (await import("../../frontends/proto/index.ts")).opJsonSchema();
  if (which === "events" || which === "rollout") return (await loadSchemas()).lineSchema(which);
  return null;
}
