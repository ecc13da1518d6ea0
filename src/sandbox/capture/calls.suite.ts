// Every call that changes something, and what is to be recorded of it.

/** A Python snippet that runs in a directory of its own, and what the journal says of that directory. */
export interface RecordedCall {
  name: string;
  /** Files with this content are there before; a name that ends with a slash is a directory, `a -> b` a symlink, `a = b` a second name of b. */
  before: string[];
  run: string;
  lines: string[];
}

const f = ["f"];
const was = (name: string, how: "pack" | "link") => [`= ${name}`, `meta ${name} 644`, `${how} ${name} ${name}`];
const written = was("f", "pack");
const removed = was("f", "link");
/** System calls that Python has no function for, by their number on x86-64. */
export const PRELUDE = `
import ctypes, mmap, os, socket, sys
libc = ctypes.CDLL(None, use_errno=True)
call = lambda number, *words: libc.syscall(ctypes.c_long(number), *[w.encode() if isinstance(w, str) else ctypes.c_long(w) if isinstance(w, int) else w for w in words])
NOW = -100
`;

export const OPENS: RecordedCall[] = [
  { name: "open to read", before: f, run: "open('f').read()", lines: [] },
  { name: "open to write, and a second time", before: f, run: "open('f', 'w'); open('f', 'a')", lines: written },
  { name: "open to append", before: f, run: "open('f', 'a').write('x')", lines: written },
  { name: "open to read and cut", before: f, run: "os.open('f', os.O_RDONLY | os.O_TRUNC)", lines: written },
  { name: "open that makes", before: [], run: "open('f', 'w').write('x'); open('f', 'w')", lines: ["+ f"] },
  { name: "open that would make", before: f, run: "os.open('f', os.O_RDONLY | os.O_CREAT)", lines: [] },
  {
    name: "open that must make",
    before: f,
    run: "try: os.open('f', os.O_RDWR | os.O_CREAT | os.O_EXCL)\nexcept FileExistsError: pass",
    lines: [],
  },
  { name: "open of a path alone", before: f, run: "os.open('f', os.O_PATH | os.O_RDWR)", lines: [] },
  { name: "open by number", before: f, run: "call(2, 'f', 1)", lines: written },
  { name: "creat", before: f, run: "call(85, 'f', 0o600)", lines: written },
  { name: "creat of something new", before: [], run: "call(85, 'f', 0o600)", lines: ["+ f"] },
  {
    name: "openat2 to write",
    before: f,
    run: "call(437, NOW, 'f', (ctypes.c_ulong * 3)(1, 0, 0), 24)",
    lines: written,
  },
  { name: "openat2 to read", before: f, run: "call(437, NOW, 'f', (ctypes.c_ulong * 3)(0, 0, 0), 24)", lines: [] },
  { name: "truncate", before: f, run: "os.truncate('f', 1)", lines: written },
  {
    name: "a mapping that is written when its descriptor is closed",
    before: f,
    run: "d = os.open('f', os.O_RDWR); m = mmap.mmap(d, 1); os.close(d); m[0] = 88",
    lines: written,
  },
  {
    name: "a file without a name that gets one",
    before: [],
    run: "d = os.open('.', os.O_TMPFILE | os.O_RDWR); os.link(f'/proc/self/fd/{d}', 'f', src_dir_fd=0, follow_symlinks=True)",
    lines: ["+ f"],
  },
  { name: "a directory cannot be written", before: ["d/"], run: "call(2, 'd', 1)", lines: [] },
  { name: "a file of git's", before: [".git/", ".git/f"], run: "open('.git/f', 'w')", lines: [] },
];

