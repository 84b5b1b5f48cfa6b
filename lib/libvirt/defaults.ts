import type { XmlElement } from './xml/element.js';

/** An element that changes nothing for the guest. */
interface DefaultElement {
  /**
   * The values that each of its attributes can have; any value, if none is listed. Any other attribute makes a
   * difference.
   */
  readonly is?: Readonly<Record<string, readonly string[]>>;
  /** Its text (default: none); `*` is any text. */
  readonly text?: string;
  /** A required attribute. */
  readonly has?: string;
  readonly when?: (element: XmlElement) => boolean;
  readonly because?: string;
}

type Row = readonly [path: string, element: DefaultElement];

const off: DefaultElement = { is: { state: ['off'] } };
const anyValue: readonly string[] = [];

/** The security drivers of libvirt, which work on the host (src/security). */
const hostsModels = ['selinux', 'apparmor', 'dac'];

/** Whether a <seclabel> of a domain is for such a driver: one of KVM without a model is. */
export const isHostsLabel = (label: XmlElement): boolean =>
  label.parent?.peek('type') !== 'xen' || hostsModels.includes(label.peek('model') ?? '');

/** Of SELinux, AppArmor or the owner of a file: libvirt's Xen driver has no security driver of the host. */
export const hostsLabel = "the label is for the host's own security driver";

/**
 * Elements that are empty, switched off, or specify what a Xen guest has anyway, by their paths from below
 * <domain>: what libvirt adds to the XML of a running domain (virsh dumpxml, 9.0 and 11.3), and what virt-manager
 * always writes. A child requires its own row. The reader reports them as `implied`; with any other value they are
 * reported as omitted.
 */
const elements: readonly Row[] = [
  ...['cputune', 'numatune', 'memtune', 'blkiotune', 'memoryBacking', 'iothreadids'].map((path): Row => [
    path,
    {},
  ]),
  ...['features', 'features/kvm', 'features/hyperv', 'metadata', 'idmap', 'perf'].map((path): Row => [
    path,
    {},
  ]),
  ['resource', {}],
  ['resource/partition', { text: '/machine', because: 'libvirt places every domain there' }],
  ['os/bootmenu', { is: { enable: ['no'], timeout: anyValue } }],
  [
    'seclabel',
    { is: { type: ['dynamic', 'none'], model: anyValue, relabel: anyValue }, because: hostsLabel },
  ],
  [
    'seclabel',
    { when: isHostsLabel, is: { type: anyValue, model: anyValue, relabel: anyValue }, because: hostsLabel },
  ],
  ['seclabel/baselabel', { text: '*', because: hostsLabel }],
  ['seclabel/label', { text: '*', because: hostsLabel }],
  ['seclabel/imagelabel', { text: '*', because: hostsLabel }],
  [
    'os/firmware/feature',
    { is: { enabled: ['no'], name: anyValue }, because: "Xen's OVMF has no such feature" },
  ],
  ['os/bios', { is: { useserial: ['no'] } }],
  ['features/vmport', { is: { state: ['off'] }, because: "Xen's QEMU has none" }],
  [
    'features/gic',
    { is: { version: ['host'] }, because: 'a guest has the interrupt controller of its host' },
  ],
  ['features/smm', off],
  ['features/xen', {}],
  ['features/xen/e820_host', off],
  ['features/pmu', off],
  ['features/kvm/hidden', off],
  ['features/kvm/hint-dedicated', off],
  ['features/kvm/poll-control', off],
  ['features/pvspinlock', off],
  ['features/ioapic', { is: { driver: ['kvm', 'qemu'] }, because: 'Xen emulates the I/O APIC' }],
  [
    'cpu/feature',
    {
      is: { policy: ['require', 'optional'], name: anyValue },
      because: 'a Xen guest has the features of the host',
    },
  ],
  ['cpu/topology', { is: { sockets: anyValue, dies: ['1'], clusters: ['1'], cores: ['1'], threads: ['1'] } }],
  ['cpu/maxphysaddr', { is: { mode: ['passthrough'] } }],
  [
    'clock/timer',
    {
      is: { name: ['rtc'], tickpolicy: ['catchup'], track: ['guest'] },
      because: 'Xen delivers missed ticks by default',
    },
  ],
  ['clock/timer', { is: { name: ['pit'], tickpolicy: ['delay'] } }],
  ['clock/timer', { is: { name: ['hpet', 'hypervclock'], present: ['no'] }, has: 'present' }],
  [
    'clock/timer',
    { is: { name: ['kvmclock'], present: anyValue }, because: 'Xen has a clock of its own for its guests' },
  ],
  ['clock/timer', { is: { name: ['rtc', 'pit', 'tsc'], present: ['yes'] } }],
  ['devices/interface/link', { is: { state: ['up'] } }],
  ['devices/interface/rom', { is: { bar: ['on'], enabled: ['yes'] } }],
  ['devices/interface/bandwidth', {}],
  ['devices/interface/port', { is: { isolated: ['no'] } }],
  ['devices/interface/coalesce', {}],
  [
    'devices/interface/driver',
    {
      is: {
        ...{
          name: ['qemu', 'vhost'],
          txmode: anyValue,
          ioeventfd: anyValue,
          event_idx: anyValue,
          queues: anyValue,
        },
        ...{
          rx_queue_size: anyValue,
          tx_queue_size: anyValue,
          rss: anyValue,
          rss_hash_report: anyValue,
          page_per_vq: anyValue,
        },
        ...{ packed: anyValue, iommu: anyValue, ats: anyValue },
      },
      because: 'it tunes a virtio network card of KVM',
    },
  ],
  ['devices/hostdev/rom', { is: { bar: ['on'], enabled: ['yes'] } }],
  [
    'devices/audio',
    {
      is: { id: anyValue, type: ['none', 'spice'] },
      because: 'libvirt adds it; QEMU selects the audio backend',
    },
  ],
  ['devices/sound/audio', { is: { id: anyValue }, because: 'QEMU selects the audio backend' }],
  [
    'devices/watchdog',
    { is: { model: ['itco'], action: ['reset', 'none'] }, because: "it is part of KVM's q35 machine" },
  ],
  ['devices/watchdog/alias', { is: { name: anyValue } }],
  ['devices/video/model/acceleration', { is: { accel3d: ['no'], accel2d: ['no'] } }],
  ['devices/video/driver', {}],
  ['devices/graphics/gl', { is: { enable: ['no'] } }],
  ['devices/graphics/filetransfer', { is: { enable: ['yes'] } }],
  ['devices/disk/iotune', {}],
  ['devices/disk/mirror', {}],
];

