import { checkPort, otherGuestProblem } from '../check/channel.js';
import { writeChannel } from '../libvirt/channel.js';
import { argumentsIn, commandlines, readCommandline, writeCommandline } from '../libvirt/commandline.js';
import type { XmlElement } from '../libvirt/xml/element.js';
import { element } from '../libvirt/xml/tree.js';
import type { Channel } from '../model/channel.js';
import { numberPorts, placesOf, readPorts, readSparePorts, type Port } from '../qemu-syntax/port.js';
import { withDefaultPath } from '../to-xen/channel.js';
import { placePorts, placeSparePorts } from '../to-xen/port.js';
import type { GuestKind, XmlRewriter } from './xml-rewriter.js';

/** The arguments of the device model in a document, and the ports that they contain. */
export interface Commandline {
  readonly args: readonly string[];
  readonly ports: readonly Port[];
}

/** Only an HVM guest's device model can have ports. */
export function readPortsOf({ root, report }: XmlRewriter, guest: GuestKind): Commandline {
  const args = readCommandline(root, report);
  return { args, ports: guest === 'hvm' ? readPorts(args) : [] };
}

/** Adds ports for channels, and spare ones, to the arguments of the device model, after those that the document has. */
export function addPorts(
  rewriter: XmlRewriter,
  guest: GuestKind,
  { args, ports }: Commandline,
  channels: readonly Channel[],
  sparePorts: number,
): void {
  const { root, report, editor } = rewriter;
  const name = rewriter.at('name')?.content.trim() ?? '';
  const added = channels.map((channel) => withDefaultPath(channel, name, report));
  for (const channel of added) checkPort(channel, guest, report);
  if (report.hasErrors) return;
  const present = ports.map(({ channel }) => channel);
  const placed = placePorts([...present, ...added], args, report);
  const all = placeSparePorts(sparePorts, placed.deviceModelArguments, report, problemOf(guest));
  const fresh = all.slice(args.length);
  if (fresh.length === 0) return;
  const commandline = commandlines(root).at(-1);
  if (!commandline) {
    const tree = writeCommandline(fresh, true);
    if (tree) editor.appendTree(root, tree);
    return;
  }
  const prefix = commandline.name.slice(0, commandline.name.indexOf(':') + 1);
  editor.appendEach(
    commandline,
    fresh.map((value) => element(`${prefix}arg`, { value })),
  );
}

const problemOf = (guest: GuestKind): string | undefined =>
  guest === 'hvm' ? undefined : otherGuestProblem(guest);

/** Converts the ports of a Xen document to virtio channels of KVM. Its other arguments stay. */
export function restorePorts(rewriter: XmlRewriter): void {
  const { root, report, editor } = rewriter;
  const elements = commandlines(root)
    .flatMap(argumentsIn)
    .filter((arg) => !editor.isRemoved(arg));
  const args = elements.map((arg) => arg.peek('value') ?? '');
  const [ports, spares] = [readPorts(args), readSparePorts(args)];
  const devices = root.peekChild('devices');
  if (ports.length + spares.length === 0 || !devices) return;
  const [numbers, used] = [numberPorts(namesOf(ports), []), new Set<number>()];
  const consoles = new Set(rewriter.all('channel').map((device) => device.peekChild('target')?.peek('name')));
  for (const { channel, places } of ports) {
    const span = elements[places[0] ?? 0]?.tagSpan;
    if (consoles.has(channel.name)) {
      report.add('channel-duplicate', `a second channel is named '${channel.name}'`, span);
    }
    const nr = channel.transport?.kind === 'virtio-serial' ? channel.transport.nr : undefined;
    const isOther = nr !== undefined && numbers.get(channel.name) !== nr && !used.has(nr);
    if (nr !== undefined) used.add(nr);
    editor.appendTree(devices, writeChannel(channel, 'virtio', isOther ? nr : undefined));
    const message = `virtio-serial port of the device model converted to channel '${channel.name}'`;
    report.add('converted', message, span);
  }
  const removed = placesOf(args, [...ports, ...spares]);
  for (const commandline of commandlines(root)) removeArguments(commandline, elements, removed, rewriter);
}

const namesOf = (ports: readonly Port[]): readonly { readonly name: string }[] =>
  ports.map(({ channel: { name } }) => ({ name }));

/** Removes arguments, and the element with them if nothing else is in it. */
function removeArguments(
  commandline: XmlElement,
  elements: readonly XmlElement[],
  removed: ReadonlySet<number>,
  { editor }: XmlRewriter,
): void {
  const gone = elements.filter((arg, place) => removed.has(place) && arg.parent === commandline);
  const isEmptied = gone.length > 0 && gone.length === commandline.children.length;
  if (isEmptied) editor.remove(commandline);
  else for (const arg of gone) editor.remove(arg);
}