export const NAMES: RecordedCall[] = [
  { name: "unlink", before: f, run: "os.unlink('f')", lines: removed },
  { name: "unlinkat", before: f, run: "os.unlink('f', dir_fd=os.open('.', 0))", lines: removed },
  { name: "unlink of nothing", before: [], run: "call(87, 'f')", lines: [] },
  {
    name: "unlink of a symlink",
    before: ["s -> f"],
    run: "os.unlink('s')",
    lines: ["= s", "meta s 777", "symlink s f"],
  },
  {
    name: "written, then removed",
    before: f,
    run: "open('f', 'w').write('x'); os.unlink('f')",
    lines: written,
  },
  {
    name: "one of two names removed, the other written",
    before: ["f", "g = f"],
    run: "os.unlink('f'); open('g', 'w').write('x')",
    // The kept name shows what was written: only the copy counts.
    lines: [...removed.slice(0, 2), "link f x", "= g", "pack g f"],
  },
  {
    name: "removed while it is open, then written by its descriptor",
    before: f,
    run: "d = os.open('f', 0); os.unlink('f'); open(f'/proc/self/fd/{d}', 'w').write('x')",
    lines: [...removed.slice(0, 2), "link f x", "pack f f"],
  },
  { name: "rmdir", before: ["d/"], run: "os.rmdir('d')", lines: ["= d", "meta d 755"] },
  {
    name: "unlinkat of a directory",
    before: ["d/"],
    run: "os.rmdir('d', dir_fd=os.open('.', 0))",
    lines: ["= d", "meta d 755"],
  },
  { name: "rename", before: f, run: "os.rename('f', 'g')", lines: ["= f", "+ g"] },
  { name: "rename by number", before: f, run: "call(82, 'f', 'g')", lines: ["= f", "+ g"] },
  {
    name: "rename over a file",
    before: ["f", "g"],
    run: "os.rename('f', 'g')",
    lines: ["= f", ...was("g", "link")],
  },
  {
    name: "rename of something new over a file",
    before: f,
    run: "open('n', 'w'); os.replace('n', 'f')",
    lines: ["+ n", ...removed],
  },
  {
    name: "rename that must not replace",
    before: ["f", "g"],
    run: "call(316, NOW, 'f', NOW, 'g', 1)",
    lines: [],
  },
  { name: "exchange", before: ["f", "g"], run: "call(316, NOW, 'f', NOW, 'g', 2)", lines: ["= f", "= g"] },
  {
    name: "what lies in a renamed directory is where it is now",
    before: ["d/", "d/f"],
    run: "os.rename('d', 'e'); open('e/f', 'w')",
    lines: ["= d", "+ e", "= e/f", "meta e/f 644", "pack e/f d/f"],
  },
  { name: "link", before: f, run: "os.link('f', 'g')", lines: ["+ g"] },
  { name: "symlink", before: f, run: "os.symlink('f', 's')", lines: ["+ s"] },
  {
    name: "mkdir, and all that is made in it",
    before: [],
    run: "os.mkdir('d'); open('d/f', 'w'); os.mkdir('d/d')",
    lines: ["+ d"],
  },
  { name: "mkdir of what is there", before: ["d/"], run: "call(83, 'd', 0o755)", lines: [] },
  { name: "mknod", before: [], run: "os.mkfifo('p')", lines: ["+ p"] },
  { name: "a socket", before: [], run: "os.mkfifo('p'); os.unlink('p')", lines: ["+ p"] },
  { name: "git's own directory", before: [".git/"], run: "os.rmdir('.git')", lines: ["gap 9 .git"] },
  { name: "git's directory, renamed", before: [".git/"], run: "os.rename('.git', 'g')", lines: ["gap 9 .git", "+ g"] },
  {
    name: "moved to where nothing is recorded",
    before: ["d/", "d/e/", "d/e/s/", "d/e/s/f"],
    run: "os.rename('d', os.environ['ELSEWHERE'] + '/d')",
    lines: [...["= d", "meta d 755", "= d/e", "meta d/e 755", "= d/e/s", "meta d/e/s 755"], ...was("d/e/s/f", "link")],
  },
  {
    name: "a second name where nothing is recorded",
    before: f,
    run: "os.link('f', os.environ['ELSEWHERE'] + '/l'); open(os.environ['ELSEWHERE'] + '/l', 'w')",
    lines: written,
  },
];

