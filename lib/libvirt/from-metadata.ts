import type { Report } from '../diagnostics/diagnostic.js';
import type { Span } from '../diagnostics/span.js';
import { preservedHint, type PreservedSetting } from '../model/preserved.js';
import type { XmlElement } from './xml/element.js';

/** What an earlier conversion from xl.cfg preserved in <metadata>: whole settings, and elements of descriptors. */
export class PreservedFromXl {
  readonly settings: readonly PreservedSetting[];
  readonly #items: ReadonlyMap<string, readonly XmlElement[]>;
  /** By name and attribute, built at the first look-up: a domain can have thousands of devices. */
  readonly #indexes = new Map<string, ReadonlyMap<string | undefined, XmlElement>>();

  constructor(settings: readonly PreservedSetting[], items: ReadonlyMap<string, readonly XmlElement[]>) {
    this.settings = settings;
    this.#items = items;
  }

  /** The preserved elements of a name. */
  all(name: string): readonly XmlElement[] {
    return this.#items.get(name) ?? [];
  }

  /** The preserved element of one device; of several, the last. */
  find(name: string, attribute: string, value: string): XmlElement | undefined {
    const key = `${name} ${attribute}`;
    let index = this.#indexes.get(key);
    if (!index) {
      index = new Map(this.all(name).map((item) => [item.peek(attribute), item]));
      this.#indexes.set(key, index);
    }
    return index.get(value);
  }

  /** The preserved parameters of one device. */
  parameters(name: string, attribute: string, value: string): readonly string[] | undefined {
    return this.find(name, attribute, value)?.text().split(',');
  }
}

/** Reports the parameters of a device that only xl has: libvirt ignores them, although they are preserved. */
export function reportXlOnly(
  what: string,
  parameters: readonly string[] | undefined,
  span: Span | undefined,
  report: Report,
): void {
  for (const parameter of parameters ?? []) {
    const message = `'${parameter}' of ${what} has no counterpart in libvirt's XML`;
    report.add('not-implemented', message, span, preservedHint);
  }
}
