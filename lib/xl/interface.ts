import type { Report } from '../diagnostics/diagnostic.js';
import type { Span } from '../diagnostics/span.js';
import { originOf, withOrigin } from '../diagnostics/origin.js';
import { omitUndefined } from '../language/omit-undefined.js';
import { generatedDevice, isUnicast, usualScript, type Interface } from '../model/interface.js';
import { isIpv4, isIpv6 } from '../model/ip-address.js';
import type { Os } from '../model/os.js';
import type { FormatOptions } from '../document/options.js';
import { isLibvirts } from '../document/profile.js';
import type { XlOutput } from './output.js';
import { bridgeOf, libvirtsSourceOf, sourceOf } from './bridge.js';
import {
  parameterOf,
  preservedParameters,
  setParameter,
  splitAtCommas,
  type Parameter,
} from './parameters.js';
import { readRate } from './rate.js';
import type { XlAtom } from '../xl-syntax/ast.js';
import type { XlReader } from './reader.js';
import type { XlDescriptor } from './descriptor.js';

export const interfaces: XlDescriptor<'interfaces'> = {
  field: 'interfaces',
  keys: { vif: 'devices/interface' },
  owned: ['vif'],
  read: ({ xl, field, report, options }) => readInterfaces(xl, field('os'), report, options),
  write: (value, { out, domain, report, options }) => writeInterfaces(value, domain.os, out, report, options),
};

/** Parameters of xl_parse.c: parse_nic_config that libvirt cannot express. */
const xlOnly = /^(?:netdev|gatewaydev|devid|forwarddev|vlan|colo_\w+)=|^(?:trusted|untrusted)$/;

/** Those, and forms of other parameters that libvirt cannot express. */
const keepable = new RegExp(`${xlOnly.source}|^(?:rate|model|vifname|ip)=|^mtu=\\s*[-+]?[0-9]`);

/** Reads `vif = [ ... ]`. */
function readInterfaces(xl: XlReader, os: Os, report: Report, options: FormatOptions): readonly Interface[] {
  return (xl.list('vif') ?? []).map((atom) => readInterface(atom, os, report, options));
}

function readInterface(atom: XlAtom, os: Os, report: Report, options: FormatOptions): Interface {
  const known = new Map<string, Parameter>();
  const others: string[] = [];
  for (const piece of splitAtCommas(atom)) {
    const text = piece.text.replace(/^ +/, '');
    const parameter = parameterOf(piece);
    if (xlOnly.test(text)) others.push(text);
    else if (parameter && readKeys.has(parameter.key)) setParameter(known, parameter, report);
    else report.add('xl-ignored', `xl ignores the unknown vif parameter '${text}'`, piece.span);
  }
  const value = (key: string): string | undefined => known.get(key)?.value || undefined;
  const [mac, type, rate] = [known.get('mac'), known.get('type'), known.get('rate')];
  if (type && type.value !== 'vif' && type.value !== 'ioemu') {
    report.add('xl-ignored', `xl ignores type=${type.value}: expected vif or ioemu`, type.span);
  }
  if (type?.value === 'ioemu' && os.type !== 'hvm') {
    const message = `libxl rejects type=ioemu: a ${os.type.toUpperCase()} guest has no emulated network cards`;
    report.add('value-invalid', message, type.span, 'remove it');
  }
  const outboundKBps = rate && readRate(rate, others, report, options);
  // An HVM guest then has Xen's own card alone, whichever model is named beside it.
  const isVif = type?.value === 'vif' && os.type === 'hvm';
  // To libvirt's converter, a model counts for more than the type.
  const isCopied = isVif && isLibvirts(options) && value('model') !== undefined;
  const model = isVif && !isCopied ? 'netfront' : value('model');
  if (isCopied) {
    const message = `type=vif of an interface omitted beside model=${model ?? ''}, as libvirt does: the guest gets an emulated card, too`;
    report.add('profile-libvirt', message, type.span);
  } else if (isVif && known.has('model')) others.push(`model=${value('model') ?? ''}`);
  if (os.type === 'hvm' && !isVif && model === 'netfront' && !isLibvirts(options)) {
    const message = "QEMU has no network card 'netfront', and rejects it: read as type=vif";
    report.add('xl-nonstandard-syntax', message, known.get('model')?.span, 'write type=vif');
  }
  const [name, ip] = [value('vifname'), value('ip')];
  // libvirt takes such a name for one that it generated, and drops it.
  const device = name !== undefined && generatedDevice.test(name) ? undefined : name;
  if (name !== device) others.push(`vifname=${name ?? ''}`);
  const addresses = ip?.split(' ').filter((text) => text !== '') ?? [];
  const areAddresses = addresses.every(isAddress);
  if (!areAddresses) others.push(`ip=${ip ?? ''}`);
  const source = isLibvirts(options)
    ? libvirtsSourceOf(known.get('bridge')?.value, value('script'), atom.span, report)
    : sourceOf(value('bridge'), value('script'));
  // A bridge's own script is what is taken if none is named; libvirt's writer names it always.
  const script =
    source.kind === 'bridge' && value('script') === usualScript(source) ? undefined : value('script');
  const [mtu, backendDomain] = [value('mtu'), value('backend')];
  const isMtu = mtu === undefined || /^[1-9][0-9]{0,4}$/.test(mtu);
  if (!isMtu) others.push(`mtu=${mtu}`);
  for (const part of others) reportNumber(part, atom.span, report);
  const macAddress = mac && readMac(mac, report);
  return withOrigin<Interface>(
    omitUndefined({
      source,
      mac: macAddress,
      model,
      script,
      device,
      addresses: areAddresses ? addresses : [],
      outboundKBps,
      mtu: mtu !== undefined && isMtu ? Number(mtu) : undefined,
      backendDomain,
      xlParameters: others.length > 0 ? others : undefined,
    }),
    atom.span,
    { mac: mac?.span },
  );
}

