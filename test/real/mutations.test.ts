import { expect } from 'chai';
import { convert, type Format } from '../../lib/index.js';
import { documents } from './documents.js';
import { Chance } from './mutations/chance.js';
import { ConfigMutations } from './mutations/configs.js';
import { DomainMutations } from './mutations/domains.js';
import { findXl } from './real-xl.js';
import { say } from '../requirements.js';
import { findSchema, schemaVersion } from './schema.js';

/** The same in every run, so that failures are reproducible; V2X_SEED overrides it. */
const seed = Number(process.env['V2X_SEED'] ?? 20_150_407);
const configCount = 15_000;
const domainCount = 5000;
/** Each starts a process, which takes 5 ms. */
const xlCount = 2000;
const verdictCount = 1000;

/** The release of libvirt that the installed schema is from. */
const libvirt = schemaVersion();

/** xl iterates over all pairs of so many CPUs, and does not terminate. */
const tooManyCpus = /vcpus = [0-9]{4}/;

/** The machine that xl-without-xen.c simulates does not have these CPUs or nodes; another machine can have them. */
const otherMachine = /hard affinity map is empty|invalid pnode number/;

interface Run {
  readonly name: string;
  /** Each output, with a mutation that it was converted from. */
  readonly outputs: Map<string, string>;
  converted: number;
  refused: number;
  readonly faults: string[];
}

/** Converts mutations, and checks each result. */
function run(name: string, from: Format, count: number, next: () => string): Run {
  const found: Run = { name, outputs: new Map(), converted: 0, refused: 0, faults: [] };
  for (let i = 0; i < count; i += 1) {
    const text = next();
    try {
      // What is preserved unchanged is not checked.
      const { output, diagnostics } = convert(text, { from, keep: false, libvirt });
      found[output === undefined ? 'refused' : 'converted'] += 1;
      if (output !== undefined) {
        const isFormed = !diagnostics.some(({ code }) => code === 'schema-violation');
        if (isFormed && !found.outputs.has(output)) found.outputs.set(output, text);
      }
      for (const { code, severity, message, span } of diagnostics) {
        if (severity === 'error' && !span) found.faults.push(`${code} has no place: ${message}\n${text}`);
      }
    } catch (error) {
      found.faults.push(`${String(error)}\n${text}`);
    }
  }
  return found;
}

/** The documents to mutate: ours, and those outside of the repository. */
const collections = {
  'the fixtures': { configs: ['fixtures'], domains: ['fixtures'] },
  '../shared': {
    configs: ['../shared/conformance/from-xl'],
    domains: ['../shared/conformance/to-xl', '../shared/samples'],
  },
};

for (const [title, folders] of Object.entries(collections)) {
  describe(`mutations of ${title}, by the seed ${seed}`, function () {
    this.timeout(300_000);
    const chance = new Chance(seed);
    const [xl, validate] = [findXl(), findSchema()];
    let [configs, domains]: readonly (Run | undefined)[] = [];
    const configTexts = documents('.cfg', ...folders.configs).map(({ text }) => text);
    const domainTexts = documents('.xml', ...folders.domains).map(({ text }) => text);
    before(function () {
      if (configTexts.length === 0) this.skip();
    });

    const tell = ({ name, converted, refused, outputs }: Run): void => {
      say(`${name}: ${converted} converted, to ${outputs.size} documents; ${refused} refused`);
    };

    it('of an xl.cfg are converted, or rejected at a position', () => {
      const mutations = new ConfigMutations(configTexts);
      configs = run('xl.cfg', 'xl', configCount, () => mutations.next(chance));
      tell(configs);
      expectNone(configs.faults);
      expect(configs.converted).to.be.above(configCount / 10);
    });

    it('of a domain XML are converted, or rejected at a position', () => {
      const mutations = new DomainMutations(domainTexts);
      domains = run('domain XML', 'libvirt', domainCount, () => mutations.next(chance));
      tell(domains);
      expectNone(domains.faults);
      expect(domains.converted).to.be.above(domainCount / 10);
    });

    it("are converted to XML that libvirt's schema accepts", function () {
      if (!validate || !configs) return this.skip();
      const outputs = [...configs.outputs];
      const problems = validate(outputs.map(([output]) => output)).flatMap((lines, i) =>
        lines.length === 0 ? [] : [`${lines.join('; ')}\n${outputs[i]?.join('\nfrom\n') ?? ''}`],
      );
      say(`${outputs.length - problems.length} of ${outputs.length} documents are as the schema wants them`);
      expectNone(problems);
    });

    it('are converted to xl.cfg that the real xl accepts', function () {
      if (!xl || !configs || !domains) return this.skip();
      // What an earlier conversion preserved is not checked.
      const fromXml = [...domains.outputs].filter(([, xml]) => !xml.includes('urn:virt2xen:1'));
      const thereAndBack = [...configs.outputs.keys()].flatMap((xml): readonly [string, string][] => {
        const { output } = convert(xml, { from: 'libvirt', keep: false });
        return output === undefined ? [] : [[output, xml]];
      });
      const all = new Map([...spread(fromXml, xlCount / 2), ...spread(thereAndBack, xlCount / 2)]);
      const read = [...all].filter(([text]) => !tooManyCpus.test(text));
      const refused = read.flatMap(([text, source]) => {
        const verdict = xl.read(text);
        return verdict.ok || otherMachine.test(verdict.message)
          ? []
          : [`${verdict.message}\n${text}\nfrom\n${source}`];
      });
      say(`${read.length - refused.length} of ${read.length} configs are read by the real xl`);
      expectNone(refused);
    });

    it('of an xl.cfg that the real xl rejects are rejected or reported', function () {
      if (!xl) return this.skip();
      const mutations = new ConfigMutations(configTexts);
      const count = { both: 0, neither: 0, xlAlone: 0, told: 0 };
      const silent: string[] = [];
      for (let i = 0; i < verdictCount; i += 1) {
        const text = mutations.next(chance);
        if (tooManyCpus.test(text)) continue;
        const { output, diagnostics } = convert(text, { from: 'xl' });
        const verdict = xl.read(text);
        if (verdict.ok) count[output === undefined ? 'xlAlone' : 'both'] += 1;
        else if (output === undefined) count.neither += 1;
        else if (diagnostics.some(({ severity }) => severity === 'warning')) count.told += 1;
        else if (!otherMachine.test(verdict.message)) silent.push(`${verdict.message}\n${text}`);
      }
      say(
        `${count.both} configs that xl and we read, ${count.neither} that both refuse; ` +
          `${count.xlAlone} are refused by us alone, ${count.told} by xl alone, with a warning of ours`,
      );
      expectNone(silent);
    });
  });
}

/** Prints the first ones completely: mocha does not print differences of texts of this size. */
function expectNone(problems: readonly string[]): void {
  expect(problems.length, problems.slice(0, 3).join('\n\n')).to.equal(0);
}

/** This number of items, evenly distributed over the list. */
function spread<Thing>(things: readonly Thing[], count: number): readonly Thing[] {
  const step = Math.max(1, things.length / count);
  return things.filter((_, i) => Math.floor(i / step) !== Math.floor((i - 1) / step));
}
