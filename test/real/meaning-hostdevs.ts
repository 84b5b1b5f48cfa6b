/** Host devices and sound cards in libxl's terms: libxl_device_pci, _usbdev and _usbctrl. */
import type { Domain, PciHostdev, Sound } from '../../lib/index.js';
import type { Json, JsonObject } from './json.js';

export const pciDevicesOf = ({ hostdevs }: Domain): readonly JsonObject[] =>
  hostdevs.flatMap((hostdev) => (hostdev.kind === 'pci' ? [pciOf(hostdev)] : []));

function pciOf({ source, permissive, managed, xlParameters = [] }: PciHostdev): JsonObject {
  const value = (key: string): string | undefined =>
    xlParameters.find((parameter) => parameter.startsWith(`${key}=`))?.slice(key.length + 1);
  const where: JsonObject =
    'name' in source
      ? { name: source.name }
      : {
          domain: source.domain || null,
          bus: source.bus || null,
          dev: source.slot || null,
          func: source.function === 'all' ? null : source.function || null,
          // libxl.h: LIBXL_PCI_FUNC_ALL
          vfunc_mask: source.function === 'all' ? 0xffffffff : 1,
        };
  return {
    ...where,
    // Slot and function in one byte.
    vdevfn: Number.parseInt(value('vslot') ?? '0', 16) * 8 || null,
    permissive: permissive || null,
    seize: managed || null,
    msitranslate: Number(value('msitranslate') ?? 0) !== 0 || null,
    power_mgmt: Number(value('power_mgmt') ?? 0) !== 0 || null,
  };
}

/** xl prints the numbers of a device because real-xl.ts specifies the type. */
export const usbDevicesOf = ({ hostdevs }: Domain): readonly JsonObject[] =>
  hostdevs.flatMap((hostdev) =>
    hostdev.kind === 'usb' ? [{ 'type.hostdev': { hostbus: hostdev.bus, hostaddr: hostdev.device } }] : [],
  );

export const usbControllersOf = ({ usbControllers }: Domain): readonly JsonObject[] =>
  usbControllers.map(({ version, ports }, devid) => ({
    type: 'qusb',
    devid,
    version: version ?? null,
    ports: ports ?? null,
  }));

/** qemu(1), `-soundhw`: Intel HD Audio has another name than in libvirt. */
const cards: Readonly<Record<Sound['model'], string>> = {
  ich6: 'hda',
  ac97: 'ac97',
  es1370: 'es1370',
  sb16: 'sb16',
};

export const soundOf = ({ sounds }: Domain): Json =>
  sounds.map(({ model }) => cards[model]).join(',') || null;
