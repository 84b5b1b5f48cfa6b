/** The daemon of a host, and its documents. */
import type { Dom0, Process } from './dom0/dom0.js';
import { guestXml, type GuestType } from './guest/guest.js';

const documents = '/run/lab/domains';

/** @returns the path of a file of the documents in dom0: `web1.xml`, `web1.options` */
export const documentPath = (file: string): string => `${documents}/${file}`;

/** Writes the document of a domain. @param channels the elements of its channels */
export const desire = (dom0: Dom0, name: string, channels: string, type: GuestType): Promise<void> =>
  dom0.write(documentPath(`${name}.xml`), guestXml(name, channels, type));

/** Starts the daemon, and waits until it reacts to events. */
export async function startDaemon(dom0: Dom0, options: readonly string[] = []): Promise<Process> {
  const daemon = dom0.start([
    ...['virt2xen', 'daemon', '--documents', documents],
    ...['--control', '/run/lab/control.sock', ...options],
  ]);
  await daemon.stderr.upTo('connected to xenstored\n');
  return daemon;
}
