import type { Report } from '../diagnostics/diagnostic.js';
import { withOrigin } from '../diagnostics/origin.js';
import type { Parallel } from '../model/parallel.js';
import { readConnection, writeConnection } from './connection.js';
import { isSerial, readPort } from './serial.js';
import type { XmlDescriptor } from './descriptor.js';
import type { XmlElement } from './xml/element.js';
import { element, type XmlTree } from './xml/tree.js';

/** Reads a <parallel>; the default port is its position. */
export function readParallel(parallel: XmlElement, place: number, report: Report): Parallel | undefined {
  const port = readPort(parallel.child('target'), place, 'parallel', report);
  const connection = readConnection(parallel, report);
  if (port === undefined || !connection) return undefined;
  return withOrigin<Parallel>({ connection, port }, parallel.tagSpan);
}

export function writeParallel({ connection, port }: Parallel): XmlTree {
  const { type, children } = writeConnection(connection);
  return element('parallel', { type }, [...children, element('target', { port })]);
}

export const parallels: XmlDescriptor<'parallels'> = {
  field: 'parallels',
  parent: 'devices',
  read: (reader) =>
    reader.readEach(
      reader.all('parallel').filter((port) => reader.os.type === 'hvm' && isSerial(port)),
      (parallel, report, place) => readParallel(parallel, place, report),
    ),
  write: ({ parallels }) => parallels.map(writeParallel),
  unsupported: [
    [
      'devices/parallel',
      'unsupported',
      'PV guests have no parallel ports, and xl.cfg does not support this type',
    ],
  ],
  adapt: [
    {
      path: 'devices/parallel',
      driver: 'rejects',
      because: ['unsupported', 'Xen guests have no parallel ports'],
    },
  ],
};
