import { originOf, withOrigin } from '../diagnostics/origin.js';
import type { Report } from '../diagnostics/diagnostic.js';
import type { Span } from '../diagnostics/span.js';
import { omitUndefined } from '../language/omit-undefined.js';
import { isPort, type Channel } from '../model/channel.js';
import { readPorts } from '../qemu-syntax/port.js';
import { unreachable, type Connection } from '../model/connection.js';
import type { FormatOptions } from '../document/options.js';
import { isLibvirts, unlessLibvirts } from '../document/profile.js';
import { setParameter, splitAtCommas, trimSpace, type Parameter, type Piece } from './parameters.js';
import type { XlAtom } from '../xl-syntax/ast.js';
import type { XlReader } from './reader.js';
import type { Writing, XlDescriptor } from './descriptor.js';

export const channels: XlDescriptor<'channels'> = {
  field: 'channels',
  keys: { channel: 'devices/channel' },
  owned: ['channel'],
  read: ({ xl, field, report, options }) => [
    ...readChannels(xl, report, options),
    // Those of an HVM guest; QEMU has no PCI bus for any other.
    ...(field('os').type === 'hvm' ? readPorts(field('deviceModelArguments')) : []).map(({ channel }) =>
      withOrigin(channel, xl.keySpan('device_model_args_hvm') ?? xl.keySpan('device_model_args')),
    ),
  ],
  write: (value, writing) =>
    // Ports are among the arguments of the device model.
    writeChannels(
      value.filter((channel) => !isPort(channel)),
      writing,
    ),
};

/**
 * xl up to 4.17 gives the first channel devid 0, that of the primary console, and libxl drops it. This name marks a
 * placeholder to be dropped.
 */
const sacrificialName = 'virt2xen.pad';

/** Names that administrators give to a placeholder as the first entry. */
const handMadeNames: ReadonlySet<string> = new Set(['console', 'dummy', 'pad', 'placeholder', 'unused']);

/**
 * Whether the first channel is a placeholder written by hand: it has one of these names, and is a pty served by
 * dom0. A single channel has nothing to protect and is not a placeholder.
 */
const isHandMade = ({ name, connection, backendDomain }: Channel, others: readonly Channel[]): boolean =>
  others.length > 0 &&
  connection.kind === 'pty' &&
  backendDomain === undefined &&
  handMadeNames.has(name.toLowerCase());

/** Xen 4.17 and older drop the first channel: known for certain if the release is given. */
function reportFirstDropped(
  first: Channel,
  options: FormatOptions,
  report: Report,
  isPlaceholder = false,
): void {
  if (options.xen === '4.17') {
    const message = `channel '${first.name}' is dropped by Xen 4.17: it is the first of the config`;
    report.add('channel-dropped', message, originOf(first), 'put a pty channel named placeholder before it');
  } else if (options.xen === undefined) {
    const message = 'Xen 4.17 and older drop the first channel of a config';
    report.add('channel-first-dropped', message, originOf(first), {
      hint: `convert for Xen 4.17 to ${isPlaceholder ? 'remove the placeholder' : 'add a placeholder'}`,
      remedy: { option: 'xen', value: '4.17' },
    });
  }
}

/** Reads `channel = [ ... ]` with the same results as xl (xl_parse.c: parse_config_data). */
function readChannels(xl: XlReader, report: Report, options: FormatOptions): readonly Channel[] {
  const channels = (xl.list('channel') ?? []).flatMap((atom) => readChannel(atom, report, options) ?? []);
  const [first, ...others] = channels;
  const isOurs = first?.name === sacrificialName;
  // A later release creates every channel: for it, a placeholder written by hand is a channel, with its number.
  const isPlaceholder = first !== undefined && isHandMade(first, others);
  if (first && (isOurs || (isPlaceholder && options.xen === '4.17'))) {
    report.add('channel-placeholder', 'placeholder for the first channel removed', originOf(first));
    return others;
  }
  if (first) reportFirstDropped(first, options, report, isPlaceholder);
  return channels;
}

