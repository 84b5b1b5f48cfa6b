/**
 * A guest of any type that only contains busybox, qemu-ga and init.sh, whose functions are commands for its ends of
 * the channels.
 */
import { randomUUID } from 'node:crypto';
import { waitFor, type Dom0 } from '../dom0/dom0.js';
import { attachConsole } from './console.js';

/** In /sys/bus/xen/devices of the guest's kernel. */
export interface GuestChannel {
  readonly devid: number;
  /** `Initialised`, `Connected`, `Closing` ... */
  readonly state: string;
  readonly name: string;
}

export interface Job {
  /** Its output after its exit. Throws like `Guest.run`. */
  readonly result: (limitMs?: number) => Promise<string>;
}

/** The values of `type` in xl.cfg. */
export type GuestType = 'pv' | 'pvh' | 'hvm';

export interface Guest {
  readonly name: string;
  readonly type: GuestType;
  readonly domid: number;
  /**
   * Runs a line in the shell of the guest, one at a time; use `job` for what takes longer.
   * @returns its standard output and standard error
   * @throws if its exit status is not 0
   */
  readonly run: (line: string, limitMs?: number) => Promise<string>;
  /** Runs a line in the background. */
  readonly job: (line: string) => Promise<Job>;
  readonly channels: () => Promise<readonly GuestChannel[]>;
  /** Waits until the guest has exactly these channels, all of them Connected. */
  readonly connected: (names: readonly string[], limitMs?: number) => Promise<readonly GuestChannel[]>;
  /** Starts to answer each line on /dev/hvcTTY with `echo:` and the same line. */
  readonly echo: (tty: number) => Promise<void>;
  /** Starts QEMU's guest agent on /dev/hvcTTY. */
  readonly agent: (tty: number) => Promise<void>;
  /** Sends this number of random bytes. @returns their SHA-256 */
  readonly send: (tty: number, count: number) => Promise<Job>;
  /** Receives this number of bytes. @returns their SHA-256 */
  readonly sink: (tty: number, count: number) => Promise<Job>;
}

/** The kernel and initrd of a PV or PVH guest, in dom0. */
export const guestKernel = '/lab/guest/vmlinux';
export const guestRamdisk = '/lab/guest/initramfs';

/** The same on a disk, for HVM guests; init.sh creates it. It is read-only and can be shared by guests. */
const bootDisk = '/run/guest/boot.img';

/**
 * How QEMU boots from such a disk: by virtio, because the BIOS reads Xen's emulated disks two bytes at a time. The
 * guest does not need a driver for it.
 */
const bootArguments = (disk: string): readonly string[] => [
  '-drive',
  `file=${disk},format=raw,if=none,id=boot,readonly=on`,
  '-device',
  'virtio-blk-pci,drive=boot',
];

/** A document with these arguments for the device model. */
export const withBootDisk = (xml: string, disk: string): string =>
  xml.replace(/<domain /, "<domain xmlns:xen='http://libvirt.org/schemas/domain/xen/1.0' ").replace(
    '</domain>',
    `<xen:commandline>${bootArguments(disk)
      .map((word) => `<xen:arg value='${word}'/>`)
      .join('')}</xen:commandline></domain>`,
  );

/** Linux does not have to calibrate a clock that counts executed instructions. */
const cmdlineOf = (type: 'pv' | 'pvh'): string =>
  `console=hvc0 mitigations=off quiet${type === 'pv' ? '' : ' tsc=reliable lpj=4000000 no_timer_check pci=noearly'}`;

/** Without it, each reading of the clock would be an exit to Xen, which emulates it. */
const tscMode = 'native';

interface GuestOptions {
  readonly type?: GuestType;
  /** In MiB; there is memory for three guests of 256 MiB beside dom0. */
  readonly memory?: number;
  /** What it boots, in dom0 (default: the small guest). */
  readonly boot?: BootFiles;
}

interface BootFiles {
  /** Of a PV or PVH guest. */
  readonly ramdisk: string;
  /** Of an HVM guest. */
  readonly disk: string;
}

const busybox: BootFiles = { ramdisk: guestRamdisk, disk: bootDisk };

/** The xl.cfg of a guest without channels; more settings can be appended, one per line. */
export const guestConfig = (
  name: string,
  { type = 'pv', memory = 256, boot = busybox }: GuestOptions = {},
): string => `\
name = "${name}"
type = "${type}"
memory = ${memory}
vcpus = 1
on_crash = "preserve"
${type === 'pv' ? '' : `tsc_mode = "${tscMode}"\n`}${type === 'hvm' ? hvmBoot(boot.disk) : directBoot(type, boot.ramdisk)}`;

const directBoot = (type: 'pv' | 'pvh', ramdisk: string): string => `\
kernel = "${guestKernel}"
ramdisk = "${ramdisk}"
cmdline = "${cmdlineOf(type)}"
`;

const hvmBoot = (disk: string): string => `\
device_model_args_hvm = ${JSON.stringify(bootArguments(disk))}
vga = "none"
vnc = 0
`;

