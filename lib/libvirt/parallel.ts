import type { Report } from '../diagnostics/diagnostic.js';
import { withOrigin } from '../diagnostics/origin.js';
import type { Parallel } from '../model/parallel.js';
import { readConnection, writeConnection } from './connection.js';
import { readPort } from './serial.js';
import type { XmlElement } from './xml/element.js';
import { element, type XmlTree } from './xml/tree.js';

/** Reads a <parallel>; without a port it gets the place that it stands in. */
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
