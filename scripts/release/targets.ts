/** One machine that a release is built for. */
export interface Target {
  /** As Bun names it without `bun-`; assets are called after it. */
  name: string;
  os: "linux" | "darwin" | "windows";
  cpu: "x64" | "arm64";
  /** The C library; null where the system has one only. */
  libc: "glibc" | "musl" | null;
}

/** Every machine that there are downloads for. */
export const TARGETS: Target[] = [
  { name: "linux-x64", os: "linux", cpu: "x64", libc: "glibc" },
  { name: "linux-arm64", os: "linux", cpu: "arm64", libc: "glibc" },
  { name: "linux-x64-musl", os: "linux", cpu: "x64", libc: "musl" },
  { name: "linux-arm64-musl", os: "linux", cpu: "arm64", libc: "musl" },
  { name: "darwin-x64", os: "darwin", cpu: "x64", libc: null },
  { name: "darwin-arm64", os: "darwin", cpu: "arm64", libc: null },
  { name: "windows-x64", os: "windows", cpu: "x64", libc: null },
  { name: "windows-arm64", os: "windows", cpu: "arm64", libc: null },
];

/** Name of the program inside the archive. */
export const programName = ({ os }: Target) => (os === "windows" ? "moat.exe" : "moat");

/** Name of the archive; without the version, so that `latest/download/NAME` stays the same address. */
export const archiveName = ({ name, os }: Target) => `moat-${name}.${os === "windows" ? "zip" : "tar.gz"}`;

/** Name of the bare program, compressed: what `moat update` takes. */
export const bareName = ({ name }: Target) => `moat-${name}.zst`;

/** The target of the machine that this runs on. */
export function hostTarget(): Target {
  const found = TARGETS.find(({ os, cpu }) => os === process.platform && cpu === process.arch);
  if (!found) throw new Error(`there is no target for ${process.platform} ${process.arch}`);
  return found;
}
