import type { DeviceKind, NamedDevice } from '../document/drop.js';
import type { XlAtom, XlValue } from '../xl-syntax/ast.js';
import type { XlSetting } from '../xl-syntax/settings.js';

/** A device of an xl.cfg: an item of a list. */
export interface XlDevice extends NamedDevice {
  readonly item: XlAtom;
}

/**
 * The lists of devices, and the parameters that identify one (xl.cfg(5), xl-disk-configuration(5),
 * xl-network-configuration(5)).
 */
const lists: Readonly<Record<string, { readonly kind: DeviceKind; readonly names: readonly string[] }>> = {
  disk: { kind: 'disk', names: ['vdev'] },
  vif: { kind: 'interface', names: ['mac', 'bridge'] },
  channel: { kind: 'channel', names: ['name'] },
  pci: { kind: 'hostdev', names: ['name'] },
  usbdev: { kind: 'hostdev', names: [] },
  dtdev: { kind: 'hostdev', names: [] },
  usbctrl: { kind: 'controller', names: [] },
  vfb: { kind: 'graphics', names: [] },
  vkb: { kind: 'input', names: ['unique-id'] },
  serial: { kind: 'serial', names: [] },
  vtpm: { kind: 'tpm', names: ['uuid', 'backend'] },
  p9: { kind: 'filesystem', names: ['tag'] },
};

/** All devices of an xl.cfg that are items of lists, with the names that select them. */
export function xlDevices(settings: ReadonlyMap<string, XlSetting>): readonly XlDevice[] {
  const places = new Map<DeviceKind, number>();
  return Object.entries(lists).flatMap(([key, { kind, names }]) => {
    const value = settings.get(key)?.value;
    const items = value?.kind === 'list' ? value.items : [];
    return items.flatMap((item) => {
      if (item.kind === 'list') return [];
      const place = (places.get(kind) ?? 0) + 1;
      places.set(kind, place);
      return {
        kind,
        names: namesOf(key, item.text, names),
        place,
        span: item.span,
        tagSpan: item.span,
        item,
      };
    });
  });
}

function namesOf(key: string, text: string, keys: readonly string[]): readonly string[] {
  const parts = text.split(',').map((part) => part.trim());
  const named = keys.flatMap((name) =>
    parts.flatMap((part) => (part.startsWith(`${name}=`) ? part.slice(name.length + 1).trim() : [])),
  );
  // The positions of a disk are target, format, vdev and access; older syntax has the vdev second.
  const positions = parts.filter((part) => !part.includes('='));
  const positional =
    key === 'disk' ? positions.slice(1, 3).map((part) => part.replace(/:cdrom$/, '')) : positions.slice(0, 1);
  const isName = (name: string): boolean =>
    name !== '' && (key !== 'disk' || /^(?:xvd|hd|sd|d[0-9]|0x|[0-9])/.test(name));
  return [...new Set([...named, ...positional].filter(isName))];
}

/** The settings without some of the devices. */
export function withoutDevices(
  settings: ReadonlyMap<string, XlSetting>,
  dropped: readonly XlDevice[],
): ReadonlyMap<string, XlSetting> {
  if (dropped.length === 0) return settings;
  const items = new Set<XlValue>(dropped.map(({ item }) => item));
  return new Map(
    [...settings].map(([key, setting]) => {
      const { value } = setting;
      if (value.kind !== 'list' || !value.items.some((item) => items.has(item))) return [key, setting];
      return [
        key,
        { ...setting, value: { ...value, items: value.items.filter((item) => !items.has(item)) } },
      ];
    }),
  );
}
