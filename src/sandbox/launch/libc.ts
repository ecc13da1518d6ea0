import { dlopen, type FFITypeOrString, read } from "bun:ffi";

/** The functions of the C library that Bun has no interface for. This is the one file that may use bun:ffi. */
const SYMBOLS = {
  memfd_create: { args: ["cstring", "u32"], returns: "i32" },
  fcntl: { args: ["i32", "i32", "i32"], returns: "i32" },
  pipe2: { args: ["ptr", "i32"], returns: "i32" },
  prctl: { args: ["i32", "u64", "u64", "u64", "u64"], returns: "i32" },
  __errno_location: { args: [], returns: "ptr" },
} as const satisfies Record<string, { args: readonly FFITypeOrString[]; returns: FFITypeOrString }>;

/** Opened once: every command asks for a pipe. */
const loaded: { libc: ReturnType<typeof load> | null } = { libc: null };

/** The machine's C library, glibc or musl. Linux only; throws where there is neither. */
export function libc() {
  loaded.libc ??= load();
  return loaded.libc;
}

function load() {
  const musl = process.arch === "arm64" ? "libc.musl-aarch64.so.1" : "libc.musl-x86_64.so.1";
  const symbols = open(["libc.so.6", musl]);
  const errno = (): number => {
    const at = symbols.__errno_location();
    return at === null ? 0 : read.i32(at);
  };
  return { ...symbols, errno };
}

function open([name, ...others]: string[]) {
  try {
    return dlopen(name ?? "", SYMBOLS).symbols;
  } catch (error) {
    if (others.length === 0) throw error;
    return open(others);
  }
}
