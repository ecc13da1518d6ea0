import { closeSync } from "node:fs";
import { socketCalls } from "../../base/libc.ts";
import { SandboxError } from "../contract.ts";

/** linux/socket.h, the same on x86-64 and arm64. */
const [AF_UNIX, SOCK_DGRAM, SOCK_CLOEXEC, SOL_SOCKET, SCM_RIGHTS] = [1, 2, 0o2000000, 1, 1];
const [MSG_DONTWAIT, MSG_CMSG_CLOEXEC] = [0x40, 0x40000000];
/** Bytes of a control message with one descriptor, and of them those that count. */
const [CONTROL_BYTES, CONTROL_USED] = [24, 20];
/** struct msghdr, in words of 8 bytes; an iovec follows it. */
const HEADER_WORDS = 7;

/**
 * A pair of sockets without a name, which nobody else can reach: the launcher gets one end and sends listening sockets from within the
 * command's network through it.
 */
export class Ways {
  readonly #own: number;
  readonly #theirs: number;
  readonly #byte = new Uint8Array(1);
  #open = true;

  constructor() {
    const ends = new Int32Array(2);
    if (socketCalls().socketpair(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0, ends) !== 0)
      throw new SandboxError("no channel for the command's network can be made, so the command was not started");
    [this.#own, this.#theirs] = [ends[0] ?? -1, ends[1] ?? -1];
  }

  /** Sends the launcher's end over the socket `fd`, with the first bytes of what is said there; gives how many were taken. */
  sendOver(fd: number, bytes: Uint8Array): number {
    const control = new DataView(new ArrayBuffer(CONTROL_BYTES));
    control.setBigUint64(0, BigInt(CONTROL_USED), true);
    control.setInt32(8, SOL_SOCKET, true);
    control.setInt32(12, SCM_RIGHTS, true);
    control.setInt32(16, this.#theirs, true);
    const { sendmsg } = socketCalls();
    const call = (message: Uint8Array) => sendmsg(fd, message, MSG_DONTWAIT);
    const sent = Number(withMessage(bytes, new Uint8Array(control.buffer), call));
    if (sent <= 0) throw new SandboxError("the launcher cannot be handed a descriptor, so the command was not started");
    return sent;
  }

  /** The descriptors that came, in their order. */
  take(): number[] {
    const taken: number[] = [];
    for (let fd = this.#next(); fd !== null; fd = this.#next()) taken.push(fd);
    return taken;
  }

  #next(): number | null {
    const control = new Uint8Array(CONTROL_BYTES);
    const { recvmsg } = socketCalls();
    const flags = MSG_DONTWAIT | MSG_CMSG_CLOEXEC;
    const got = withMessage(this.#byte, control, (message) => recvmsg(this.#own, message, flags));
    return Number(got) === 1 ? new DataView(control.buffer).getInt32(16, true) : null;
  }

  close(): void {
    if (!this.#open) return;
    this.#open = false;
    closeSync(this.#own);
    closeSync(this.#theirs);
  }
}

/**
 * Calls with a msghdr of one part and a control message. Header and part are one piece of memory, which lives as long as the call; so must
 * what they point to.
 */
function withMessage<T>(bytes: Uint8Array, control: Uint8Array, call: (message: Uint8Array) => T): T {
  const { addressOf } = socketCalls();
  const memory = new BigUint64Array(HEADER_WORDS + 2);
  const part = addressOf(memory) + BigInt(HEADER_WORDS * 8);
  memory.set([
    0n,
    0n,
    part,
    1n,
    addressOf(control),
    BigInt(control.length),
    0n,
    addressOf(bytes),
    BigInt(bytes.length),
  ]);
  return call(new Uint8Array(memory.buffer));
}