/** The `<type>` of `<os>`, as written by libvirt's Xen driver. */
const osTypes = {
  pv: "<type machine='xenpv'>linux</type>",
  pvh: "<type machine='xenpvh'>xenpvh</type>",
  hvm: "<type machine='xenfv'>hvm</type>",
} as const;

/** Further elements of each type: ACPI for HVM, and how the clock is read. */
const platformOf = (type: GuestType): string =>
  (type === 'hvm' ? '  <features><acpi/><apic/></features>\n' : '') +
  (type === 'pv' ? '' : `  <clock offset='utc'><timer name='tsc' mode='${tscMode}'/></clock>\n`);

/** The same as domain XML, with these `<channel>` elements. */
export function guestXml(name: string, channels = '', type: GuestType = 'pv'): string {
  const xml = `\
<domain type='xen'>
  <name>${name}</name>
  <memory unit='MiB'>256</memory>
  <vcpu>1</vcpu>
  <os>
    ${osTypes[type]}
${type === 'hvm' ? '' : directBootXml(type)}\
  </os>
${platformOf(type)}  <on_crash>preserve</on_crash>
  <devices>
${channels}
${type === 'hvm' ? "    <video><model type='none'/></video>\n" : ''}\
  </devices>
</domain>
`;
  return type === 'hvm' ? withBootDisk(xml, bootDisk) : xml;
}

const directBootXml = (type: 'pv' | 'pvh'): string => `\
    <kernel>${guestKernel}</kernel>
    <initrd>${guestRamdisk}</initrd>
    <cmdline>${cmdlineOf(type)}</cmdline>
`;

/**
 * Starts a guest with `xl create`.
 * @param config an xl.cfg
 */
export async function createGuest(
  dom0: Dom0,
  name: string,
  config: string,
  type: GuestType = 'pv',
): Promise<Guest> {
  const file = `/run/lab/${name}.cfg`;
  await dom0.write(file, config);
  await dom0.run(['xl', 'create', file]);
  return attachGuest(dom0, name, type);
}

/** Thrown if an HVM guest does not boot: sometimes it hangs in its firmware, and the emulator is slow from then on. */
export class FirmwareHangs extends Error {}

/** A running guest, however it was started. @throws {FirmwareHangs} */
export async function attachGuest(dom0: Dom0, name: string, type: GuestType = 'pv'): Promise<Guest> {
  const domid = Number(await dom0.run(['xl', 'domid', name]));
  const console = await attachConsole(dom0, domid);
  try {
    await console.run('true'); // It answers as soon as it has booted.
  } catch (error) {
    throw type === 'hvm' ? new FirmwareHangs(`${name} has not booted`, { cause: error }) : error;
  }
  return guestOn(console.run, { name, type, domid });
}

function guestOn(run: Guest['run'], identity: Pick<Guest, 'name' | 'type' | 'domid'>): Guest {
  const job: Guest['job'] = async (line) => {
    const files = `/run/jobs/${randomUUID()}`;
    await run(`((${line}) >${files}.output 2>&1 </dev/null; echo $? >${files}.done) &`);
    return {
      result: async (limitMs) => {
        const status = await waitFor(
          `end of ${line} in the guest`,
          async () => (await run(`cat ${files}.done 2>/dev/null || true`)) || undefined,
          limitMs,
        );
        const output = await run(`cat ${files}.output`);
        if (status !== '0') throw new Error(`${line}, in the guest, ended with status ${status}\n${output}`);
        return output;
      },
    };
  };

  const channels = async (): Promise<readonly GuestChannel[]> => {
    const lines = (await run('channels')).split('\n').filter((line) => line !== '');
    return lines.map((line) => {
      const [, devid, state = '', channel = ''] = /^(\d+) (\S*) (.*)$/.exec(line) ?? [];
      return { devid: Number(devid), state, name: channel };
    });
  };

  /** Makes the tty raw before data is sent; otherwise it would echo the data. */
  const onRaw = async (tty: number, line: string) => {
    await run(`raw ${tty}`);
    return job(line);
  };

  return {
    ...identity,
    run,
    job,
    channels,
    connected: async (names, limitMs) => {
      const expected = names.toSorted().join();
      let seen: readonly GuestChannel[] = [];
      const look = async () => {
        seen = await channels();
        const isConnected = seen.every(({ state }) => state === 'Connected');
        return isConnected &&
          seen
            .map((channel) => channel.name)
            .toSorted()
            .join() === expected
          ? seen
          : undefined;
      };
      try {
        return await waitFor(`guest with the channels ${expected}, all Connected`, look, limitMs);
      } catch (error) {
        throw new Error(`the guest has ${JSON.stringify(seen)}`, { cause: error });
      }
    },
    echo: async (tty) => {
      await onRaw(tty, `echo_lines ${tty}`);
    },
    agent: async (tty) => {
      await onRaw(tty, `agent ${tty}`);
    },
    send: (tty, count) => onRaw(tty, `send ${tty} ${count}`),
    sink: (tty, count) => onRaw(tty, `sink ${tty} ${count}`),
  };
}
