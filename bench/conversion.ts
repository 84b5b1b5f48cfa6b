import { XMLParser, XMLValidator } from 'fast-xml-parser';
import { readFileSync } from 'node:fs';
import { convert } from 'virt2xen';
import { timesOf, type Result } from './measure.js';

/** A PV domain of 1.2 kB with a channel. */
const document = readFileSync('fixtures/guests/small-pv.xml', 'utf8');

/** Converting against what fast-xml-parser alone takes to validate and parse, with the same options. */
export function measureConversion(): readonly Result[] {
  const parser = new XMLParser({
    preserveOrder: true,
    ignoreAttributes: false,
    attributeNamePrefix: '',
    parseTagValue: false,
    parseAttributeValue: false,
    trimValues: false,
    processEntities: false,
    cdataPropName: '#cdata',
    captureMetaData: true,
    jPath: false,
  });
  const xl = convert(document).output ?? '';
  const [parse = 0, toXl = 0, toXml = 0] = timesOf(
    [
      () => {
        // eslint-disable-next-line @typescript-eslint/no-deprecated -- what the library uses
        XMLValidator.validate(document);
        return parser.parse(document) as unknown;
      },
      () => convert(document),
      () => convert(xl),
    ],
    // Short rounds: one of them is undisturbed even on a busy machine.
    { rounds: 300, roundMs: 1, warmUp: 5000, batch: 20 },
  );
  return [
    {
      name: `XML of ${document.length} bytes to xl.cfg, against fast-xml-parser alone`,
      measured: `${toXl.toFixed(0)} us / ${parse.toFixed(0)} us`,
      ratio: toXl / parse,
      bound: 1.15,
    },
    {
      name: 'that xl.cfg to XML, against XML to xl.cfg',
      measured: `${toXml.toFixed(0)} us / ${toXl.toFixed(0)} us`,
      ratio: toXml / toXl,
      bound: 0.4,
    },
  ];
}
