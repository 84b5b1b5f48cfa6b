import { expect } from 'chai';
import type { Dom0, Outcome } from './lab/dom0/dom0.js';
import { crashOfGuest, faultInFirmware } from './lab/emulator-faults.js';

/** A dom0 with a line of a guest's console, and with what xenctx shows of guests; no other command is expected. */
const dom0With = ({ console = '', looks = '' }): Pick<Dom0, 'attempt'> => ({
  attempt: (command): Promise<Outcome> => {
    const stdout = String(command).includes('xenctx') ? looks : console;
    return Promise.resolve({ status: 0, stdout, stderr: '' });
  },
});

const crash = (lines: readonly string[], dom0: Pick<Dom0, 'attempt'>): Promise<string | undefined> =>
  crashOfGuest(lines, dom0 as Dom0);

// What was seen in the labs.
const running = `\
1 ffffffffa8791df4 00000047
1 ffffffffa8a181d0 00000083
1 ffffffffa8805790 00000246
1 ffffffffa8c17a83 00000202
`;
const deadlock = `\
2 ffffffffa671e87e 00000002
2 ffffffffa671e880 00000002
2 ffffffffa671e880 00000002
2 ffffffffa671e880 00000002
`;

describe('a scenario of the lab', () => {
  it('has lost its guest if firmware raises an exception, not if it boots', () => {
    expect(faultInFirmware(['(d2) enter handle_19:', '(d2) Booting from Hard Disk...'])).to.equal(undefined);
    expect(faultInFirmware(['(d2) enter handle_19:', '(d1) enter handle_05:'])).to.equal(
      '(d1) enter handle_05:',
    );
  });

  it('has lost its guest if that has crashed', async () => {
    const fault = '(XEN) d1v0 Triple fault - invoking HVM shutdown action 1';
    expect(await crash([fault], dom0With({}))).to.equal(fault);
    const panic = '[    3.1] Kernel panic - not syncing: Attempted to kill init!';
    expect(await crash([], dom0With({ console: `${panic}\n` }))).to.equal(panic);
  });

  it('has lost its guest if that stays at one place with interrupts disabled', async () => {
    const stuck = 'domain 2 stays at ffffffffa671e87e with interrupts disabled';
    expect(await crash([], dom0With({ looks: deadlock }))).to.equal(stuck);
    expect(await crash([], dom0With({ looks: running + deadlock }))).to.equal(stuck);
  });

  it('has failed if its guest goes on, or waits for an interrupt', async () => {
    expect(await crash([], dom0With({ looks: running }))).to.equal(undefined);
    const idle = deadlock.replaceAll('00000002', '00000246');
    expect(await crash([], dom0With({ looks: idle }))).to.equal(undefined);
    // Nothing is known of a guest that was looked at fewer times.
    expect(await crash([], dom0With({ looks: deadlock.split('\n').slice(1).join('\n') }))).to.equal(
      undefined,
    );
  });
});
