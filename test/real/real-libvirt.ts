/**
 * libvirtd with its own Xen driver, as Debian ships it, on a machine without Xen:
 * libvirt-without-xen.c answers what it asks of the hypervisor. It runs in a mount namespace
 * with empty directories of its own, so the machine's libvirt is not touched. It loads that driver
 * alone: libvirtd ends where a single driver fails, as QEMU's does without its user, and which
 * drivers are installed differs from machine to machine.
 */
import { execFileSync, spawnSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { missing, say } from '../requirements.js';

const packages = 'libvirt-daemon, libvirt-daemon-driver-xen, libvirt-clients, libxen-dev, gcc';
const driver = 'libvirt_driver_libxl.so';
const source = fileURLToPath(new URL('libvirt-without-xen.c', import.meta.url));

/**
 * Starts the daemon, and defines and starts each domain; `virsh` says why one is refused.
 * LIBVIRT_DRIVER_DIR is where libvirtd looks for its drivers (virDriverLoadModule).
 */
const script = String.raw`
set -e
folder=$1
for directory in /run /var/lib/libvirt /etc/libvirt /var/log/libvirt /var/cache/libvirt; do
  mkdir -p $directory
  mount -t tmpfs none $directory
done
mkdir -p /run/libvirt /run/lock /run/xen
echo control_d >"$folder/capabilities"
printf 'unix_sock_dir = "/run/libvirt"\nauth_unix_rw = "none"\nlog_outputs = "3:file:%s"\n' "$folder/log" >"$folder/conf"
export V2X_CAPABILITIES="$folder/capabilities" V2X_CREATED="$folder/created" LIBVIRT_DRIVER_DIR="$folder/drivers"
LD_PRELOAD="$folder/libvirt-without-xen.so" libvirtd -f "$folder/conf" -p "$folder/pid" >"$folder/printed" 2>&1 &
daemon=$!
trap 'kill $daemon 2>/dev/null' EXIT
virsh() { command virsh -q -c xen:///system "$@"; }
tries=0
until virsh version >"$folder/answer" 2>&1; do
  tries=$((tries + 1))
  if [ $tries -ge 60 ] || ! kill -0 $daemon; then
    cat "$folder/answer" "$folder/printed" "$folder/log" >&2
    exit 1
  fi
  sleep 0.5
done
for xml in "$folder"/*.xml; do
  rm -f "$folder/created"
  { virsh define "$xml" && virsh start g; } >"$xml.verdict" 2>&1 || true
  [ ! -e "$folder/created" ] || echo accepted >"$xml.verdict"
  virsh undefine g >/dev/null 2>&1 || true
done
`;

/**
 * What the driver says of domains that are called `g`: `accepted` if it came as far as handing
 * it over to libxl, else its message.
 * @returns nothing if the tools are missing, which was printed then
 */
export function judgeByLibvirt(documents: readonly string[]): readonly string[] | undefined {
  const directory = driverDirectory();
  if (!existsSync('/usr/sbin/libvirtd') || directory === undefined) {
    missing('Xen driver of libvirt', packages, 'there is no libvirtd with that driver');
    return undefined;
  }
  if (process.getuid?.() !== 0) {
    say("no tests against libvirt's Xen driver: libvirtd runs as root only");
    return undefined;
  }
  const folder = mkdtempSync(join(tmpdir(), 'virt2xen-real-libvirt-'));
  try {
    const library = join(folder, 'libvirt-without-xen.so');
    try {
      execFileSync('gcc', ['-Wall', '-shared', '-fPIC', '-o', library, source, '-ldl'], { stdio: 'pipe' });
    } catch (error) {
      missing('Xen driver of libvirt', packages, `libvirt-without-xen.c cannot be built: ${String(error)}`);
      return undefined;
    }
    mkdirSync(join(folder, 'drivers'));
    symlinkSync(join(directory, driver), join(folder, 'drivers', driver));
    const files = documents.map((text, i) => {
      const file = join(folder, `${String(i).padStart(4, '0')}.xml`);
      writeFileSync(file, text);
      return file;
    });
    const { status, stderr } = spawnSync('unshare', ['--mount', 'sh', '-c', script, 'sh', folder], {
      encoding: 'utf8',
    });
    if (status !== 0) throw new Error(`libvirtd did not come up: ${stderr}`);
    return files.map((file) => readFileSync(`${file}.verdict`, 'utf8').trim());
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** Debian keeps libraries in a directory of the processor's. */
const driverDirectory = (): string | undefined =>
  readdirSync('/usr/lib')
    .map((name) => join('/usr/lib', name, 'libvirt/connection-driver'))
    .find((path) => existsSync(join(path, driver)));
