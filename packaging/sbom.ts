import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import packageJson from '../package.json' with { type: 'json' };
import type { Release } from './release.js';
import { shippedPackages } from './shipped.js';
import type { Entry } from './tree.js';

interface Component {
  'bom-ref': string;
  name: string;
  scope?: string;
  properties?: object[];
}

/** What of CycloneDX is read or changed here. */
interface Bill {
  serialNumber?: string;
  metadata: { timestamp?: string; component: Component };
  components: object[];
  dependencies: { readonly ref: string; readonly dependsOn: readonly string[] }[];
}

/**
 * The software bill of materials, as npm writes it (CycloneDX), of what is in the packages.
 *
 * @param node the release of Node in the single executable; absent: the package is without
 */
export function softwareBill(release: Release, node?: string): string {
  const command = ['sbom', '--sbom-format', 'cyclonedx', '--package-lock-only'];
  const bill = JSON.parse(execFileSync('npm', command, { encoding: 'utf8' })) as Bill;
  const shipped = new Set(shippedPackages().map(({ name, version }) => `${name}@${version}`));
  const root = bill.metadata.component['bom-ref'];
  // npm takes the name of the directory.
  bill.metadata.component.name = packageJson.name;
  bill.components = (bill.components as Component[])
    .filter((component) => shipped.has(component['bom-ref']))
    .map((component) => ({ ...component, scope: 'required', properties: [] }));
  bill.dependencies = bill.dependencies
    .filter(({ ref }) => ref === root || shipped.has(ref))
    .map(({ ref, dependsOn }) => ({ ref, dependsOn: dependsOn.filter((each) => shipped.has(each)) }));
  if (node !== undefined)
    bill.components.push({ type: 'platform', name: 'node', version: node, purl: `pkg:generic/node@${node}` });
  return written(bill, release);
}

/** The bill of materials of a package without dependencies of npm: its files. */
export function billOfFiles(name: string, files: readonly Entry[], release: Release): string {
  const { version } = release;
  const ref = `${name}@${version}`;
  const licenses = [{ license: { id: packageJson.license } }];
  const components = files.flatMap((entry) => {
    if ('linkTo' in entry) return [];
    const content = 'text' in entry ? entry.text : readFileSync(entry.copyOf);
    const hashes = [{ alg: 'SHA-256', content: createHash('sha256').update(content).digest('hex') }];
    return [{ type: 'file', 'bom-ref': entry.path, name: entry.path, hashes, licenses }];
  });
  const bill = {
    $schema: 'http://cyclonedx.org/schema/bom-1.5.schema.json',
    bomFormat: 'CycloneDX',
    specVersion: '1.5',
    version: 1,
    metadata: { component: { 'bom-ref': ref, type: 'application', name, version, licenses } },
    components,
    dependencies: [{ ref, dependsOn: [] }],
  };
  return written(bill, release);
}

/** With the time of the release, and a serial number that depends on the content alone. */
function written(bill: Bill, { epochSeconds }: Release): string {
  bill.metadata.timestamp = new Date(epochSeconds * 1000).toISOString();
  delete bill.serialNumber;
  const digest = createHash('sha256').update(JSON.stringify(bill)).digest('hex');
  // A version 8 UUID: RFC 9562, section 5.8.
  const uuid = `${digest.slice(0, 8)}-${digest.slice(8, 12)}-8${digest.slice(13, 16)}-a${digest.slice(17, 20)}-${digest.slice(20, 32)}`;
  bill.serialNumber = `urn:uuid:${uuid}`;
  return `${JSON.stringify(bill, undefined, 2)}\n`;
}