/** The same for attributes of elements that are read. */
const attributes: Readonly<Record<string, readonly string[]>> = {
  'devices/disk/driver/@cache': ['default'],
  'devices/disk/driver/@discard': ['unmap'],
  'devices/disk/driver/@copy_on_read': ['off'],
  'devices/disk/driver/@detect_zeroes': ['off'],
  'devices/disk/driver/@ioeventfd': ['on'],
  'devices/disk/driver/@event_idx': ['on'],
  // Xen's backends report errors to the guest.
  'devices/disk/driver/@error_policy': ['default', 'report'],
  'devices/disk/@snapshot': ['internal', 'no'],
  'devices/disk/@rawio': ['no'],
  'devices/disk/@sgio': ['filtered'],
  'devices/disk/target/@tray': ['closed'],
  'devices/disk/target/@removable': ['off'],
  'devices/disk/source/@startupPolicy': ['mandatory'],
  'devices/graphics/@defaultMode': ['any'],
  'devices/graphics/@sharePolicy': ['allow-exclusive'],
  'devices/graphics/@powerControl': ['no'],
  'devices/video/model/@heads': ['1'],
  'devices/video/model/@primary': ['yes'],
  'devices/interface/@trustGuestRxFilters': ['no'],
  'vcpu/@placement': ['static'],
};

const theDefault = 'it is the default';

/** Why an element or one of its attributes can be omitted without a loss; undefined if it cannot. */
export function defaultReason(path: string, element: XmlElement, attribute?: string): string | undefined {
  if (attribute === undefined) return reasonOf(path, element);
  const values = Object.hasOwn(attributes, path) ? attributes[path] : undefined;
  return values?.includes(element.peek(attribute) ?? '') ? theDefault : undefined;
}

/** The rows by their paths. Built at the first use. */
let rowsByPath: ReadonlyMap<string, readonly DefaultElement[]> | undefined;

function reasonOf(path: string, element: XmlElement): string | undefined {
  rowsByPath ??= groupRows();
  const row = rowsByPath.get(path)?.find((one) => matches(element, one));
  if (!row || !element.children.every((child) => reasonOf(`${path}/${child.name}`, child) !== undefined))
    return undefined;
  return row.because ?? (isEmpty(element) ? 'it is empty' : theDefault);
}

function groupRows(): ReadonlyMap<string, readonly DefaultElement[]> {
  const groups = new Map<string, DefaultElement[]>();
  for (const [path, row] of elements) {
    const group = groups.get(path);
    if (group) group.push(row);
    else groups.set(path, [row]);
  }
  return groups;
}

const isEmpty = (element: XmlElement): boolean =>
  element.attributes.length === 0 && element.children.length === 0 && element.content.trim() === '';

function matches(
  element: XmlElement,
  { is = {}, text = '', has, when = () => true }: DefaultElement,
): boolean {
  const isPlain = text === '*' || element.content.trim() === text;
  return (
    isPlain &&
    (has === undefined || element.peek(has) !== undefined) &&
    when(element) &&
    element.attributes.every(([name, value]) => {
      const values = Object.hasOwn(is, name) ? is[name] : undefined;
      return values !== undefined && (values.length === 0 || values.includes(value));
    })
  );
}
