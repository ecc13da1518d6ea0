import { dlopen, type FFIFunction, type FFITypeOrString, ptr, read } from "bun:ffi";

/** The functions of the C library that Bun has no interface for. This is the one file that may use bun:ffi. */
const SYMBOLS = {
  memfd_create: { args: ["cstring", "u32"], returns: "i32" },
  fcntl: { args: ["i32", "i32", "i32"], returns: "i32" },
  pipe2: { args: ["ptr", "i32"], returns: "i32" },
  flock: { args: ["i32", "i32"], returns: "i32" },
  prctl: { args: ["i32", "u64", "u64", "u64", "u64"], returns: "i32" },
  __errno_location: { args: [], returns: "ptr" },
} as const satisfies Record<string, { args: readonly FFITypeOrString[]; returns: FFITypeOrString }>;

/** What Bun cannot say of a file: extended attributes, times in nanoseconds, pipes. Apart, for a start needs none of it. */
const FILE_SYMBOLS = {
  llistxattr: { args: ["ptr", "ptr", "u64"], returns: "i32" },
  lgetxattr: { args: ["ptr", "ptr", "ptr", "u64"], returns: "i32" },
  lsetxattr: { args: ["ptr", "ptr", "ptr", "u64", "i32"], returns: "i32" },
  lremovexattr: { args: ["ptr", "ptr"], returns: "i32" },
  utimensat: { args: ["i32", "ptr", "ptr", "i32"], returns: "i32" },
  renameat: { args: ["i32", "ptr", "i32", "ptr"], returns: "i32" },
  mkfifo: { args: ["ptr", "u32"], returns: "i32" },
} as const satisfies Record<string, { args: readonly FFITypeOrString[]; returns: FFITypeOrString }>;

/** What a file is, without the object of numbers of 64 bits that Bun makes of each. Apart, for older C libraries have it not. */
const STAT_SYMBOLS = {
  statx: { args: ["i32", "ptr", "i32", "u32", "ptr"], returns: "i32" },
} as const satisfies Record<string, { args: readonly FFITypeOrString[]; returns: FFITypeOrString }>;

/** A rename that takes no other's place. Apart, for musl and older C libraries have it not. */
const RENAME_SYMBOLS = {
  renameat2: { args: ["i32", "ptr", "i32", "ptr", "u32"], returns: "i32" },
} as const satisfies Record<string, { args: readonly FFITypeOrString[]; returns: FFITypeOrString }>;

/** Descriptors that travel between processes. */
const SOCKET_SYMBOLS = {
  socketpair: { args: ["i32", "i32", "i32", "ptr"], returns: "i32" },
  sendmsg: { args: ["i32", "ptr", "i32"], returns: "i64" },
  recvmsg: { args: ["i32", "ptr", "i32"], returns: "i64" },
} as const satisfies Record<string, { args: readonly FFITypeOrString[]; returns: FFITypeOrString }>;

/** Opened once: every command asks for a pipe. */
const loaded: {
  libc: ReturnType<typeof load> | null;
  files: ReturnType<typeof loadFileCalls> | null;
  stat: ReturnType<typeof loadStatCall> | undefined;
  rename: ReturnType<typeof loadRenameCall> | undefined;
  sockets: (ReturnType<typeof loadSocketCalls> & { addressOf(bytes: NodeJS.TypedArray): bigint }) | null;
} = { libc: null, files: null, stat: undefined, rename: undefined, sockets: null };

/** Its calls that send and take descriptors, and the address of a buffer as a message names it. Linux only; throws elsewhere. */
export function socketCalls() {
  loaded.sockets ??= { ...loadSocketCalls(), addressOf: (bytes: NodeJS.TypedArray) => BigInt(ptr(bytes)) };
  return loaded.sockets;
}

/** The machine's C library, glibc or musl. Linux only; throws where there is neither. */
export function libc() {
  loaded.libc ??= load();
  return loaded.libc;
}

/** Its calls for what a file has beside its bytes. A path is a Buffer that ends with NUL. Linux only; throws elsewhere. */
export function fileCalls() {
  loaded.files ??= loadFileCalls();
  return loaded.files;
}

/** statx(2), with a path like those; null: there is none. */
export function statCall() {
  if (loaded.stat === undefined) loaded.stat = process.platform === "linux" ? loadStatCall() : null;
  return loaded.stat;
}

/** renameat2(2), with paths like those; null: there is none. */
export function renameCall() {
  if (loaded.rename === undefined) loaded.rename = process.platform === "linux" ? loadRenameCall() : null;
  return loaded.rename;
}

function loadStatCall() {
  return openOrNull(STAT_SYMBOLS);
}

function loadRenameCall() {
  return openOrNull(RENAME_SYMBOLS);
}

function load() {
  const symbols = open(NAMES, SYMBOLS);
  const errno = (): number => {
    const at = symbols.__errno_location();
    return at === null ? 0 : read.i32(at);
  };
  return { ...symbols, errno };
}

function loadFileCalls() {
  return open(NAMES, FILE_SYMBOLS);
}

function loadSocketCalls() {
  return open(NAMES, SOCKET_SYMBOLS);
}

/** glibc's name, then musl's. */
const NAMES = ["libc.so.6", process.arch === "arm64" ? "libc.musl-aarch64.so.1" : "libc.musl-x86_64.so.1"];

function open<const Table extends Record<string, FFIFunction>>([name, ...others]: string[], table: Table) {
  try {
    return dlopen(name ?? "", table).symbols;
  } catch (error) {
    if (others.length === 0) throw error;
    return open(others, table);
  }
}

/** null: a function of it is not there. */
function openOrNull<const Table extends Record<string, FFIFunction>>(table: Table) {
  try {
    return open(NAMES, table);
  } catch {
    return null;
  }
}