function readChannel(atom: XlAtom, report: Report, options: FormatOptions): Channel | undefined {
  const pieces = splitAtCommas(atom);
  if (pieces.length === 0) {
    report.add('channel-connection', 'channel has no parameters: xl crashes on it', atom.span);
    return undefined;
  }
  const parameters = new Map<string, Parameter>();
  for (const piece of pieces) {
    const parameter = pairOf(piece);
    if (!parameter) {
      const message = `xl rejects '${piece.text}': failed to parse channel configuration`;
      report.add('channel-connection', message, piece.span, 'write it as KEY=VALUE, or remove it');
      return undefined;
    }
    if (!knownKeys.has(parameter.key)) {
      report.add('xl-ignored', `xl ignores the unknown channel parameter '${parameter.key}'`, piece.span);
    }
    setParameter(parameters, parameter, report);
  }
  const connection = readConnection(parameters, atom.span, report);
  if (!connection) return undefined;
  const name = parameters.get('name');
  if (!name) {
    const code = unlessLibvirts('channel-name', options);
    report.add(code, 'channel has no name: libxl rejects it', atom.span, 'add name=...');
    if (!isLibvirts(options)) return undefined;
  }
  const backend = parameters.get('backend');
  const channel: Channel = omitUndefined({
    // None is an empty one, with the profile libvirt.
    name: name?.value ?? '',
    connection: withOrigin(connection, parameters.get('path')?.span ?? atom.span),
    backendDomain: backend?.value,
  });
  return withOrigin(channel, atom.span, { name: name?.span, backendDomain: backend?.span });
}

const knownKeys: ReadonlySet<string> = new Set(['backend', 'name', 'path', 'connection', 'type']);

/**
 * KEY=VALUE without the blanks around both. C's strtok skips a leading `=`, and `==a` is parsed as a key alone
 * (xl_parse.c: split_string_into_pair).
 */
function pairOf(piece: Piece): Parameter | undefined {
  const match = /^=*([^=]+)=+([^=][^]*)$/.exec(piece.text);
  if (!match) return undefined;
  const [, key = '', value = ''] = match;
  return { key: trimSpace(key), value: trimSpace(value), span: piece.span };
}

function readConnection(
  parameters: ReadonlyMap<string, Parameter>,
  whole: Span,
  report: Report,
): Connection | undefined {
  const current = parameters.get('connection');
  const chosen = current ?? parameters.get('type');
  const path = parameters.get('path')?.value;
  if (!chosen) {
    report.add(
      'channel-connection',
      'channel has no connection',
      whole,
      'add connection=pty or connection=socket',
    );
    return undefined;
  }
  if (current && current.value !== 'pty' && current.value !== 'socket') {
    const hint = 'use pty or socket, in lower case';
    report.add('channel-connection', `unknown channel connection '${current.value}'`, current.span, hint);
    return undefined;
  }
  const unused = current ? parameters.get('type') : undefined;
  if (unused) report.add('xl-ignored', "xl ignores 'type' of a channel", unused.span);
  const extraPath = chosen.value === 'pty' || chosen.value === 'none' ? parameters.get('path') : undefined;
  if (extraPath) report.add('xl-ignored', `xl ignores the path of a ${chosen.value} channel`, extraPath.span);
  if (!current) {
    report.add(
      'xl-nonstandard-syntax',
      "'type=' is the syntax of the 2014 patch series: the current xl rejects it",
      chosen.span,
      'write connection=',
    );
  }
  if (chosen.value === 'pty') return { kind: 'pty' };
  if (chosen.value === 'none') return { kind: 'null' };
  if (path === undefined && ['socket', 'file', 'path'].includes(chosen.value)) {
    report.add('channel-path', `channel connection '${chosen.value}' requires path=..`, whole);
    return undefined;
  }
  switch (chosen.value) {
    case 'socket':
      return { kind: 'socket', path: path ?? '', mode: 'listen' };
    case 'file':
      return { kind: 'file', path: path ?? '', append: false };
    case 'path':
      return { kind: 'device', path: path ?? '' };
    default:
      report.add('channel-connection', `unknown channel type '${chosen.value}'`, chosen.span);
      return undefined;
  }
}

