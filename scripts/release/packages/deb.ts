import { createHash } from "node:crypto";
import { repository } from "../../build/address.ts";
import { ar, type Entry, gzip, tar } from "../archive.ts";
import type { Target } from "../targets.ts";

/** Debian's names of our processors. */
const ARCHITECTURES: Record<Target["cpu"], string> = { x64: "amd64", arm64: "arm64" };

/** Name of the package's file, without the version as all assets. */
export const debName = ({ cpu }: Target) => `moat_${ARCHITECTURES[cpu]}.deb`;

/** Where Debian keeps what lies beside the program in an archive. */
const PLACES: Record<string, string> = {
  LICENSE: "usr/share/doc/moat/copyright",
  "THIRD_PARTY.txt": "usr/share/doc/moat/THIRD_PARTY.txt",
  "completions/moat.bash": "usr/share/bash-completion/completions/moat",
  "completions/_moat": "usr/share/zsh/vendor-completions/_moat",
  "completions/moat.fish": "usr/share/fish/vendor_completions.d/moat.fish",
};

/** A Debian package of one target. It has no script: it can be installed, removed and looked into without running anything. */
export function deb(target: Target, version: string, program: Uint8Array, beside: Entry[], seconds: number): Buffer {
  const files: Entry[] = [
    { path: "usr/bin/moat", bytes: program, mode: 0o755 },
    ...beside.flatMap(({ path, bytes }) => placed(path, bytes)),
  ].sort((a, b) => (a.path < b.path ? -1 : 1));
  const data = gzip(tar([...directories(files), ...files.map(dotted)], seconds));
  const control = gzip(
    tar(
      [
        { path: "./control", bytes: Buffer.from(controlText(target, version, files)), mode: 0o644 },
        { path: "./md5sums", bytes: Buffer.from(files.map(md5Line).join("")), mode: 0o644 },
      ],
      seconds,
    ),
  );
  const member = (path: string, bytes: Uint8Array): Entry => ({ path, bytes, mode: 0o644 });
  const members = [
    member("debian-binary", Buffer.from("2.0\n")),
    member("control.tar.gz", control),
    member("data.tar.gz", data),
  ];
  return ar(members, seconds);
}

function placed(path: string, bytes: Uint8Array): Entry[] {
  if (path === "moat.1") return [{ path: "usr/share/man/man1/moat.1.gz", bytes: gzip(bytes), mode: 0o644 }];
  const place = PLACES[path];
  return place === undefined ? [] : [{ path: place, bytes, mode: 0o644 }];
}

const dotted = (entry: Entry): Entry => ({ ...entry, path: `./${entry.path}` });

/** Every directory above the files, each before what is in it. */
function directories(files: Entry[]): Entry[] {
  const above = files.flatMap(({ path }) => {
    const parts = path.split("/").slice(0, -1);
    return parts.map((_, count) => `./${parts.slice(0, count + 1).join("/")}/`);
  });
  return ["./", ...new Set(above)].sort().map((path) => ({ path, bytes: new Uint8Array(), mode: 0o755 }));
}

const md5Line = ({ path, bytes }: Entry) => `${createHash("md5").update(bytes).digest("hex")}  ${path}\n`;

function controlText(target: Target, version: string, files: Entry[]): string {
  const kilobytes = Math.ceil(files.reduce((sum, { bytes }) => sum + bytes.length, 0) / 1024);
  return [
    "Package: moat",
    // A version like 1.0.0-rc.1 comes before 1.0.0 for Debian only with a tilde.
    `Version: ${version.replace("-", "~")}`,
    `Architecture: ${ARCHITECTURES[target.cpu]}`,
    "Maintainer: moat <moat@invalid>",
    `Installed-Size: ${kilobytes}`,
    "Depends: libc6 (>= 2.17)",
    "Recommends: bash, git",
    "Section: devel",
    "Priority: optional",
    `Homepage: ${repository()}`,
    "Description: coding agent for the terminal, behind a moat that the kernel enforces",
    " moat reads, edits and runs code in a repository. Every command that the model runs is",
    " confined with Landlock and seccomp, and with namespaces where the kernel allows them.",
    "",
  ].join("\n");
}
