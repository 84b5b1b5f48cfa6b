import { expect } from 'chai';
import { readFileSync } from 'node:fs';
import { xlOptions } from '../lib/xl/options/table.js';

/*
 * docs/formatdomain.md lists what the conversion omits with a warning: that xl lacks it. Each such element or attribute
 * is held against the names of xl's options and parameters, so that no text denies what there is under a like name.
 */

/** Parameters of devices that no option is named after (xl-disk-configuration(5), xl-network-configuration(5)). */
const parameters = [
  'discard',
  'trusted',
  'script',
  'rate',
  'vlan',
  'mtu',
  'gatewaydev',
  'permissive',
  'seize',
];

/** Words that half of all options and elements have in their names, and that say nothing alone. */
const generic =
  /^(?:type|mode|name|model|device|driver|path|host|port|source|vendor|version|size|user|memory|time|args|list)$/;

/**
 * Omitted elements with a name like that of an option which is something else, by the reason. Before you add one: does
 * the option do what the element says?
 */
const coincidences: Readonly<Record<string, string>> = {
  'blkiotune <weight>': 'cpu_weight is of CPUs',
  'cpu/numa/cell discard': 'it is of memory, the parameter of disks',
  'cputune <period>': 'it is a quota of CPU time, the option of a real-time scheduler',
  'devices/console <acpi>': 'it is a place in the tables, the option turns them on',
  'devices/disk <acpi>': 'as above',
  'devices/hostdev <acpi>': 'as above',
  'devices/input <acpi>': 'as above',
  'devices/interface <acpi>': 'as above',
  'devices/parallel <acpi>': 'as above',
  'devices/serial <acpi>': 'as above',
  'devices/sound <acpi>': 'as above',
  'devices/video <acpi>': 'as above',
  'devices/channel/source <clipboard>': 'it is of an agent channel of QEMU, the option of SPICE',
  'clock/timer': 'timer_mode is of all timers of a guest at once',
  'devices/channel/source <mouse>': 'it is of an agent channel of QEMU, the option of SPICE',
  'devices/parallel/source <mouse>': 'as above',
  'devices/serial/source <mouse>': 'as above',
  'devices/channel/source channel': 'it is of a SPICE port',
  'devices/parallel/source <clipboard>': 'as above',
  'devices/parallel/source channel': 'as above',
  'devices/serial/source <clipboard>': 'as above',
  'devices/serial/source channel': 'as above',
  'devices/disk <serial>': 'it is the serial number, the option a serial port',
  'devices/graphics <channel>': 'it is which part of SPICE requires TLS',
  'devices/hostdev <boot>': 'it is an order of devices; of disks and cards it is converted',
  'devices/interface <vlan>': 'it is of bridges that are not Open vSwitch; of the others it is converted',
  'features/xen': 'it is empty; what is in it is converted',
  'memoryBacking <discard>': 'it is of memory, the parameter of disks',
  'os <firmware>': 'it is a feature of the firmware; the choice of it is converted',
  'os <root>': 'it is the root of a container',
  'devices/channel/source <seclabel>': 'it is of a socket of the host, the option of the domain',
  'devices/disk/source/seclabel': 'it is of an image, the option of the domain',
  'devices/parallel/source <seclabel>': 'as above',
  'devices/serial/source <seclabel>': 'as above',
  vcpus: 'it is the state of single CPUs; their number is converted',
};

/** Every element (`<name>`) and attribute that is omitted, below the path of its parent. */
function omitted(page: string): readonly (readonly [place: string, name: string])[] {
  return page.split('\n').flatMap((line): (readonly [string, string])[] => {
    const [, alone] = /^- `(\w+)`$/.exec(line) ?? [];
    if (alone !== undefined) return [[alone, alone]];
    const [path = '', , , lost = '', ...rest] = line.split(/(?<!\\)\|/).slice(1, -1);
    const parent = /^ *`([^`]+)` *$/.exec(path)?.[1];
    if (parent === undefined || rest.length !== 1 || /^ *[0-9]+ *$/.test(lost)) return [];
    const names = [...lost.replaceAll(/`'[^`]*'`/g, '').matchAll(/`([^`]+)`/g)].map(([, name = '']) => name);
    const itself = /\bitself\b/.test(lost) ? [[parent, parent.replace(/.*\//, '')] as const] : [];
    return [...itself, ...names.map((name) => [`${parent} ${name}`, name.replaceAll(/[<>]/g, '')] as const)];
  });
}

/** The options that have a word in common with a name, but for generic words. */
function namesakes(name: string): readonly string[] {
  const word = name.toLowerCase();
  if (generic.test(word)) return [];
  const options = [...xlOptions.keys(), ...parameters];
  return options.filter((option) => option.split('_').includes(word) || option.replaceAll('_', '') === word);
}

describe('what is omitted with a warning', () => {
  const all = omitted(readFileSync('docs/formatdomain.md', 'utf8'));

  it('has no option of xl by a like name', () => {
    const doubtful = all.flatMap(([place, name]) => {
      const options = place in coincidences ? [] : namesakes(name);
      return options.length === 0 ? [] : [`${place} (${options.join(', ')})`];
    });
    expect(doubtful).to.deep.equal([]);
  });

  it('is read from the page, and is found', () => {
    expect(all).to.have.lengthOf.above(200);
    const row = "| `features` | `<acpi>` |  | `<gic>`, `state` `'on'` |  |";
    expect(omitted(row)).to.deep.equal([
      ['features <gic>', 'gic'],
      ['features state', 'state'],
    ]);
    for (const [name, option] of [
      ['gic', 'gic_version'],
      ['genid', 'ms_vm_genid'],
      ['streaming', 'spice_streaming_video'],
      ['image', 'spice_image_compression'],
      ['discard', 'discard'],
      ['smbios', 'smbios'],
    ] as const) {
      expect(namesakes(name), name).to.include(option);
    }
  });
});