/**
 * Writes the channels, one string each. Commas and quotes in names have been rejected before, so nothing has to be
 * escaped here.
 */
function writeChannels(channels: readonly Channel[], { out, report, options, source }: Writing): void {
  const [first, ...others] = channels;
  if (!first) return;
  // KVM has no placeholders: there, one of that name is a channel.
  if (options.xen === '4.17' && source === 'xen' && isHandMade(first, others)) {
    const message = `channel '${first.name}' is the placeholder for the first channel, which Xen 4.17 drops`;
    report.add('channel-placeholder', message, originOf(first), 'to create it, too, give it another name');
  } else if (options.xen === '4.17') {
    const key = options.channelSyntax === '2014' ? 'type' : 'connection';
    out.append('channel', `${key}=pty,name=${sacrificialName}`);
    report.add(
      'channel-placeholder',
      'placeholder added before the first channel: Xen 4.17 drops the first channel of a config',
      originOf(first),
    );
  } else reportFirstDropped(first, options, report);
  for (const channel of channels) {
    if (channel.name === sacrificialName) {
      const message = `'${sacrificialName}' is reserved for the placeholder channel`;
      report.add('channel-name', message, originOf(channel, 'name'));
    }
    const connection = connectionParameters(channel, report, options);
    if (!connection) continue;
    // The reader of a document has reported this; a model built by a program has no origin.
    if (channel.log && !originOf(channel.log)) {
      report.add('unsupported', `xl does not support a log of channel '${channel.name}'`, originOf(channel));
    }
    const backend = channel.backendDomain === undefined ? '' : `,backend=${channel.backendDomain}`;
    out.append('channel', `${connection},name=${channel.name}${backend}`, originOf(channel));
  }
}

function connectionParameters(channel: Channel, report: Report, options: FormatOptions): string | undefined {
  const { connection, name } = channel;
  const old = options.channelSyntax === '2014';
  const key = old ? 'type' : 'connection';
  const refuse = (why: string, hint?: string): undefined => {
    report.add(
      'channel-connection',
      `channel '${name}': ${why}`,
      originOf(connection) ?? originOf(channel),
      hint,
    );
    return undefined;
  };
  switch (connection.kind) {
    case 'pty':
      return `${key}=pty`;
    case 'socket':
      if (connection.mode === 'connect') {
        return refuse(
          'xl can only listen on a socket, not connect to one',
          "use mode='bind' and let the program connect",
        );
      }
      return `${key}=socket,path=${connection.path ?? ''}`;
    case 'null':
      return old ? 'type=none' : refuse('xl has no null connection');
    case 'file':
      if (old && connection.append) return refuse('the syntax of 2014 cannot append to a file');
      return old ? `type=file,path=${connection.path}` : refuse('xl cannot connect a channel to a file');
    case 'device':
      return old
        ? `type=path,path=${connection.path}`
        : refuse('xl cannot connect a channel to a host device');
    case 'pipe':
      return refuse('xl cannot connect a channel to a named pipe');
    case 'tcp':
      return refuse('xl cannot connect a channel to a TCP port');
    case 'udp':
      return refuse('xl cannot connect a channel to a UDP port');
    // These do not occur here: to-xen/ omits them.
    case 'spicevmc':
    case 'spiceport':
    case 'qemu-vdagent':
      return undefined;
    case 'stdio':
    case 'vc':
    case 'nmdm':
    case 'dbus':
      return refuse(unreachable[connection.kind]);
  }
}
