import type { Declined } from "../../protocol/index.ts";
import type { ItemBody } from "../../tools/index.ts";

/** A call that is not run: the message is for the model, `declined` for people and the record. */
export interface RefusedCall {
  ok: false;
  message: string;
  declined: Declined;
}

/**
 * Says no to a call.
 * @param reason for people; a clause
 * @param grant what would let it through; undefined: nothing that could be named
 * @param told what the model hears; undefined: the reason
 */
export function refused(by: Declined["by"], reason: string | null, grant?: string, told?: string): RefusedCall {
  const declined = { by, reason, ...(grant === undefined ? {} : { grant }) };
  return { ok: false, message: `not run: ${told ?? reason ?? "it was refused"}`, declined };
}

/** The item of a call that was refused, with who refused it. */
export function declinedItem(body: ItemBody, declined: Declined): ItemBody {
  const { type } = body;
  return type === "command_execution" || type === "file_change" || type === "mcp_tool_call"
    ? { ...body, declined }
    : body;
}