/** xl rejects these if they do not start with a number (xl_parse.c: parse_ulong). */
const numeric = /^(devid|mtu)=(?![ \t\n\v\f\r]*[-+]?[0-9])/;

function reportNumber(part: string, span: Span, report: Report): void {
  if (numeric.test(part)) report.add('value-invalid', `xl rejects '${part}' of a vif: not a number`, span);
}

/** Whether libvirt's schema accepts a text as an IP address, with or without a prefix length. */
function isAddress(text: string): boolean {
  const [, address = ''] = /^([^/]*)(?:\/[0-9]{1,3})?$/.exec(text) ?? [];
  return isIpv4(address) || isIpv6(address);
}

const readKeys: ReadonlySet<string> = new Set([
  'type',
  'mac',
  'bridge',
  'ip',
  'script',
  'vifname',
  'model',
  'rate',
  'mtu',
  'backend',
]);

function readMac(mac: Parameter, report: Report): string | undefined {
  const address = addressOf(mac.value);
  if (address !== undefined) {
    if (isUnicast(address)) return address;
    report.add(
      'value-invalid',
      `${address} is a multicast address, which is not valid for an interface`,
      mac.span,
    );
    return undefined;
  }
  report.add(
    'value-invalid',
    `'${mac.value}' is not a MAC address`,
    mac.span,
    'write it as 00:16:3e:xx:xx:xx',
  );
  return undefined;
}

/** Six bytes as libvirt writes them: lower case, two digits each. */
function addressOf(text: string): string | undefined {
  if (/^[0-9a-f]{2}(?::[0-9a-f]{2}){5}$/.test(text)) return text;
  const bytes = text.split(/[:-]/);
  if (bytes.length !== 6 || !bytes.every((byte) => /^[0-9a-fA-F]{1,2}$/.test(byte))) return undefined;
  return bytes.map((byte) => byte.toLowerCase().padStart(2, '0')).join(':');
}

/** Writes each interface as libvirt does. */
function writeInterfaces(
  interfaces: readonly Interface[],
  os: Os,
  out: XlOutput,
  report: Report,
  options: FormatOptions,
): void {
  for (const nic of interfaces) {
    const parts = [
      ...(nic.mac === undefined ? [] : [`mac=${nic.mac}`]),
      ...sourceParameters(nic, report, options),
      ...(nic.model === undefined
        ? []
        : [nic.model === 'netfront' && os.type === 'hvm' ? 'type=vif' : `model=${nic.model}`]),
      ...(nic.device === undefined ? [] : [`vifname=${nic.device}`]),
      ...(nic.outboundKBps === undefined ? [] : [`rate=${nic.outboundKBps}KB/s`]),
      ...(nic.mtu === undefined ? [] : [`mtu=${nic.mtu}`]),
      ...(nic.backendDomain === undefined ? [] : [`backend=${nic.backendDomain}`]),
      ...preservedParameters(nic.xlParameters, keepable, 'interface', report, originOf(nic)),
    ];
    const bad = parts.find((part) => /[,\n]/.test(part));
    if (bad === undefined) out.append('vif', parts.join(','), originOf(nic));
    else
      report.add(
        'xl-unrepresentable',
        `an interface's '${bad}' contains a comma or line break, which xl.cfg cannot escape`,
        originOf(nic),
      );
  }
}

/**
 * bridge or ethernet, with the addresses before the script for the former and after it for the latter, as in
 * libvirt.
 */
function sourceParameters(nic: Interface, report: Report, options: FormatOptions): readonly string[] {
  const addresses = nic.addresses.length > 0 ? [`ip=${nic.addresses.join(' ')}`] : [];
  // An interface of type 'user' without a bridge has been reported.
  if (nic.source.kind === 'ethernet' || nic.source.kind === 'user') {
    return [...(nic.script === undefined ? [] : [`script=${nic.script}`]), ...addresses];
  }
  return [
    `bridge=${bridgeOf(nic.source, nic, report, options)}`,
    ...addresses,
    `script=${nic.script ?? usualScript(nic.source)}`,
  ];
}
