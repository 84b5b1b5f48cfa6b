import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { pvXml } from '../libvirt/domains.js';
import { pvConfig } from '../xl/guests.js';
import { temporaryDirectory, virt2xen, type Run } from './virt2xen.js';

const user = (mac: string): string =>
  `<interface type='user'><mac address='52:54:00:00:00:${mac}'/></interface>`;
const vmdk = (dev: string): string =>
  `<disk type='file'><driver type='vmdk'/><source file='/${dev}'/><target dev='${dev}'/></disk>`;

describe('virt2xen check --summary', () => {
  let directory: ReturnType<typeof temporaryDirectory>;
  const run = (...args: readonly string[]): Run =>
    virt2xen(['check', '--summary', ...args], { cwd: directory.path });
  const write = (name: string, text: string): void => {
    writeFileSync(join(directory.path, name), text);
  };

  beforeEach(() => {
    directory = temporaryDirectory();
    mkdirSync(join(directory.path, 'in/deep'), { recursive: true });
    write('in/good.cfg', pvConfig(''));
    write('in/deep/lossy.xml', pvXml('<rng/>'));
    write('in/=a,b.xml', pvXml(user('01') + vmdk('xvda')));
    write('in/user.xml', pvXml(user('02') + vmdk('xvdb')));
    write('in/notes.txt', 'not a document');
    symlinkSync('..', join(directory.path, 'in/deep/loop'));
  });
  afterEach(() => {
    directory.remove();
  });

  it('counts outcomes and groups reasons, whatever the documents name their devices', () => {
    const { status, stdout, stderr } = run('in');
    expect(stderr).to.equal('');
    expect(status).to.equal(1);
    expect(stdout).to.match(/^converts +1 +25%$/m);
    expect(stdout).to.match(/^converts with losses +1 +25%$/m);
    expect(stdout).to.match(/^rejected +2 +50%$/m);
    expect(stdout).to.match(/^total +4/m);
    expect(stdout).to.match(/^2 +rejected +device-unsupported +.*'user'/m);
    expect(stdout).to.match(/^2 +rejected +device-unsupported +disk '\.\.\.': .*'vmdk'/m);
    expect(stdout).to.match(/^1 +converts with losses +unsupported +<rng>/m);
  });

  it('groups what differs by a name, number or path only, and prints what all documents have in common', () => {
    const config = (name: string, vif: string, vcpus: string): void => {
      write(`in/same-${name}.cfg`, pvConfig(`vif = [ "${vif}" ]`, `cap = 50`, `vcpus = ${vcpus}`));
    };
    config('a', 'mac=00:16:3e:zz:00:01', '70000');
    config('b', 'mac=zz', '80000');
    const printed = run('in').stdout.replaceAll(/ +/g, ' ');
    expect(printed).to.include("2 rejected value-invalid '...' is not a MAC address");
    expect(printed).to.include('2 rejected value-invalid ... is not a valid number of virtual CPUs');
    for (const [name, devid] of ['1', '2'].entries())
      write(
        `in/devid-${name}.cfg`,
        pvConfig(`vif = [ "bridge=a,devid=${devid}" ]`, 'cap = 50', 'pool = "p"'),
      );
    const { reasons } = JSON.parse(run('--json', 'in/devid-0.cfg', 'in/devid-1.cfg').stdout) as {
      reasons: { reason: string; count: number }[];
    };
    expect(reasons.map(({ count, reason }) => `${count} ${reason}`)).to.have.members([
      "2 'pool' has no counterpart in libvirt's XML",
      "2 'cap' has no counterpart in libvirt's XML",
      "2 'devid=...' of interface 1 has no counterpart in libvirt's XML",
    ]);
  });

  it('prints JSON with the files of each reason', () => {
    const { summary, reasons } = JSON.parse(run('--json', 'in').stdout) as {
      summary: unknown;
      reasons: { outcome: string; code: string; count: number; files: string[] }[];
    };
    expect(summary).to.deep.equal({ converts: 1, losses: 1, rejected: 2, unreadable: 0 });
    expect(reasons.map(({ outcome, count }) => [outcome, count])).to.deep.equal([
      ['rejected', 2],
      ['rejected', 2],
      ['losses', 1],
    ]);
    expect(reasons[0]?.files).to.deep.equal(['in/=a,b.xml', 'in/user.xml']);
  });

  it('prints CSV with a line for each document and reason', () => {
    const lines = run('--csv', 'in').stdout.split('\r\n');
    expect(lines[0]).to.equal('file,outcome,code,reason');
    expect(lines).to.have.lengthOf(1 + 1 + 1 + 4 + 1);
    expect(lines).to.include('in/good.cfg,converts,,');
    expect(lines.find((line) => line.includes('a,b'))).to.match(/^"in\/=a,b\.xml",rejected,/);
  });

  it('applies the options to every document, and reports what cannot be read', () => {
    const { stdout, status } = run('--json', '--drop', 'all', 'in', 'missing.xml');
    expect(status).to.equal(3);
    expect((JSON.parse(stdout) as { summary: unknown }).summary).to.deep.equal({
      converts: 1,
      losses: 3,
      rejected: 0,
      unreadable: 1,
    });
  });

  it('rejects --csv without --summary', () => {
    expect(virt2xen(['check', '--csv', 'in'], { cwd: directory.path }).status).to.equal(2);
  });

  it('counts ten thousand documents', () => {
    mkdirSync(join(directory.path, 'many'));
    for (let i = 0; i < 100; i++) write(`many/${i}.xml`, pvXml(user('01')));
    const { stdout } = run(...Array.from({ length: 100 }, () => 'many'));
    expect(stdout).to.match(/^rejected +10000 +100%$/m);
  }).timeout(120_000);
});
