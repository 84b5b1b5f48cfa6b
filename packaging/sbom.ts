import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import type { Release } from './release.js';

interface CycloneDx {
  serialNumber?: string;
  metadata: { timestamp?: string };
  components: object[];
}

/**
 * The software bill of materials, as npm writes it (CycloneDX), without what differs from one run to the next.
 *
 * @param node the release of Node in the single executable
 */
export function softwareBill({ epochSeconds }: Release, node: string): string {
  const command = ['sbom', '--sbom-format', 'cyclonedx', '--omit', 'dev', '--package-lock-only'];
  const bill = JSON.parse(execFileSync('npm', command, { encoding: 'utf8' })) as CycloneDx;
  bill.metadata.timestamp = new Date(epochSeconds * 1000).toISOString();
  bill.components.push({ type: 'platform', name: 'node', version: node, purl: `pkg:generic/node@${node}` });
  delete bill.serialNumber;
  const digest = createHash('sha256').update(JSON.stringify(bill)).digest('hex');
  // A version 8 UUID: RFC 9562, section 5.8.
  const uuid = `${digest.slice(0, 8)}-${digest.slice(8, 12)}-8${digest.slice(13, 16)}-a${digest.slice(17, 20)}-${digest.slice(20, 32)}`;
  bill.serialNumber = `urn:uuid:${uuid}`;
  return `${JSON.stringify(bill, undefined, 2)}\n`;
}
