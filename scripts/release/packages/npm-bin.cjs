#!/usr/bin/env node
// Starts the program of the package for this machine, which npm installed beside this one. Nothing is downloaded.
"use strict";
const { spawn } = require("node:child_process");
const { join, dirname } = require("node:path");
const { optionalDependencies, name } = require("../package.json");

function target() {
  // Without this the report looks up names in the network.
  if (process.report) process.report.excludeNetwork = true;
  const os = process.platform === "win32" ? "windows" : process.platform;
  const musl = os === "linux" && !process.report.getReport().header.glibcVersionRuntime;
  return `${os}-${process.arch}${musl ? "-musl" : ""}`;
}

function program() {
  const wanted = Object.keys(optionalDependencies).find((dependency) => dependency.endsWith(`/${target()}`));
  if (wanted === undefined) throw new Error(`there is no ${name} for ${target()}`);
  try {
    const file = process.platform === "win32" ? "moat.exe" : "moat";
    return join(dirname(require.resolve(`${wanted}/package.json`)), "bin", file);
  } catch {
    throw new Error(`${wanted} is not installed: install ${name} again, without --omit=optional`);
  }
}

try {
  const child = spawn(program(), process.argv.slice(2), { stdio: "inherit" });
  child.on("error", ({ message }) => {
    console.error(`moat: ${message}`);
    process.exit(1);
  });
  // A terminal signals both processes; this one must outlive the program to tell how it ended.
  process.on("SIGINT", () => {});
  for (const signal of ["SIGTERM", "SIGHUP"]) process.on(signal, () => child.kill(signal));
  child.on("exit", (code, signal) => {
    if (signal === null) process.exit(code ?? 1);
    process.removeAllListeners(signal);
    process.kill(process.pid, signal);
  });
} catch (error) {
  console.error(`moat: ${error.message}`);
  process.exit(1);
}
