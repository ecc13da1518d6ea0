/** Programs that are known to change something, with what they change. Everything that is in no table is unknown. */
const PROGRAMS: Record<string, string> = {
  "rm rmdir unlink shred": "deletes files",
  "mv cp ln install rsync dd truncate tee split csplit mkdir mkfifo mknod mktemp touch patch": "writes files",
  "chmod chown chgrp chattr setfacl": "changes permissions",
  "kill killall pkill": "ends processes",
  "mkfs fdisk parted mount umount swapon swapoff losetup": "changes disks",
  "shutdown reboot halt poweroff systemctl service launchctl crontab at": "changes the system",
  "useradd userdel usermod groupadd passwd chpasswd": "changes users",
  "apt apt-get dpkg yum dnf rpm pacman apk brew snap flatpak": "changes installed packages",
  "iptables nft ufw ip route ifconfig": "changes the network",
};

const GIT: Record<string, string> = {
  "add commit merge rebase cherry-pick revert am apply rm mv checkout switch restore reset clean stash tag branch":
    "changes the repository or the working tree",
  push: "changes the remote repository",
  "fetch pull clone init remote submodule worktree config gc prune update-ref update-index filter-branch":
    "changes the repository",
};

function lookUp(table: Record<string, string>, name: string): string | null {
  const hit = Object.entries(table).find(([names]) => names.split(" ").includes(name));
  return hit === undefined ? null : hit[1];
}

/** What the program is known to change; null when it is not known to. */
export function knownEffect(program: string): string | null {
  return lookUp(PROGRAMS, program);
}

/** The same for a subcommand of git. */
export function knownGitEffect(subcommand: string): string | null {
  return lookUp(GIT, subcommand);
}

/** Every entry of both tables, for the documentation: names, and what they do. */
export function knownEffects(): { names: string[]; effect: string }[] {
  const list = (table: Record<string, string>, before: string) =>
    Object.entries(table).map(([names, effect]) => ({ names: names.split(" ").map((name) => before + name), effect }));
  return [...list(PROGRAMS, ""), ...list(GIT, "git ")];
}
