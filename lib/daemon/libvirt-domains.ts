import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { adaptNamespace, channelsSetAside } from '../adapt/metadata.js';
import { Report } from '../diagnostics/diagnostic.js';
import { renderDiagnostics } from '../diagnostics/render.js';
import { decodeInput } from '../document/input.js';
import { omitUndefined } from '../language/omit-undefined.js';
import type { XmlElement } from '../libvirt/xml/element.js';
import { parseXml } from '../libvirt/xml/parse.js';
import { parseUuid } from '../model/uuid.js';
import {
  attachOptions,
  isAbsent,
  reasonOf,
  signatureOf,
  type LoadedDocument,
  type LoadOptions,
} from './documents.js';

/**
 * Reads the channels of the state files of libvirt's Xen driver, NAME.xml for each domain that runs (libxl_conf.c:
 * stateDir): those that `adapt` has set aside in the <metadata>. A domain without such channels, or without
 * a UUID, has neither `desired` nor `problem`; it is kept so that it is not read again.
 * @returns sorted by file name; `file` is the path
 */
export async function loadLibvirtDomains(
  directory: string,
  previous: readonly LoadedDocument[],
  options: LoadOptions,
): Promise<readonly LoadedDocument[]> {
  const names = await readdir(directory).catch(() => []);
  const files = names.filter((name) => name.endsWith('.xml')).toSorted();
  const earlier = new Map(previous.map((document) => [document.file, document]));
  const all: LoadedDocument[] = [];
  for (const name of files) {
    const file = join(directory, name);
    const loaded = await load(file, earlier.get(file), options);
    if (loaded) all.push(loaded);
  }
  return all;
}

async function load(
  file: string,
  earlier: LoadedDocument | undefined,
  { defaults = {}, maxInputSize }: LoadOptions,
): Promise<LoadedDocument | undefined> {
  const last = earlier?.desired && { desired: earlier.desired };
  try {
    const signature = await signatureOf(file);
    if (signature === earlier?.signature) return earlier;
    const report = new Report();
    const source = decodeInput(await readFile(file), omitUndefined({ limit: maxInputSize }), report);
    // Most domains have none, and their XML need not be parsed.
    if (!report.hasErrors && !source.includes(adaptNamespace)) return { file, signature };
    const root = parseXml(source, report);
    const domain = root && domainIn(root);
    const channels = domain ? channelsSetAside(domain, report) : [];
    const uuid = parseUuid(domain?.child('uuid')?.text() ?? '');
    const problem = renderDiagnostics(
      report.diagnostics.filter(({ severity }) => severity === 'error'),
      { file, source },
    );
    if (problem !== '') return { file, signature, ...last, problem };
    if (channels.length === 0 || uuid === undefined) return { file, signature };
    const attaching = await attachOptions(file, defaults);
    const desired = { file, origin: 'libvirt', domain: { uuid }, channels, options: attaching } as const;
    return { file, signature, desired };
  } catch (error) {
    if (isAbsent(error)) return undefined;
    const problem = `${file}: error: ${reasonOf(error)}`;
    return { file, signature: '', ...last, problem };
  }
}

/** libvirt wraps the domain in a <domstatus>. */
const domainIn = (root: XmlElement): XmlElement | undefined =>
  root.name === 'domain' ? root : root.peekChild('domain');
