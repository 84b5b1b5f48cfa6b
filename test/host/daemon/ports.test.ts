import { expect } from 'chai';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { portArguments, sparePortName } from '../../../lib/qemu-syntax/port.js';
import { portMonitorSocket } from '../../../lib/qemu-syntax/port-monitor.js';
import { gatherFacts } from '../../../lib/realize/host/facts.js';
import { waitForPort } from '../../../lib/realize/host/port-status.js';
import { presentPorts } from '../../../lib/realize/qemu/port.js';
import { withQmp } from '../../../lib/realize/qmp/client.js';
import { findPrograms } from '../programs.js';
import { Scene } from '../realize/scene.js';
import { SerialDriver } from '../serial-driver.js';
import type { Daemon } from '../daemon.js';
import { Keeper, writeDocument } from './keeper.js';

describe('the daemon, for virtio-serial ports', function () {
  const programs = findPrograms();
  let scene: Scene;
  let portSocket: string;

  beforeEach(async function () {
    if (!programs) return this.skip();
    scene = await Scene.start(programs);
    portSocket = join(scene.dom0.directory, 'ports');
  });
  afterEach(() => scene[Symbol.asyncDispose]());

  /** A device model with the arguments of a config: a port, and spare ones. */
  async function startDeviceModel(): Promise<Daemon> {
    const args = portArguments(
      [
        { name: 'configured', chardev: { type: 'null' }, nr: 4 },
        ...[29, 30].map((nr) => ({ name: sparePortName(nr), chardev: { type: 'null' }, nr }) as const),
      ],
      [],
    ).map((arg) => arg.replace(portMonitorSocket, portSocket).replace('reconnect=10', 'reconnect=1'));
    const qemu = await scene.startPcDeviceModel([...args, '-qtest', `unix:${qtest()},server=on,wait=off`]);
    // The clock of a stopped machine stands still.
    await withQmp(scene.monitor, (qmp) => qmp.execute({ name: 'cont', read: () => undefined }));
    return qemu;
  }
  const qtest = (): string => join(scene.dom0.directory, 'q');
  const keep = (): Promise<Keeper> => Keeper.start(scene, { portSocket, load: { defaults: { transport } } });
  const transport = 'virtio-serial';
  const portEvents = ({ events }: Keeper): readonly string[] =>
    events.flatMap((event) =>
      event.event === 'port-opened' || event.event === 'port-closed'
        ? [`${event.event} ${event.channel}`]
        : [],
    );
  const numberOf = async (name: string): Promise<number> =>
    (await withQmp(scene.monitor, presentPorts)).find((port) => port.name === name)?.nr ?? 0;

  it('reports that a program in the guest opens and closes a port', async () => {
    // The device model is started first, and connects again and again.
    await startDeviceModel();
    using guest = await SerialDriver.start(qtest());
    writeDocument(scene, ['agent'], { type: 'hvm' });
    await using keeper = await keep();
    await keeper.told('channel-added');
    const nr = await numberOf('agent');
    await guest.setOpen(nr, true);
    await keeper.told('port-opened');
    const waiting = { store: scene.store, qmpDirectory: scene.dom0.machine };
    expect((await waitForPort(waiting, scene.domain, 'agent', 'open')).outcome).to.equal('reached');
    const doctorsView = async () => {
      const places = { runtimeDirectory: scene.runtime, qmpDirectory: scene.dom0.machine, environment: {} };
      const { domains } = await gatherFacts({ store: scene.dom0.socket, ...places });
      return domains.find(({ domid }) => domid === scene.domain.domid);
    };
    expect(await doctorsView()).to.deep.include({
      isSavable: true,
      ports: [
        { nr: 4, name: 'configured', createdBy: 'config', state: 'closed' },
        {
          ...{ nr, name: 'agent', createdBy: 'virt2xen', state: 'open' },
          socket: { path: join(scene.folder, 'agent'), isThere: true },
        },
      ],
    });
    await guest.setOpen(nr, false);
    await keeper.told('port-closed');
    await guest.setOpen(4, true);
    await keeper.told('port-opened', 2);
    expect(portEvents(keeper)).to.deep.equal([
      'port-opened agent',
      'port-closed agent',
      'port-opened configured',
    ]);
    expect(keeper.events.find(({ event }) => event === 'port-opened')).to.deep.include({
      domain: scene.domain,
    });
  });

  it('reports ports that are open at its start, that are detached, and whose device model exits', async () => {
    writeDocument(scene, ['agent'], { type: 'hvm' });
    const qemu = await startDeviceModel();
    using guest = await SerialDriver.start(qtest());
    await guest.setOpen(4, true);
    {
      await using first = await keep();
      await first.told('channel-added');
      await first.told('port-opened');
      await guest.setOpen(await numberOf('agent'), true);
      await first.told('port-opened', 2);
    }
    expect(existsSync(portSocket)).to.equal(false);
    await using second = await keep();
    await second.told('port-opened', 2);
    writeDocument(scene, [], { type: 'hvm' });
    await second.told('channel-removed');
    await second.told('port-closed');
    expect(portEvents(second).toSorted()).to.deep.equal([
      'port-closed agent',
      'port-opened agent',
      'port-opened configured',
    ]);
    await qemu.stop('SIGKILL');
    await second.told('port-closed', 2);
  });
});