export const METADATA: RecordedCall[] = [
  { name: "chmod", before: f, run: "os.chmod('f', 0o600)", lines: ["= f", "meta f 644"] },
  {
    name: "chmod by number, twice",
    before: f,
    run: "call(90, 'f', 0o600); call(90, 'f', 0o604)",
    lines: ["= f", "meta f 644"],
  },
  { name: "fchmod", before: f, run: "os.fchmod(os.open('f', 0), 0o600)", lines: ["= f", "meta f 644"] },
  { name: "fchmod of something new", before: [], run: "os.fchmod(os.open('n', os.O_CREAT), 0o600)", lines: ["+ n"] },
  {
    name: "fchmod of a directory",
    before: ["d/"],
    run: "os.fchmod(os.open('d', 0), 0o700)",
    lines: ["= d", "meta d 755"],
  },
  { name: "fchmodat2", before: f, run: "call(452, NOW, 'f', 0o600, 0)", lines: ["= f", "meta f 644"] },
  {
    name: "fchownat of a descriptor",
    before: f,
    run: "call(260, os.open('f', 0), '', -1, -1, 0x1000)",
    lines: ["= f", "meta f 644"],
  },
  { name: "chown", before: f, run: "os.chown('f', -1, -1)", lines: ["= f", "meta f 644"] },
  { name: "lchown of a symlink", before: ["s -> f", "f"], run: "os.lchown('s', -1, -1)", lines: ["= s", "meta s 777"] },
  { name: "fchown", before: f, run: "os.fchown(os.open('f', 0), -1, -1)", lines: ["= f", "meta f 644"] },
  {
    name: "attributes",
    before: f,
    run: "os.setxattr('f', 'user.a', b'1')",
    lines: ["= f", "meta f 644"],
  },
  { name: "fsetxattr", before: f, run: "os.setxattr(os.open('f', 0), 'user.a', b'1')", lines: ["= f", "meta f 644"] },
  {
    name: "attributes that are there",
    before: ["f {user.a=one}"],
    run: "os.removexattr('f', 'user.a')",
    lines: ["= f", "meta f 644 user.a=one"],
  },
  {
    name: "chmod through a symlink",
    before: ["s -> f", "f"],
    run: "os.chmod('s', 0o600)",
    lines: ["= f", "meta f 644"],
  },
  { name: "times", before: f, run: "os.utime('f', (5, 5))", lines: [] },
];

export const PATHS: RecordedCall[] = [
  {
    name: "from another directory",
    before: ["d/", "f"],
    run: "os.chdir('d'); open('../f', 'w'); os.chdir('..')",
    lines: written,
  },
  {
    name: "from a descriptor",
    before: ["d/", "d/f"],
    run: "os.open('f', 1, dir_fd=os.open('d', 0))",
    lines: was("d/f", "pack"),
  },
  { name: "absolute", before: f, run: "open(os.getcwd() + '/f', 'w')", lines: written },
  { name: "with dots and slashes", before: ["d/", "f"], run: "open('.//d/.././/f', 'w')", lines: written },
  { name: "with a slash at the end", before: ["d/"], run: "os.rmdir('d//')", lines: ["= d", "meta d 755"] },
  {
    name: "a directory by its dot",
    before: ["d/"],
    run: "os.chdir('d'); os.chmod('.', 0o700); os.chdir('..')",
    lines: ["= d", "meta d 755"],
  },
  {
    name: "through a symlink of a directory",
    before: ["d/", "d/f", "s -> d"],
    run: "open('s/f', 'w')",
    lines: was("d/f", "pack"),
  },
  { name: "through symlinks of the file", before: ["f", "s -> t", "t -> f"], run: "open('s', 'w')", lines: written },
  { name: "through a symlink to nothing", before: ["s -> n"], run: "open('s', 'w')", lines: ["+ n"] },
  {
    name: "a symlink that is not followed",
    before: ["f", "s -> f"],
    run: "call(2, 's', 1 | os.O_NOFOLLOW)",
    lines: [],
  },
  { name: "through /proc/self/fd", before: f, run: "open(f'/proc/self/fd/{os.open(\"f\", 0)}', 'w')", lines: written },
  { name: "through /dev/fd", before: f, run: "open(f'/dev/fd/{os.open(\"f\", 0)}', 'w')", lines: written },
  { name: "beneath /proc/self/cwd", before: f, run: "open('/proc/self/cwd/f', 'w')", lines: written },
  {
    name: "beneath a descriptor",
    before: ["d/", "d/f"],
    run: "open(f'/proc/self/fd/{os.open(\"d\", 0)}/f', 'w')",
    lines: was("d/f", "pack"),
  },
  { name: "a name of 255 bytes", before: [], run: "open('n' * 255, 'w')", lines: [`+ ${"n".repeat(255)}`] },
  {
    name: "a directory that is gone",
    before: ["d/"],
    run: "os.chdir('d'); os.rmdir('../d'); call(85, 'f', 0o600); os.chdir(HERE)",
    lines: ["= d", "meta d 755"],
  },
];
