import type { Report } from '../diagnostics/diagnostic.js';
import type { XmlElement } from './xml/element.js';

/** The powers of libvirt's units, by their first letter (virutil.c: virScaleInteger). */
const powers: Readonly<Record<string, number>> = { k: 1, m: 2, g: 3, t: 4, p: 5, e: 6 };

/** Far more than any machine has, and a safe integer in JavaScript. */
const maximumKiB = 2 ** 43;

/**
 * Reads an amount of memory with its `unit` (default: KiB), in KiB, rounded up.
 * @param attribute the attribute that contains it, if it is not the element's text
 */
export function parseSize(size: XmlElement, report: Report, attribute?: string): number | undefined {
  const text = attribute === undefined ? size.text() : (size.attribute(attribute) ?? '');
  const unit = size.attribute('unit') ?? 'KiB';
  const span = attribute === undefined ? size.textSpan : size.attributeSpan(attribute);
  const scale = scaleOf(unit.toLowerCase());
  if (scale === undefined) {
    report.add('value-invalid', `unknown unit '${unit}'`, size.attributeSpan('unit'), 'use KiB, MiB or GiB');
    return undefined;
  }
  if (!/^[0-9]{1,20}$/.test(text)) {
    report.add('value-invalid', `'${text}' is not a whole number`, span);
    return undefined;
  }
  // Exact: what is over 2^53 bytes is rejected.
  const kib = Math.ceil((Number(text) * scale) / 1024);
  if (kib > maximumKiB) {
    report.add('value-invalid', `${text} ${unit} is more memory than a domain can have`, span);
    return undefined;
  }
  return kib;
}

/** `k` and `KiB` are 1024, `KB` is 1000; an unknown unit and `b` are bytes. */
function scaleOf(unit: string): number | undefined {
  if (unit === 'b' || unit === 'byte' || unit === 'bytes') return 1;
  const match = /^([kmgtpe])(ib|b)?$/.exec(unit);
  if (!match) return undefined;
  return (match[2] === 'b' ? 1000 : 1024) ** (powers[match[1] ?? ''] ?? 0);
}
