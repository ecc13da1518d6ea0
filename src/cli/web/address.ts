import { lookup } from "node:dns/promises";
import { isIP } from "node:net";
import { isPublic } from "../../proxy/index.ts";

/** The address of a host to connect to, or why none may be. One that is not public is enough: which of them is used, others decide. */
export async function publicAddress(
  host: string,
): Promise<{ ok: true; address: string } | { ok: false; message: string }> {
  const bare = host.replace(/^\[|\]$/g, "");
  let found: { address: string }[];
  try {
    found = isIP(bare) ? [{ address: bare }] : await lookup(bare, { all: true });
  } catch (error) {
    return { ok: false, message: `${host} has no address: ${error instanceof Error ? error.message : error}` };
  }
  const inner = found.find(({ address }) => !isPublic(address));
  if (inner)
    return {
      ok: false,
      message: `${host} is ${inner.address}, which is no address of the public internet; for a server of your own use curl in exec_command`,
    };
  const [first] = found;
  return first ? { ok: true, address: first.address } : { ok: false, message: `${host} has no address` };
}
