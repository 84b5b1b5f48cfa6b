import { expect } from 'chai';
import { adapt, convert } from '../../lib/index.js';
import { repeatedSamples } from './repeated-samples.js';

const domain = (inside: string, type = 'kvm'): string =>
  `<domain type='${type}'><name>g</name><memory>1048576</memory><vcpu>2</vcpu><os><type arch='x86_64'>hvm</type></os>${inside}<devices/></domain>`;

const found = (run: typeof convert | typeof adapt, inside: string): readonly (readonly [string, string])[] =>
  run(domain(inside))
    .diagnostics.filter(({ message }) => /second|first/.test(message))
    .map(({ severity, message }) => [severity, message]);

describe('repeated elements of a domain XML', () => {
  for (const [title, twice, once] of repeatedSamples) {
    it(`are read as libvirt does: ${title}`, () => {
      expect(convert(domain(twice)).output)
        .to.be.a('string')
        .and.equal(convert(domain(once)).output);
    });

    it(`are reported the same by convert and adapt: ${title}`, () => {
      const merged = (entries: ReturnType<typeof found>): ReturnType<typeof found> =>
        entries.filter(([severity]) => severity === 'info');
      expect(merged(found(adapt, twice))).to.deep.equal(merged(found(convert, twice)));
      expect(found(convert, twice)).not.to.deep.equal([]);
    });
  }

  it('are reported as info where they are merged, and as a warning where they are dropped', () => {
    const cpus = "<cpu mode='host-passthrough'/><cpu mode='host-model'/>";
    expect(found(convert, cpus)).to.deep.equal([
      ['warning', '<cpu> omitted: libvirt reads the first <cpu> only'],
    ]);
    expect(found(adapt, cpus)).to.deep.equal([
      ['warning', '<cpu> has no effect: libvirt reads the first <cpu> only'],
    ]);
    expect(found(convert, '<features><acpi/></features><features><apic/></features>')).to.deep.equal([
      ['info', 'second <features> merged into the first, as libvirt does'],
    ]);
  });

  it('are an error where libvirt rejects them', () => {
    const twice =
      "<numatune><memory mode='strict' nodeset='0'/></numatune><numatune><memory mode='strict' nodeset='1'/></numatune>";
    for (const run of [convert, adapt]) expect(run(domain(twice)).output).to.equal(undefined);
  });

  it('are changed by adapt where they stand', () => {
    const { output } = adapt(
      domain(
        "<clock/>\n<clock offset='timezone' timezone='Europe/Berlin'>\n<timer name='kvmclock'/></clock>",
      ),
    );
    expect(output).to.include('<clock/>').and.not.include('kvmclock').and.not.include('Berlin');
    expect(adapt(output ?? '').edits).to.deep.equal([]);
  });
});
