import { type Check, mutating, unknown } from "../finding.ts";
import { mayBeOption } from "../shell/word.ts";

/** `tar -tf FILE` and nothing behind it. */
export const tar: Check = ([mode, file, ...rest]) => {
  // A colon in the name makes GNU tar start a remote shell.
  const plain = file !== undefined && file.text !== null && !/:|^-/.test(file.text);
  const lists = /^-?t[vzjJ]*f$/.test(mode?.text ?? "");
  return lists && plain && rest.length === 0 ? null : unknown("only `tar -tf FILE` is known to only read");
};

/** One option that lists and one archive: `--l` and the like turn listing off again. */
export const unzip: Check = ([mode, archive, ...rest]) => {
  const lists = /^-(?:l|v|Z1?)$/.test(mode?.text ?? "");
  const one = archive !== undefined && !mayBeOption(archive) && !archive.many && rest.length === 0;
  return lists && one ? null : mutating("it unpacks files");
};

/** Its list of options was checked. Those behind the first file may be taken for files. */
export const gzip: Check = (args) => {
  const first = args.findIndex((word) => !mayBeOption(word) || word.text === "-" || word.text === "--");
  const options = first === -1 ? args : args.slice(0, first);
  const keeps = options.some((word) => /[clt]/.test(word.text ?? ""));
  return keeps ? null : mutating("it replaces the file");
};
