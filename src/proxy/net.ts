/**
 * The runtime's module of networks. It brings its streams along, which cost as much as the first command's whole sandbox: it is looked up
 * where an address is read, and not where the sandbox is loaded.
 */
const net = () => process.getBuiltinModule("node:net");

/** 4 or 6 for an IP address in its usual form, 0 for anything else. */
export const isIP = (text: string): number => net().isIP(text);

/** Networks that addresses can be held against. */
export function networks(): InstanceType<ReturnType<typeof net>["BlockList"]> {
  return new (net().BlockList)();
}
