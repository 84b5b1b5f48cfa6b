import type { Connection, Domain } from '../../lib/index.js';
import type { Normalisation } from './normalise.js';
import { hasMore, isSayableChardev, plainly, receiving, serialKinds } from './normalise-chardevs.js';

const isHvm = ({ os }: Domain): boolean => os.type === 'hvm';

/** For parts of a domain that only an HVM guest can have. */
const hvmOnly = (part: 'sounds', because: string): Normalisation => ({
  name: `${part} are for HVM`,
  because,
  apply: (domain) => (isHvm(domain) ? domain : { ...domain, [part]: [] }),
  leftOut: (domain) => (isHvm(domain) ? 0 : domain[part].length),
});

const sounds = hvmOnly('sounds', 'a PV guest has no emulated cards; reported');

/** The first parallel port, if xl.cfg can express it. */
function sayableParallels({ parallels: [first], os }: Domain): readonly Connection[] {
  return first && os.type === 'hvm' && isSayableChardev(first.connection) ? [first.connection] : [];
}

function hasRedirections({ os, graphics }: Domain): boolean {
  return os.type === 'hvm' && graphics.some(({ kind }) => kind === 'spice');
}

/** libxl supports four, and none together with USB input devices. */
const sayableRedirections = (domain: Domain): Domain['redirections'] =>
  hasRedirections(domain) && domain.inputs.length === 0 ? domain.redirections.slice(0, 4) : [];

/** model -> xl.cfg -> model */
export const devicesThroughXl: readonly Normalisation[] = [
  sounds,
  {
    name: 'one parallel port, for HVM',
    because: 'libvirt writes no more to an xl.cfg, of the kinds that a serial port supports; reported',
    apply: (domain) => ({
      ...domain,
      parallels: sayableParallels(domain).map((connection) => ({
        connection: receiving(plainly(connection)),
        port: 0,
      })),
    }),
    // What xl ignores in the remaining port is reported, too.
    leftOut: (domain) =>
      domain.parallels.length + (isHvm(domain) ? domain.parallels.slice(0, 1).filter(hasMore).length : 0),
  },
  {
    name: 'redirections with SPICE, and without USB input',
    because: 'libxl rejects both together; reported',
    apply: (domain) => ({ ...domain, redirections: sayableRedirections(domain) }),
    leftOut: (domain) => domain.redirections.length - sayableRedirections(domain).length,
  },
  {
    name: 'PCI before USB',
    because: 'xl has a list for each',
    apply: (domain) => ({
      ...domain,
      hostdevs: domain.hostdevs.toSorted((a, b) => Number(a.kind === 'usb') - Number(b.kind === 'usb')),
    }),
  },
];

/** model -> domain XML -> model: what the reader preserves as pieces of XML, with a warning. */
export const devicesThroughXml: readonly Normalisation[] = [
  sounds,
  {
    name: 'parallel ports of kinds that xl.cfg supports',
    because: 'the reader preserves the others as pieces of XML; each is reported',
    apply: (domain) => ({ ...domain, parallels: domain.parallels.filter((port) => isRead(port, domain)) }),
    leftOut: (domain) => domain.parallels.filter((port) => !isRead(port, domain)).length,
  },
  {
    name: 'redirections with SPICE',
    because: 'without a SPICE client no device can be redirected; reported',
    apply: (domain) => ({ ...domain, redirections: hasRedirections(domain) ? domain.redirections : [] }),
    leftOut: (domain) => (hasRedirections(domain) ? 0 : domain.redirections.length),
  },
];

const isRead = ({ connection }: Domain['parallels'][number], domain: Domain): boolean =>
  isHvm(domain) && serialKinds.includes(connection.kind);
