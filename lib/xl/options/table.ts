import { deviceModelOptions } from './device-model.js';
import { deviceOptions } from './devices.js';
import { displayOptions } from './displays.js';
import { guestOptions } from './guest.js';
import type { OptionTable, XlOption } from './option.js';
import { platformOptions } from './platform.js';

/**
 * Every option that xl reads, up to Xen 4.21: those of xl.cfg(5), and the older ones that xl_parse.c still reads.
 * docs/xl-options.md is generated from it.
 */
export const optionSections = [
  { title: 'The guest', options: guestOptions },
  { title: 'The platform', options: platformOptions },
  { title: 'Devices', options: deviceOptions },
  { title: 'Displays, sound and input', options: displayOptions },
  { title: 'The device model', options: deviceModelOptions },
] as const satisfies readonly { readonly title: string; readonly options: OptionTable }[];

type KeysOf<Table> = Table extends unknown ? keyof Table & string : never;

/** The name of an option that xl reads. */
export type XlOptionName = KeysOf<(typeof optionSections)[number]['options']>;

/** All options by name. */
export const xlOptions: ReadonlyMap<string, XlOption> = new Map(
  optionSections.flatMap(({ options }) => Object.entries<XlOption>(options)),
);
