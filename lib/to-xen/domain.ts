import type { Report } from '../diagnostics/diagnostic.js';
import { derive, originOf } from '../diagnostics/origin.js';
import type { FormatOptions } from '../document/options.js';
import { isLibvirts } from '../document/profile.js';
import type { Domain } from '../model/domain.js';
import type { Os } from '../model/os.js';
import { changeEach } from './change.js';
import { channelsToXen } from './channel.js';
import { disksToXen, reportBus, withoutEmptyDrives } from './disk.js';
import { featuresToXen } from './features.js';
import { bridgesOfUnbridged, interfaceToXen } from './interface.js';
import { convertKernelArguments, renamedDisks } from './kernel-arguments.js';
import { numaToXen } from './numa.js';

/**
 * Converts a domain to one that Xen can run: the virtio devices of a KVM domain become Xen's paravirtual
 * devices, names that xl rejects are replaced, and channels without a path get the one that
 * libvirt's Xen driver would choose. docs/kvm-to-xen.md has the table.
 * @returns the same domain if nothing has to change
 */
export function toXen(
  domain: Domain,
  report: Report,
  to: 'libvirt' | 'xl' = 'xl',
  options: FormatOptions = {},
): Domain {
  const { hypervisor, os } = domain;
  const isXl = to === 'xl';
  const drives = isXl ? withoutEmptyDrives(domain, report) : domain.disks;
  // libvirt's converter copies the names of an xl.cfg; what libxl rejects of them, the check reports.
  const isCopied = !isXl && isLibvirts(options) && hypervisor === 'xen';
  const disks = isCopied ? drives : disksToXen({ hypervisor, os, disks: drives }, report, options);
  if (isXl) for (const disk of disks) reportBus(disk, os, report);
  const networks = domain.interfaces.map(({ source }) =>
    source.kind === 'network' ? source.network : undefined,
  );
  const bridges = bridgesOfUnbridged(options, networks);
  const numa = isXl ? numaToXen(domain, report) : domain.numa;
  const { channels, deviceModelArguments } = channelsToXen(domain, report, to, options);
  const converted = {
    hypervisor: 'xen',
    channels,
    deviceModelArguments,
    disks,
    interfaces: changeEach(domain.interfaces, (nic) => interfaceToXen(nic, hypervisor, bridges, report)),
    numa,
    features: featuresToXen(domain, numa, report),
    os: kernelToXen(withoutBootDisk(os), domain, disks, report),
  } as const;
  const parts = Object.keys(converted) as (keyof typeof converted)[];
  const isXen = parts.every((part) => domain[part] === converted[part]);
  return isXen ? domain : derive<Domain>(domain, converted);
}

/** The names of the disks say now which of them is booted. */
function withoutBootDisk(os: Os): Os {
  if (os.type !== 'hvm' || os.bootDisk === undefined) return os;
  return derive(os, { bootDisk: undefined });
}

function kernelToXen(os: Os, before: Domain, disks: Domain['disks'], report: Report): Os {
  if (before.hypervisor !== 'kvm' || os.cmdline === undefined) return os;
  const renamed = {
    disks: renamedDisks(before.disks, disks, { from: 'vd', to: 'xvd' }),
    xenConsole: os.type !== 'hvm',
  };
  const cmdline = convertKernelArguments(os.cmdline, 'xen', renamed, report, originOf(os, 'cmdline'));
  return cmdline === os.cmdline ? os : derive<Os>(os, { cmdline });
}
