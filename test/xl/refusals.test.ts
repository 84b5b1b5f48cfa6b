import { expect } from 'chai';
import { convert } from '../../lib/index.js';
import { refusals } from './refusals.js';
import { hvmConfig, pvConfig } from './guests.js';

/** The result of converting a config, in short. */
function judge(text: string): { readonly rejected: boolean; readonly errors: readonly string[] } {
  const { output, diagnostics } = convert(text, { from: 'xl' });
  const errors = diagnostics.filter(({ severity }) => severity === 'error');
  return { rejected: output === undefined, errors: errors.map(({ message }) => message) };
}

const lastLines = (config: string): string => config.trim().split('\n').slice(2).join('; ');

describe('what xl rejects', () => {
  for (const row of refusals) {
    if (!('config' in row)) continue;
    it(`${row.isFatal ? 'is an error' : 'is not an error if xl continues'}: ${lastLines(row.config)}`, () => {
      expect(judge(row.config).rejected, judge(row.config).errors.join('; ')).to.equal(
        row.weReject ?? row.isFatal,
      );
    });
  }

  it('is not written back from <metadata>', () => {
    const { output } = convert(pvConfig('irqs = [ 5 ]', 'p9 = [ "tag=a,security_model=none,path=/x" ]'));
    const changed = output?.replace('irqs = [ 5 ]', 'irqs = [ "5-7" ]').replace('tag=a,', '') ?? '';
    expect(changed).not.to.equal(output);
    const back = convert(changed);
    expect(back.diagnostics.map(({ message }) => message)).to.deep.equal([
      "xl would reject the preserved setting 'irqs': '5-7' is not an interrupt number",
      "xl would reject the preserved setting 'p9': tag required",
    ]);
  });

  it('does not include these values', () => {
    for (const config of [
      pvConfig('irqs = [ 5, "7" ]', 'ioports = [ "2f8-2ff", "70" ]', 'iomem = [ "a0,1", "fe000,4@100" ]'),
      pvConfig('vcpus = 2', 'cpus_soft = [ "0-3,^1", "nodes:0" ]', 'cpus = "all,^0"'),
      pvConfig('vif = [ "mtu=1500x,devid= 7" ]'),
      hvmConfig('mmio_hole = 3840', 'mca_caps = [ "lmce" ]', 'timer_mode = 1'),
      hvmConfig('vnc = 1', 'vnclisten = "127.0.0.1:5"', 'vncdisplay = 0'),
    ]) {
      expect(judge(config), config).to.deep.equal({ rejected: false, errors: [] });
    }
  });
});

describe('hvmloader as the kernel of an HVM guest', () => {
  for (const path of ['hvmloader', '/usr/lib/xen/boot/hvmloader']) {
    it(`is ignored: ${path}`, () => {
      const { output, diagnostics } = convert(hvmConfig(`kernel = "${path}"`));
      expect(output).not.to.include('<kernel>');
      expect(diagnostics.filter(({ severity }) => severity !== 'info')).to.deep.equal([]);
      expect(diagnostics.map(({ message }) => message)).to.include(
        `kernel '${path}' ignored: it is the firmware of HVM guests, not a kernel to boot`,
      );
    });
  }
});
