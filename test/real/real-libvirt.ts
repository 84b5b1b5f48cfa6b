/**
 * Debian's libvirtd with its Xen driver, on a machine without Xen: libvirt-without-xen.c answers its requests to the
 * hypervisor. It runs in a mount namespace with empty directories, so that the libvirt of the machine is not affected.
 * It loads only that driver: libvirtd exits if any driver fails, as QEMU's does without its user, and the installed
 * drivers differ between machines.
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
 * Starts the daemon, then defines and starts each domain; `virsh` prints why a domain is rejected.
 * LIBVIRT_DRIVER_DIR is the directory of libvirtd's drivers (virDriverLoadModule).
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
 * The result of the driver for domains named `g`: `accepted` if the driver called libxl, otherwise its error message.
 * @returns undefined if a tool is missing, which has been reported
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

/** Debian's directory of libraries depends on the processor architecture. */
const driverDirectory = (): string | undefined =>
  readdirSync('/usr/lib')
    .map((name) => join('/usr/lib', name, 'libvirt/connection-driver'))
    .find((path) => existsSync(join(path, driver)));
