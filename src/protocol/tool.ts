import type { JsonSchema } from "./json.ts";

/** A tool as it is offered to the model. `custom` tools take plain text that follows a grammar, where the wire has them. */
export type ToolSpec =
  | { type: "function"; name: string; description: string; parameters: JsonSchema }
  | {
      type: "custom";
      name: string;
      description: string;
      format: { type: "grammar"; syntax: "lark"; definition: string };
      /** What is offered instead by a wire that has no freeform tools: one string argument of this name. */
      fallback_argument: string;
    };
